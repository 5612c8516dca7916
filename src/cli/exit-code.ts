import {
  HarborApiError,
  IdentityError,
  NetworkError,
  PlanRefusedError,
  PolicyViolationError,
  StalePlanError,
} from '../errors';
import type { Plan } from '../plan/plan';
import type { Examination } from '../app/examine/examination';
import { breaksRule, hasBrokenSecret, isRefused, notConformant } from '../app/outcome';
import type { ApplyOutcome } from '../app/apply';
import { troubling } from '../app/render/applied';
import type { Verdict } from '../app/clients/verify';
import type { Report } from '../conformance';

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
  /** `conform`, `health` or `drill` found what does not work, or a tested secret does not. */
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
  if (error instanceof PolicyViolationError) return ExitCode.policyViolation;
  if (error instanceof NetworkError || error instanceof IdentityError) return ExitCode.unreachable;
  // A gateway in front of a Harbor that is down.
  if (error instanceof HarborApiError && GATEWAY.includes(error.status)) return ExitCode.unreachable;
  return ExitCode.error;
}

const GATEWAY: readonly number[] = [502, 503, 504];

export function planExitCode(plan: Plan): ExitCode {
  if (isRefused(plan)) return ExitCode.refused;
  return breaksRule(plan) ? ExitCode.policyViolation : differenceExitCode(plan);
}

/** A tested secret that does not work outweighs a change: an apply would not repair it. */
export function differenceExitCode(plan: Plan): ExitCode {
  if (hasBrokenSecret(plan)) return ExitCode.proofFailed;
  return plan.changes.length > 0 ? ExitCode.changes : ExitCode.ok;
}

/** @param errors why Harbors could not be asked, where that was so */
export function reportExitCode(report: Report, errors: readonly unknown[] = []): ExitCode {
  const red = notConformant(report);
  if (red.length === 0) return ExitCode.ok;
  const asked = red.length > errors.length ? [ExitCode.proofFailed] : [];
  return worstOf([...errors.map(exitCodeOf), ...asked]);
}

/** What bypasses the cache is worse than what could not be found out; nothing verified is not good. */
export function verdictExitCode(judged: readonly Judged[]): ExitCode {
  const has = (...verdicts: readonly Verdict[]): boolean => judged.some(({ verdict }) => verdicts.includes(verdict));
  if (has('bypassed', 'misconfigured')) return ExitCode.proofFailed;
  if (judged.some(({ canary }) => canary && !canary.cache.serves && canary.cache.isUnreachable))
    return ExitCode.unreachable;
  return judged.length === 0 || has('cannot tell') ? ExitCode.error : ExitCode.ok;
}

interface Judged {
  readonly verdict: Verdict;
  readonly canary?: { readonly cache: { readonly serves: boolean; readonly isUnreachable?: boolean } };
}

/** @param failed where an examination failed and Harbor was reached */
export function failedExitCode(examinations: readonly Examination[], failed: ExitCode): ExitCode {
  return examinations.some(({ unreachable }) => unreachable) ? ExitCode.unreachable : failed;
}

/** What a person has to look at first: nothing is known, something is half done, something differs. */
const WORST_FIRST: readonly ExitCode[] = [
  ExitCode.interrupted,
  ExitCode.terminated,
  ExitCode.error,
  ExitCode.unreachable,
  ExitCode.appliedInPart,
  ExitCode.refused,
  ExitCode.stale,
  ExitCode.policyViolation,
  ExitCode.proofFailed,
  ExitCode.changes,
];

const WORDS: Readonly<Record<ExitCode, string>> = {
  0: 'OK',
  1: 'error',
  2: 'differs',
  3: 'plan is stale',
  4: 'breaks rules',
  5: 'applied in part',
  6: 'refused',
  7: 'proof failed',
  8: 'unreachable or login refused',
  130: 'stopped',
  143: 'stopped',
};

export function exitWords(code: ExitCode): string {
  return WORDS[code];
}

/** One code for several Harbors. */
export function worstOf(codes: readonly ExitCode[]): ExitCode {
  return WORST_FIRST.find((code) => codes.includes(code)) ?? ExitCode.ok;
}

export function abortedCode(signal: AbortSignal): ExitCode {
  return signal.reason === 'SIGTERM' ? ExitCode.terminated : ExitCode.interrupted;
}

/** A failure outweighs a stale change: a new plan solves the latter, a person has to look at the former. */
export function applyExitCode(report: ApplyOutcome): ExitCode {
  const { ok, failed, unknown, stale, skipped, differences, journalError, unverified } = report;
  const troubled = journalError !== undefined || unverified !== undefined;
  if (troubled || failed.length + unknown.length > 0) return ok.length > 0 ? ExitCode.appliedInPart : ExitCode.error;
  if (stale.length > 0) return ExitCode.stale;
  if (skipped.length > 0) return ExitCode.appliedInPart;
  if (differences.length > 0) return ExitCode.error;
  return troubling(report).length > 0 ? ExitCode.appliedInPart : ExitCode.ok;
}
