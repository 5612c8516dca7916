import { setTimeout as sleep } from 'node:timers/promises';
import type { Declaration } from '../../declaration/declaration';
import { NetworkError } from '../../errors';
import type { AppContext } from '../context';
import { withSession, type Session } from '../session';
import { unreachedBecause } from './blame';
import { inWords, skipped, unreached, type Examination, type Examiner, type Seen } from './examination';

export interface Patience {
  /** Milliseconds until the last error is believed; 0 asks once. */
  readonly waitMs: number;
  readonly intervalMs: number;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly signal: AbortSignal;
  /** Is told what is still waited for. */
  readonly onWaiting?: (name: string, message: string) => void;
}

const INTERVAL_MS = 3_000;

/** @param waitMs 0: every examiner is asked once */
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
 * Asks one examiner after the other. One that fails is asked again while there is time; then those that need it are
 * skipped.
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
 * What needs a login, which is the first examination. Credentials that Harbor refuses are not tried again: that
 * would lock the account.
 * @param names of the examiners: where the login fails, the first is the error and the others are skipped
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

/** A login that Harbor refuses is not a Harbor that cannot be reached. */
async function refused(context: AppContext, declaration: Declaration, error: unknown): Promise<Seen> {
  const seen = unreached(error);
  return error instanceof NetworkError ? unreachedBecause(context, declaration, seen) : seen;
}
