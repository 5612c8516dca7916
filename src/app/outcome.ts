import { instancesOf, isConformant, type ConformanceReport, type Report } from '../conformance/model/result';
import {
  HarborApiError,
  IdentityError,
  NetworkError,
  PlanRefusedError,
  PolicyViolationError,
  StalePlanError,
} from '../errors';
import { NO_PERMISSION } from '../plan/access';
import { openFindings, type Plan } from '../plan/plan';
import type { ApplyOutcome } from './apply';
import type { Verdict } from './clients/verify';
import type { Examination } from './examine/examination';
import { troubling } from './render/applied';

/**
 * The result of a use case.
 * The command line gives each a stable exit code (cli/exit-code.ts):
 *
 *     ok 0 · error 1 · changes 2 · stale 3 · policyViolation 4 · appliedInPart 5 · refused 6 · proofFailed 7 ·
 *     unreachable 8
 */
export type Outcome =
  | 'ok'
  | 'error'
  /** There are changes, or something differs. */
  | 'changes'
  | 'stale'
  | 'policyViolation'
  | 'appliedInPart'
  | 'refused'
  /** Something was tried and does not work, or a tested secret does not. */
  | 'proofFailed'
  /** Harbor cannot be reached, or refuses the login. */
  | 'unreachable';

/** A refusal outranks a broken rule, and a broken rule outranks a change. */
export function planOutcome(plan: Plan): Outcome {
  if (isRefused(plan)) return 'refused';
  return breaksRule(plan) ? 'policyViolation' : differenceOutcome(plan);
}

/** A tested secret that does not work outranks a change: an apply would not repair it. */
export function differenceOutcome(plan: Plan): Outcome {
  if (hasBrokenSecret(plan)) return 'proofFailed';
  return plan.changes.length > 0 ? 'changes' : 'ok';
}

/** A failure outranks a stale change: a new plan solves the latter, a person has to look at the former. */
export function applyOutcome(report: ApplyOutcome): Outcome {
  const { ok, failed, unknown, stale, skipped, differences, journalError, unverified } = report;
  const troubled = journalError !== undefined || unverified !== undefined;
  if (troubled || failed.length + unknown.length > 0) return ok.length > 0 ? 'appliedInPart' : 'error';
  if (stale.length > 0) return 'stale';
  if (skipped.length > 0) return 'appliedInPart';
  if (differences.length > 0) return 'error';
  return troubling(report).length > 0 ? 'appliedInPart' : 'ok';
}

interface Judged {
  readonly verdict: Verdict;
  readonly canary?: { readonly cache: { readonly serves: boolean; readonly isUnreachable?: boolean } };
}

/** Bypassing the cache is worse than an unknown result; no verified image is not a success. */
export function verdictOutcome(judged: readonly Judged[]): Outcome {
  const has = (...verdicts: readonly Verdict[]): boolean => judged.some(({ verdict }) => verdicts.includes(verdict));
  if (has('bypassed', 'misconfigured')) return 'proofFailed';
  if (judged.some(({ canary }) => canary && !canary.cache.serves && canary.cache.isUnreachable)) return 'unreachable';
  return judged.length === 0 || has('cannot tell') ? 'error' : 'ok';
}

/**
 * For failed examinations.
 * @param otherwise if Harbor was reached
 */
export function failedOutcome(examinations: readonly Examination[], otherwise: 'error' | 'proofFailed'): Outcome {
  return examinations.some(({ unreachable }) => unreachable) ? 'unreachable' : otherwise;
}

/** @param errors why Harbors could not be reached */
export function reportOutcome(report: Report, errors: readonly unknown[] = []): Outcome {
  const red = notConformant(report);
  if (red.length === 0) return 'ok';
  const asked: readonly Outcome[] = red.length > errors.length ? ['proofFailed'] : [];
  return worstOutcome([...errors.map(errorOutcome), ...asked]);
}

const GATEWAY: readonly number[] = [502, 503, 504];

/** The result of a use case that threw. */
export function errorOutcome(error: unknown): Outcome {
  if (error instanceof StalePlanError) return 'stale';
  if (error instanceof PlanRefusedError) return 'refused';
  if (error instanceof PolicyViolationError) return 'policyViolation';
  if (error instanceof NetworkError || error instanceof IdentityError) return 'unreachable';
  // A gateway in front of a Harbor that is down.
  return error instanceof HarborApiError && GATEWAY.includes(error.status) ? 'unreachable' : 'error';
}

/** The most urgent first: nothing is known, something is half done, something differs. */
const WORST_FIRST = [
  ...(['error', 'unreachable', 'appliedInPart', 'refused', 'stale'] as const),
  ...(['policyViolation', 'proofFailed', 'changes'] as const),
];

/** One outcome for several Harbors. */
export function worstOutcome(outcomes: readonly Outcome[]): Outcome {
  return WORST_FIRST.find((outcome) => outcomes.includes(outcome)) ?? 'ok';
}

/** A plan is often made with fewer permissions than the apply that follows: that alone does not refuse the plan. */
export function isRefused({ refusals }: Plan): boolean {
  return refusals.some(({ rule }) => rule !== NO_PERMISSION);
}

/** A rule on plans has a finding without a waiver. */
export function breaksRule(plan: Plan): boolean {
  return openFindings(plan).length > 0;
}

/** A secret that was tested and does not work. */
export function hasBrokenSecret({ notCompared }: Plan): boolean {
  return notCompared.some(({ broken }) => broken);
}

/** The Harbors of a report that did not pass. */
export function notConformant(report: Report): readonly ConformanceReport[] {
  return instancesOf(report).filter((instance) => !isConformant(instance));
}

/** More parts than projects: there was nothing to do, which is not a failure. */
export function isEmptyShard(report: Report): boolean {
  if ('instances' in report || report.shard === undefined) return false;
  const { complete, projects, summary } = report;
  return complete && projects.length === 0 && summary.fail === 0 && summary.error === 0;
}

/** The reason with which a wait, a request or a question ends when the run is stopped. */
export function isStop(error: unknown): boolean {
  if (error instanceof NetworkError) return error.code === 'NETWORK_ABORTED';
  return error instanceof Error && error.name === 'AbortError';
}
