import { setTimeout as sleep } from 'node:timers/promises';
import type { Declaration } from '../../declaration/declaration';
import { HarborApiError, NetworkError } from '../../errors';
import type { AppContext } from '../context';
import { withSession, type Session } from '../session';
import { unreachedBecause } from './blame';
import { brokenBecause } from './components';
import { inWords, skipped, unreached, type Examination, type Examiner, type Seen } from './examination';

/** How long failed examiners are repeated. One limit for all of them, not one for each. */
export interface Patience {
  /** Milliseconds to retry before the last error counts; 0 tries once. */
  readonly waitMs: number;
  readonly intervalMs: number;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly signal: AbortSignal;
  /** Called with what it is still waiting for. */
  readonly onWaiting?: (name: string, message: string) => void;
}

const INTERVAL_MS = 3_000;

/** @param waitMs 0: every examiner runs once */
export function patienceOf({ signal, emit }: AppContext, waitMs = 0): Patience {
  return {
    waitMs,
    intervalMs: INTERVAL_MS,
    now: Date.now,
    sleep: (ms) => sleep(ms, undefined, { signal }).catch(() => undefined),
    signal,
    onWaiting: (name, message) => emit({ type: 'waiting', name, message }),
  };
}

/**
 * Runs one examiner after the other. A failed one is repeated while there is time; after that, those that need it are
 * skipped.
 * In the order of the list, so an examiner may use what earlier ones found:
 *
 *     needs failed or skipped ──► skipped
 *     run stopped             ──► skipped
 *     error, not `final`      ──► again after `intervalMs`, until `waitMs` after the start of the first examiner
 *     otherwise               ──► its result
 */
export async function examine(examiners: readonly Examiner[], patience: Patience): Promise<readonly Examination[]> {
  const deadline = patience.now() + patience.waitMs;
  const results: Examination[] = [];
  for (const examiner of examiners) {
    const { name, needs } = examiner;
    const needed = needs ? results.filter((one) => needs.includes(one.name)) : results;
    const blocked = needed.some(({ outcome }) => outcome === 'error' || outcome === 'skipped');
    if (patience.signal.aborted || blocked) {
      results.push({ name, ...(blocked ? skipped() : skipped('stopped before this check')) });
      continue;
    }
    const { final: _final, ...seen } = await persist(examiner, patience, deadline);
    results.push({ name, ...seen });
  }
  return results;
}

/**
 * Only errors are repeated, and only while the next try would still be in time. A `final` one cannot change by
 * waiting.
 */
async function persist(examiner: Examiner, patience: Patience, deadline: number): Promise<Seen> {
  for (;;) {
    const seen = await examiner.run().catch(inWords);
    const over = patience.now() + patience.intervalMs > deadline || patience.signal.aborted;
    if (seen.outcome !== 'error' || seen.final || over) return seen;
    patience.onWaiting?.(examiner.name, seen.message);
    await patience.sleep(patience.intervalMs);
  }
}

/**
 * Examiners that need a login, which is the first of them. Refused credentials are not tried again: that would lock the
 * account.
 * @param names of the examiners: if the login fails, the first has the error and the others are skipped
 */
export async function examineInside(
  context: AppContext,
  declaration: Declaration,
  names: readonly [string, ...string[]],
  examinersOf: (session: Session) => Promise<readonly Examiner[]>,
  patience: Patience,
): Promise<readonly Examination[]> {
  const [login, ...others] = names;
  try {
    return await withSession(context, declaration, async (session) => examine(await examinersOf(session), patience));
  } catch (error) {
    return [
      { name: login, ...(await refused(context, declaration, error)) },
      ...others.map((name) => ({ name, ...skipped() })),
    ];
  }
}

/** A refused login does not mean that Harbor is unreachable. */
async function refused(context: AppContext, declaration: Declaration, error: unknown): Promise<Seen> {
  const seen = unreached(error);
  if (error instanceof HarborApiError && error.status >= 500) return brokenBecause(context, declaration, seen);
  return error instanceof NetworkError ? unreachedBecause(context, declaration, seen) : seen;
}
