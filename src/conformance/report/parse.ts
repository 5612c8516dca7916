import { compact } from '../../compact';
import { UsageError } from '../../errors';
import { jsonFault } from '../../json-schema/check-json';
import { instancesOf, type CheckResult, type ConformanceReport, type Report } from '../model/result';
import { reportSchemaFor } from './json-schema';

/**
 * A report that `toJson` wrote, validated with its published schema.
 * @throws UsageError with the position of the first error
 */
export async function parseReport(text: string, file = 'this'): Promise<Report> {
  const value = parsed(text);
  const fault = value === undefined ? 'it is not JSON' : await faultOf(value);
  if (fault === undefined) return unfolded(value as Report);
  throw new UsageError(`${file} is not a conformance report of schemaVersion 1: ${fault}`, HINT);
}

const HINT = 'breakwater conform --report writes report.json';

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

async function faultOf(value: unknown): Promise<string | undefined> {
  const fault = await jsonFault(reportSchemaFor(value), value);
  if (fault !== undefined) return fault;
  const unknown = instancesOf(value as Report).find(({ harbor }) => !URL.canParse(harbor.url));
  return unknown && 'harbor.url must be a URL';
}

/**
 * Including the shortened results of a large report.
 *
 *      written                                            read
 *      results: [what failed, errored or deviates]        the same
 *      folded: { pass: { M1: [a, b] }, skip: { … } }      a result for each project: M1 passed in a, M1 passed in b
 *
 * A thousand projects with sixty checks are sixty thousand results, and nearly all of them say "passed".
 */
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

/** The front door first, then projects and checks in the order of the report, as if nothing had been folded. */
function inOrder(results: readonly CheckResult[], { projects, checks }: ConformanceReport): CheckResult[] {
  const ofProject = new Map<string | undefined, number>(projects.map(({ name }, at) => [name, at]));
  const ofCheck = new Map(checks.map(({ id }, at) => [id, at]));
  const at = ({ project, id }: CheckResult): number =>
    (ofProject.get(project) ?? -1) * checks.length + (ofCheck.get(id) ?? 0);
  return [...results].sort((a, b) => at(a) - at(b));
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
