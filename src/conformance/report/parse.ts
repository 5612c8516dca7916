import { compact } from '../../compact';
import { instancesOf, type CheckResult, type ConformanceReport, type Report } from '../model/result';

/** A report that was written by `toJson`; undefined for anything else, and for one of another version. */
export function parseReport(text: string): Report | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isReport(value) && instancesOf(value).every(isOfOneHarbor) ? unfolded(value) : undefined;
  } catch {
    return undefined;
  }
}

/** With what a large report tells in short. */
function unfolded(report: Report): Report {
  if ('instances' in report) return { ...report, instances: report.instances.map(unfoldedRun) };
  return unfoldedRun(report);
}

function unfoldedRun(report: ConformanceReport & { readonly folded?: unknown }): ConformanceReport {
  const { folded, ...rest } = report;
  if (folded === undefined) return report;
  const titles = new Map(report.checks.map(({ id, title }) => [id, title]));
  const quiet = (['pass', 'skip'] as const).flatMap((status) =>
    Object.entries(fieldsOf(fieldsOf(folded)[status])).flatMap(([id, projects]) =>
      (Array.isArray(projects) ? projects : []).map((project: unknown) =>
        compact<CheckResult>({
          id,
          title: titles.get(id) ?? id,
          project: project === '' ? undefined : String(project),
          status,
          message: status === 'pass' ? 'passed' : 'not run',
          ...{ evidence: [], requests: [], startedAfterMs: 0, durationMs: 0 },
        }),
      ),
    ),
  );
  return { ...rest, results: inOrder([...report.results, ...quiet], report) };
}

function inOrder(results: readonly CheckResult[], { projects, checks }: ConformanceReport): CheckResult[] {
  const ofProject = new Map<string | undefined, number>(projects.map(({ name }, at) => [name, at]));
  const ofCheck = new Map(checks.map(({ id }, at) => [id, at]));
  const at = ({ project, id }: CheckResult): number =>
    (ofProject.get(project) ?? -1) * checks.length + (ofCheck.get(id) ?? 0);
  return [...results].sort((a, b) => at(a) - at(b));
}

function isReport(value: unknown): value is Report {
  const { schemaVersion, startedAt, durationMs, complete, instances, results } = fieldsOf(value);
  const isRun = typeof startedAt === 'string' && typeof durationMs === 'number' && typeof complete === 'boolean';
  return schemaVersion === 1 && isRun && (isList(instances) || isList(results));
}

function isOfOneHarbor(value: unknown): value is ConformanceReport {
  const { harbor, shard, results, checks, projects } = fieldsOf(value);
  const { url } = fieldsOf(harbor);
  const { index, of } = fieldsOf(shard ?? { index: 1, of: 1 });
  const isSplit = Number.isSafeInteger(index) && Number.isSafeInteger(of);
  const isWhole = isReport(value) && isSplit && typeof url === 'string' && URL.canParse(url);
  const hasIds = [results, checks].every((list) => isList(list) && list.every(({ id }) => typeof id === 'string'));
  const hasNames = isList(projects) && projects.every(({ name }) => typeof name === 'string');
  return isWhole && hasIds && hasNames && isList(results) && results.every(isResult);
}

function isResult({ status, message, evidence, requests }: Readonly<Record<string, unknown>>): boolean {
  return typeof status === 'string' && typeof message === 'string' && isList(evidence) && isList(requests);
}

function isList(value: unknown): value is readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
