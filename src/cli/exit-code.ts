import { errorOutcome, worstOutcome, type Outcome } from '../app/outcome';

/** A stable contract, because scripts use these. */
export const ExitCode = {
  ok: 0,
  error: 1,
  /** There are changes (`plan --detailed-exitcode`) or something differs (`drift`). */
  changes: 2,
  /** The saved plan is no longer valid: create a new one. */
  stale: 3,
  policyViolation: 4,
  appliedInPart: 5,
  /** The guard refused a change, or a precondition of `up` is not met. */
  refused: 6,
  /** `conform`, `health` or `drill` found a failure, or a tested secret does not work. */
  proofFailed: 7,
  /** Harbor cannot be reached, or refuses the login. */
  unreachable: 8,
  /** 128 and the number of the signal, as shells report it; also `terminated`. */
  interrupted: 130,
  terminated: 143,
} as const satisfies Record<Outcome | 'interrupted' | 'terminated', number>;
/** One of these numbers: a command cannot return another one. */
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** By the class of the error: see `errorOutcome`. */
export function exitCodeOf(error: unknown): ExitCode {
  return ExitCode[errorOutcome(error)];
}

/** One code for several Harbors: a stopped run is not finished. */
export function worstOf(codes: readonly ExitCode[]): ExitCode {
  const stopped = codes.find((code) => code === ExitCode.interrupted || code === ExitCode.terminated);
  const outcomes = Object.entries(ExitCode).flatMap(([outcome, code]) => (codes.includes(code) ? [outcome] : []));
  return stopped ?? ExitCode[worstOutcome(outcomes as readonly Outcome[])];
}

/** @param signal after its abort; its reason is the name of the signal of the process */
export function abortedCode(signal: AbortSignal): ExitCode {
  return signal.reason === 'SIGTERM' ? ExitCode.terminated : ExitCode.interrupted;
}
