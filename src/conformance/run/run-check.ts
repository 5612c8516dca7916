import { setTimeout as sleep } from 'node:timers/promises';
import { isPassing } from '../answer-words';
import { compact } from '../../compact';
import { BreakwaterError, NetworkError } from '../../errors';
import { DEFAULT_RETRY, type RequestRecord, type RetryPolicy } from '../../oci';
import { error, evidence, INTERRUPTED, NOT_RUN, skip, type Outcome } from '../model/outcome';
import { ownCause } from '../cause/own-error';
import type { CheckResult } from '../model/result';
import type { Check } from '../model/check';

/** One check for one project, or for the front door. */
export interface CheckRun {
  /** Milliseconds before a second attempt, after a limit or a failure that may be over; absent: there is none. */
  readonly againAfterMs?: number;
  readonly check: Check;
  readonly project?: string;
  readonly runStartedAt: number;
  readonly signal: AbortSignal;
}

/** A real Harbor gets a second: proxies count requests a second. */
const PAUSES = 4;

/** If no request is to be repeated, no check is either. */
export function toCheckRun(
  run: {
    readonly startedAt: number;
    readonly signal: AbortSignal;
    readonly options: { readonly retry?: RetryPolicy };
  },
  check: Check,
  project?: string,
): CheckRun {
  const { startedAt: runStartedAt, signal } = run;
  const { attempts, baseDelayMs } = run.options.retry ?? DEFAULT_RETRY;
  return compact({
    ...{ check, project, runStartedAt, signal },
    againAfterMs: attempts > 1 ? PAUSES * baseDelayMs : undefined,
  });
}

/**
 * Runs one check and always returns a result: an exception is an error, never a failure. When the run ends during a check,
 * its requests are cut off, and what it then finds wrong may be its own doing: not a failure of Harbor either.
 *
 * A check whose bad result may be due to a limit or a failure of one moment runs once more, and the second result counts:
 * most checks send each request once, where a client would repeat it.
 */
export async function runCheck(
  { check, project, runStartedAt, signal, againAfterMs }: CheckRun,
  run: (record: (request: RequestRecord) => void) => Promise<Outcome>,
): Promise<CheckResult> {
  const startedAt = performance.now();
  const requests: RequestRecord[] = [];
  const attempt = (): Promise<Outcome & Pick<CheckResult, 'cause'>> =>
    run((request) => void requests.push(request)).catch(thrownOutcome);
  let found: Outcome & Pick<CheckResult, 'cause'> = await attempt();
  if (againAfterMs !== undefined && mayPassNow(check, found, requests)) {
    const isStopped = await sleep(againAfterMs, false, { signal }).catch(() => true);
    if (!isStopped) found = withFirst(await attempt(), found);
  }
  const outcome = signal.aborted && isAccusation(found) ? error(`${INTERRUPTED}${stopReason(signal)}`) : found;
  return compact({
    id: check.id,
    title: check.title,
    project,
    ...outcome,
    startedAfterMs: Math.round(startedAt - runStartedAt),
    durationMs: Math.round(performance.now() - startedAt),
    requests,
  });
}

function isBad({ status }: Outcome): boolean {
  return status === 'fail' || status === 'error';
}

/**
 * A bad result, with a request that got a limit or a failure and was not repeated. Not for checks whose upstream is told to
 * misbehave, nor for those that write.
 */
function mayPassNow({ phase, writes }: Check, outcome: Outcome, requests: readonly RequestRecord[]): boolean {
  if (!isBad(outcome) || phase === 'situation' || phase === 'outage' || writes === true) return false;
  return requests.some(
    (one) =>
      (isPassing(one.status ?? 0) || one.errorCode === 'NETWORK_RESET') &&
      !requests.some((other) => other !== one && other.method === one.method && other.url === one.url),
  );
}

/** The reader sees that it took two attempts. */
function withFirst<T extends Outcome>(second: T, { message }: Outcome): T {
  return isBad(second) ? second : { ...second, evidence: [...second.evidence, evidence('first attempt', message)] };
}

function isAccusation({ status }: Outcome): boolean {
  return status === 'fail' || status === 'error' || status === 'known-deviation';
}

/** The result of a check that was not started. */
export function notRun({ check, project, runStartedAt }: CheckRun, outcome: Outcome): CheckResult {
  const startedAfterMs = Math.round(performance.now() - runStartedAt);
  const { id, title } = check;
  return compact({ id, title, project, ...outcome, startedAfterMs, durationMs: 0, requests: [] });
}

/** A skip, not an error: the report as a whole already says that the run is not complete. */
export function stoppedOutcome(signal: AbortSignal): Outcome {
  return skip(`${NOT_RUN}${stopReason(signal)}`);
}

/** In words for the report. A `TimeoutError` is the run's own deadline. */
export function stopReason(signal: AbortSignal): string {
  if (typeof signal.reason === 'string') return signal.reason;
  const { name, message } = (signal.reason ?? {}) as { name?: unknown; message?: unknown };
  if (name === 'TimeoutError') return 'the deadline of the run was reached';
  return typeof message === 'string' ? message : 'the run was stopped';
}

function thrownOutcome(thrown: unknown): Outcome & Pick<CheckResult, 'cause'> {
  const cause = ownCause(thrown);
  return compact({ ...error(describeError(thrown)), cause });
}

function describeError(thrown: unknown): string {
  if (thrown instanceof NetworkError) return thrown.hint ? `${thrown.message}: ${thrown.hint}` : thrown.message;
  if (thrown instanceof BreakwaterError) return thrown.message;
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
}
