import { PlanRefusedError, StalePlanError } from '../errors';

/** A contract: scripts branch on these. */
export const ExitCode = {
  ok: 0,
  error: 1,
  /** There are changes (`plan`) or something differs (`drift`). */
  changes: 2,
  stale: 3,
  policyViolation: 4,
  appliedInPart: 5,
  refused: 6,
  interrupted: 130,
  terminated: 143,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof StalePlanError) return ExitCode.stale;
  if (error instanceof PlanRefusedError) return ExitCode.refused;
  return ExitCode.error;
}

export function abortedCode(signal: AbortSignal): ExitCode {
  return signal.reason === 'SIGTERM' ? ExitCode.terminated : ExitCode.interrupted;
}
