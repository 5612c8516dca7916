import { causesOf } from '../cause/causes-of';
import type { ConformanceReport, Report, RootCause } from '../model/result';

/** The report as it is, for other programs; `schemaVersion` changes when a reader would have to. */
export function toJson(report: Report): string {
  const told = 'instances' in report ? { ...report, instances: report.instances.map(withCauses) } : withCauses(report);
  return `${JSON.stringify(told, null, 2)}\n`;
}

/** Derived from the results and told before them, so that no reader has to group them itself. */
function withCauses(report: ConformanceReport): ConformanceReport & { readonly causes: readonly RootCause[] } {
  const { results, ...about } = report;
  return { ...about, causes: causesOf(results), results };
}
