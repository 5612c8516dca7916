import { compact } from '../../compact';
import { BreakwaterError, NetworkError } from '../../errors';
import type { RequestRecord } from '../../oci';
import { error, INTERRUPTED, NOT_RUN, skip, type Outcome } from '../model/outcome';
import { ownCause } from '../cause/own-error';
import type { CheckResult } from '../model/result';
import type { Check } from '../model/check';

/** One check for one project, or for the front door. */
export interface CheckRun {
  readonly check: Check;
  readonly project?: string;
  readonly runStartedAt: number;
  readonly signal: AbortSignal;
}

/**
 * Runs one check and always returns a result: an exception is an error, never a failure. When the run ends during a check,
 * its requests are cut off, and what it then finds wrong may be its own doing: not a failure of Harbor either.
 */
export async function runCheck(
  { check, project, runStartedAt, signal }: CheckRun,
  run: (record: (request: RequestRecord) => void) => Promise<Outcome>,
): Promise<CheckResult> {
  const startedAt = performance.now();
  const requests: RequestRecord[] = [];
  const found = await run((request) => void requests.push(request)).catch(thrownOutcome);
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
