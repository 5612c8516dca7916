import type { Report } from '../result';

/** The report as it is, for other programs; `schemaVersion` changes when a reader would have to. */
export function toJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
