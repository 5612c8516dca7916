import { causesOf } from '../cause/causes-of';
import type { CheckResult, ConformanceReport, Report, RootCause } from '../model/result';
import { inShort, isLarge, isQuiet, type RenderOptions } from './details';

/** Passed or skipped checks of a large report: the projects by check; `''` is the front door. */
export type Folded = Readonly<Record<'pass' | 'skip', Readonly<Record<string, readonly string[]>>>>;

type Told = ConformanceReport & { readonly causes: readonly RootCause[]; readonly folded?: Folded };

/** The report for other programs; `schemaVersion` increases when a reader would have to change. */
export function toJson(report: Report, { details = 'failed' }: RenderOptions = {}): string {
  const told =
    'instances' in report
      ? { ...report, instances: report.instances.map((one) => toTold(one, details)) }
      : toTold(report, details);
  return `${JSON.stringify(told, null, isAnyLarge(report) ? 0 : 2)}\n`;
}

function isAnyLarge(report: Report): boolean {
  return 'instances' in report ? report.instances.some(isLarge) : isLarge(report);
}

/** Causes are derived from the results and written before them, so that readers need not group them. */
function toTold(report: ConformanceReport, details: NonNullable<RenderOptions['details']>): Told {
  const { results, ...about } = inShort(report, details);
  const causes = causesOf(report.results);
  if (details === 'all' || !isLarge(report)) return { ...about, causes, results };
  return { ...about, causes, folded: folded(results), results: results.filter((one) => !isQuiet(one)) };
}

function folded(results: readonly CheckResult[]): Folded {
  const of = (status: 'pass' | 'skip'): Record<string, string[]> => {
    const byCheck: Record<string, string[]> = {};
    for (const { id, project = '' } of results.filter((one) => one.status === status && isQuiet(one)))
      (byCheck[id] ??= []).push(project);
    return byCheck;
  };
  return { pass: of('pass'), skip: of('skip') };
}
