import { compact } from '../compact';
import type { Action } from '../plan/plan';

/**
 * `ok`: Harbor is as planned · `failed`: it is not · `stale`: the live object is not the one that was planned
 * against, nothing was written · `skipped`: never tried · `unknown`: the answer was lost, and so was the
 * question whether it happened.
 */
export type Outcome = 'ok' | 'failed' | 'stale' | 'skipped' | 'unknown';

export interface ChangeResult {
  readonly address: string;
  readonly kind: string;
  readonly action: Action;
  readonly outcome: Outcome;
  /** One sentence: why it is not ok, or what is worth knowing although it is. */
  readonly detail?: string;
  /** The field that somebody else changed meanwhile. */
  readonly field?: string;
  /** The object was found as wanted: somebody else, or a write whose answer was lost, made it so. */
  readonly adopted?: boolean;
  readonly error?: unknown;
}

export interface ApplyReport {
  readonly ok: readonly ChangeResult[];
  readonly failed: readonly ChangeResult[];
  readonly stale: readonly ChangeResult[];
  readonly skipped: readonly ChangeResult[];
  readonly unknown: readonly ChangeResult[];
  /** Harbor accepted these and did not apply them: found by reading again. */
  readonly differences: readonly Difference[];
  /** The run was stopped before everything was tried and verified. */
  readonly aborted: boolean;
  /** Why the journal is not complete. Absent: it is. */
  readonly journalError?: string;
  /** Why the result could not be verified. Absent: it was read again. */
  readonly unverified?: string;
}

export interface Difference {
  readonly address: string;
  readonly message: string;
  /** Dotted paths that are not as planned; empty where the object as a whole is there or is missing. */
  readonly fields: readonly string[];
}

/** What a write came to, before it is known under which address. */
export type Settled = Pick<ChangeResult, 'outcome' | 'detail' | 'field' | 'adopted' | 'error'>;

export const done: Settled = { outcome: 'ok' };

export function stale(detail: string, field?: string): Settled {
  return compact({ outcome: 'stale', detail, field });
}
