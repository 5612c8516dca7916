import { compact } from '../../compact';
import { BreakwaterError, IdentityError, NetworkError } from '../../errors';

/** The result of one examination. */
export interface Seen {
  readonly outcome: 'ok' | 'warning' | 'error' | 'skipped';
  /** A sentence without a full stop. */
  readonly message: string;
  readonly hint?: string;
  /** The other findings, where there are several. */
  readonly details?: readonly string[];
  /** Who can fix it, such as `credential` or `front door`, if known. */
  readonly party?: string;
  /** Waiting does not help, for example with a wrong password. */
  readonly final?: true;
  /** Harbor cannot be reached, or refuses the login. */
  readonly unreachable?: true;
}

/** One question that is asked of this machine, the policies or Harbor. */
export interface Examiner {
  readonly name: string;
  /** Skipped unless these passed. Absent: all earlier ones. */
  readonly needs?: readonly string[];
  /** A BreakwaterError becomes a failed examination. */
  run(): Promise<Seen>;
}

/** The answer. `doctor` and `health` are two lists of them. */
export interface Examination extends Omit<Seen, 'final'> {
  readonly name: string;
}

/** @param message what was found, so that a good result can be checked too */
export function fine(message: string): Seen {
  return { outcome: 'ok', message };
}

/** It works now, and it will not for long, or it could not be judged. */
export function warned(message: string, hint?: string): Seen {
  return compact({ outcome: 'warning', message, hint });
}

/** @param hint what to do; absent if the message says it */
export function failed(message: string, hint?: string): Seen {
  return compact({ outcome: 'error', message, hint });
}

/** What to do about a response that is not Harbor's. */
export const SEE_FRONT = 'see the log of the proxy in front: it responds instead of Harbor';

/** Neither good nor bad, but not healthy: `isHealthy` needs a result. */
export function skipped(message = 'fix the error above first'): Seen {
  return { outcome: 'skipped', message };
}

/** The first sentence, with the others as details; `good` if there is none. */
export function severalOf(outcome: 'warning' | 'error', sentences: readonly string[], good: string): Seen {
  const [first, ...details] = sentences;
  if (first === undefined) return fine(good);
  return compact({ outcome, message: first, details: details.length > 0 ? details : undefined });
}

/** @throws errors that are not a BreakwaterError */
export function inWords(error: unknown): Seen {
  if (!(error instanceof BreakwaterError)) throw error;
  return failed(error.message, isUnreachable(error) ? error.hint : undefined);
}

/**
 * The same for requests to Harbor itself.
 * @throws errors that are not a BreakwaterError
 */
export function unreached(error: unknown): Seen {
  return { ...inWords(error), ...(isUnreachable(error) && { unreachable: true }) };
}

function isUnreachable(error: unknown): error is NetworkError | IdentityError {
  return error instanceof NetworkError || error instanceof IdentityError;
}

/** Every examination passed, perhaps with a warning. */
export function isHealthy(results: readonly Examination[]): boolean {
  return results.length > 0 && results.every(({ outcome }) => outcome === 'ok' || outcome === 'warning');
}
