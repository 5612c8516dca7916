import { HarborApiError, IdentityError, NetworkError, PlanRefusedError, StalePlanError } from '../errors';
import { NO_PERMISSION } from '../plan/access';
import type { Plan } from '../plan/plan';

/** A contract: scripts branch on these. */
export const ExitCode = {
  ok: 0,
  error: 1,
  /** There are changes (`plan --detailed-exitcode`) or something differs (`drift`). */
  changes: 2,
  stale: 3,
  policyViolation: 4,
  appliedInPart: 5,
  refused: 6,
  /** A tested secret does not work: neither side accepts it. */
  proofFailed: 7,
  /** Harbor cannot be reached, or refuses the login. */
  unreachable: 8,
  interrupted: 130,
  terminated: 143,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof StalePlanError) return ExitCode.stale;
  if (error instanceof PlanRefusedError) return ExitCode.refused;
  if (error instanceof NetworkError || error instanceof IdentityError) return ExitCode.unreachable;
  // A gateway in front of a Harbor that is down.
  if (error instanceof HarborApiError && GATEWAY.includes(error.status)) return ExitCode.unreachable;
  return ExitCode.error;
}

const GATEWAY: readonly number[] = [502, 503, 504];

/** A plan is often made with fewer rights than the apply that follows: that alone is not a refused plan. */
export function planExitCode(plan: Plan): ExitCode {
  if (plan.refusals.some(({ rule }) => rule !== NO_PERMISSION)) return ExitCode.refused;
  return differenceExitCode(plan);
}

/** A tested secret that does not work outweighs a change: an apply would not repair it. */
export function differenceExitCode(plan: Plan): ExitCode {
  if (hasBrokenSecret(plan)) return ExitCode.proofFailed;
  return plan.changes.length > 0 ? ExitCode.changes : ExitCode.ok;
}

export function hasBrokenSecret({ notCompared }: Plan): boolean {
  return notCompared.some(({ broken }) => broken);
}

export function abortedCode(signal: AbortSignal): ExitCode {
  return signal.reason === 'SIGTERM' ? ExitCode.terminated : ExitCode.interrupted;
}
