import { errorOutcome, worstOutcome, type Outcome } from '../app/outcome';

/** A stable contract, because scripts use these. */
export const ExitCode = {
  ok: 0,
  error: 1,
  /** There are changes (`plan --detailed-exitcode`) or something differs (`drift`). */
  changes: 2,
  stale: 3,
  policyViolation: 4,
  appliedInPart: 5,
  refused: 6,
  /** `conform`, `health` or `drill` found a failure, or a tested secret does not work. */
  proofFailed: 7,
  /** Harbor cannot be reached, or refuses the login. */
  unreachable: 8,
  interrupted: 130,
  terminated: 143,
} as const satisfies Record<Outcome | 'interrupted' | 'terminated', number>;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export function exitCodeOf(error: unknown): ExitCode {
  return ExitCode[errorOutcome(error)];
}

/** One code for several Harbors: a stopped run is not finished. */
export function worstOf(codes: readonly ExitCode[]): ExitCode {
  const stopped = codes.find((code) => code === ExitCode.interrupted || code === ExitCode.terminated);
  const outcomes = Object.entries(ExitCode).flatMap(([outcome, code]) => (codes.includes(code) ? [outcome] : []));
  return stopped ?? ExitCode[worstOutcome(outcomes as readonly Outcome[])];
}

export function abortedCode(signal: AbortSignal): ExitCode {
  return signal.reason === 'SIGTERM' ? ExitCode.terminated : ExitCode.interrupted;
}
