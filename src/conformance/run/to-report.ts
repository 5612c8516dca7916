import { compact } from '../../compact';
import type { Check } from '../model/check';
import { countStatuses } from '../model/outcome';
import type { CheckResult, ConformanceReport, ReportedCheck, ReportedProject } from '../model/result';
import type { ConformanceTarget, ProjectTarget } from '../model/target';

/** A finished run. */
export interface Ended extends Pick<
  ConformanceReport,
  'tool' | 'harbor' | 'durationMs' | 'timeScale' | 'stopped' | 'cost'
> {
  readonly target: ConformanceTarget;
  readonly checks: readonly Check[];
  /** In the order in which they came. */
  readonly results: readonly CheckResult[];
  readonly startedAt: Date;
}

/** Results are sorted by project and check, so that two reports can be compared line by line. */
export function toReport({ target, checks, results, startedAt, stopped, ...about }: Ended): ConformanceReport {
  return compact({
    schemaVersion: 1,
    tool: about.tool,
    harbor: about.harbor,
    startedAt: startedAt.toISOString(),
    durationMs: about.durationMs,
    timeScale: about.timeScale,
    complete: stopped === undefined,
    stopped,
    summary: countStatuses(results),
    cost: about.cost,
    checks: checks.map(toReportedCheck),
    projects: target.projects.map(toReportedProject),
    results: sorted(results, checks, target.projects),
  });
}

/** Projects as declared and checks as listed: the order does not depend on speed. */
function sorted(
  results: readonly CheckResult[],
  checks: readonly Check[],
  projects: readonly ProjectTarget[],
): CheckResult[] {
  const ofProject = new Map<string | undefined, number>(projects.map(({ name }, at) => [name, at]));
  const ofCheck = new Map(checks.map(({ id }, at) => [id, at]));
  const rank = ({ project, id }: CheckResult): number =>
    (ofProject.get(project) ?? -1) * checks.length + (ofCheck.get(id) ?? 0);
  return [...results].sort((a, b) => rank(a) - rank(b));
}

function toReportedCheck({ id, title, proves, why, limits, upstreamCost, phase }: Check): ReportedCheck {
  return { id, title, proves, why, limits, upstreamCost, phase };
}

/** Field by field, so that a new field of a target, such as a credential, does not get into reports by itself. */
function toReportedProject(project: ProjectTarget): ReportedProject {
  const { name, proxy, images, platforms, position, imagePositions } = project;
  return compact({ name, public: project.public, proxy, images, platforms, position, imagePositions });
}
