import { instancesOf, isConformant, type ConformanceReport, type Report } from '../conformance/model/result';
import { NO_PERMISSION } from '../plan/access';
import { openFindings, type Plan } from '../plan/plan';

/** A plan is often made with fewer rights than the apply that follows: that alone is not a refused plan. */
export function isRefused({ refusals }: Plan): boolean {
  return refusals.some(({ rule }) => rule !== NO_PERMISSION);
}

/** A rule on plans found something that no waiver covers. */
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
