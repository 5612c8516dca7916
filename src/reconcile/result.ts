import { compact } from '../compact';
import type { Action } from '../plan/plan';

/**
 * `ok`: Harbor is as planned · `failed`: it is not · `stale`: the live object differs from the planned one, nothing was
 * written · `skipped`: never tried · `unknown`: the response was lost, and so was the attempt to find out.
 */
export type Outcome = 'ok' | 'failed' | 'stale' | 'skipped' | 'unknown';

/** How one change ended. Each change of a plan, and of a saved plan that is applied, has exactly one. */
export interface ChangeResult {
  readonly address: string;
  readonly kind: string;
  readonly action: Action;
  readonly outcome: Outcome;
  /** One sentence: why it is not ok, or a note if it is. */
  readonly detail?: string;
  /** The field that another client changed meanwhile. */
  readonly field?: string;
  /** The object was already as declared: because of another client, or a write whose response was lost. */
  readonly adopted?: boolean;
  readonly error?: unknown;
}

/** Every change is in exactly one of the first five lists. */
export interface ApplyReport {
  readonly ok: readonly ChangeResult[];
  readonly failed: readonly ChangeResult[];
  readonly stale: readonly ChangeResult[];
  readonly skipped: readonly ChangeResult[];
  readonly unknown: readonly ChangeResult[];
  /** Harbor accepted these but did not apply them, as a later read showed. */
  readonly differences: readonly Difference[];
  /** The run was stopped before everything was tried and verified. */
  readonly aborted: boolean;
  /** Why the journal is not complete. Absent: it is. */
  readonly journalError?: string;
  /** Why the result could not be verified. Absent: it was read again. */
  readonly unverified?: string;
}

/** For a person, in `message`, and for programs, in `fields`. */
export interface Difference {
  readonly address: string;
  readonly message: string;
  /** Dotted paths that are not as planned; empty if the whole object exists or is missing unexpectedly. */
  readonly fields: readonly string[];
  /** Harbor's answer about it cannot be used: it may be as planned. */
  readonly unread?: true;
}

/** The result of a write, before its address is known. */
export type Settled = Pick<ChangeResult, 'outcome' | 'detail' | 'field' | 'adopted' | 'error'>;

/** Written, and the response says so. Whether Harbor applied it is shown by the read at the end. */
export const done: Settled = { outcome: 'ok' };

/** @param detail names the object, because it is shown alone */
export function stale(detail: string, field?: string): Settled {
  return compact({ outcome: 'stale', detail, field });
}
