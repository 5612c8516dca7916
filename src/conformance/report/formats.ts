import type { Report } from '../model/result';
import { toCtrf } from './ctrf';
import type { HistoryEntry } from './history';
import type { RenderOptions } from './details';
import { toHtml } from './html';
import { toJson } from './json';
import { toJunit } from './junit';
import { toMarkdown } from './markdown';
import { toPrometheus } from './prometheus';
import { toSarif } from './sarif';
import { toText } from './text';

/** Also the values of `--format`; the first is the default. */
export const REPORT_FORMATS = ['text', 'json', 'junit', 'html', 'markdown', 'ctrf', 'sarif', 'prometheus'] as const;
/** A value of `--format`. */
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** File name of each format in a directory of reports; the page for people comes first. */
export const REPORT_FILES: Readonly<Record<ReportFormat, string>> = {
  html: 'report.html',
  json: 'report.json',
  text: 'report.txt',
  markdown: 'report.md',
  junit: 'junit.xml',
  ctrf: 'ctrf.json',
  sarif: 'report.sarif',
  prometheus: 'breakwater.prom',
};

/**
 * One report in one format: the same bytes for the same run and history.
 * @param history earlier runs and this one, oldest first, as `withRun` returns it
 */
export function renderReport(
  format: ReportFormat,
  report: Report,
  history: readonly HistoryEntry[],
  options: RenderOptions = {},
): string {
  switch (format) {
    case 'text':
      return toText(report, options);
    case 'json':
      return toJson(report, options);
    case 'junit':
      return toJunit(report, options);
    case 'html':
      return toHtml(report, history, options);
    case 'markdown':
      return toMarkdown(report);
    case 'ctrf':
      return toCtrf(report, options);
    case 'sarif':
      return toSarif(report);
    case 'prometheus':
      return toPrometheus(report, history);
  }
}
