import { compact } from '../../compact';
import { printable } from '../../outside/printable';
import { code, prose } from '../../plan/render/markdown-words';
import type { ApplyOutcome } from '../apply';
import type { ApplyReport, ChangeResult } from '../../reconcile/result';
import type { Unreadable } from '../../kinds/kind';
import type { Paint } from './paint';

/** The result in the requested format. */
export function appliedAs(format: string, report: ApplyOutcome, url: string, paint: Paint): string {
  if (format === 'json') return `${JSON.stringify(applyReportToJson(report), null, 2)}\n`;
  return format === 'markdown' ? applyReportToMarkdown(report, url) : applyReportToText(report, paint);
}

/** A report without the error objects, which are not for files. */
export function applyReportToJson(report: ApplyOutcome): object {
  const { unreadable = [], ok, failed, stale, skipped, unknown, differences, aborted } = report;
  const { journalError, unverified } = report;
  const plain = ({ error: _error, ...rest }: ChangeResult): object => rest;
  return compact({
    schemaVersion: 1,
    ok: ok.map(plain),
    failed: failed.map(plain),
    stale: stale.map(plain),
    skipped: skipped.map(plain),
    unknown: unknown.map(plain),
    differences,
    unreadable: unreadable.map(({ address, reason, leftOver }) => compact({ address, reason, leftOver })),
    aborted,
    journalError,
    unverified,
  });
}

/** Only what needs attention, and one line of counts: applied changes were shown while they were made. */
export function applyReportToText(report: ApplyOutcome, paint: Paint): string {
  const troubled = [...report.failed, ...report.unknown, ...report.stale, ...report.skipped];
  const lines = [
    ...troubled.map((result) => `${paint('red', result.outcome)}  ${result.address}: ${reasonOf(result)}`),
    ...report.differences.map(({ message, unread }) => `${paint('red', verdictOf(unread))}  ${message}`),
    ...troubling(report).map(
      ({ address, reason }) => `${paint('red', 'unreadable')}  ${printable(address)}: ${reason}`,
    ),
    ...warningsOf(report).map((text) => `${paint('yellow', 'warning')}  ${text}`),
    applySummary(report),
  ];
  return `${lines.join('\n')}\n`;
}

function verdictOf(unread: true | undefined): string {
  return unread ? 'unreadable' : 'differs';
}

/** Many reasons begin with the address. */
function reasonOf({ address, detail = 'no reason was given' }: ChangeResult): string {
  return detail.startsWith(`${address}: `) ? detail.slice(address.length + 2) : detail;
}

function warningsOf({ journalError, unverified }: ApplyReport): string[] {
  return [
    ...(unverified === undefined ? [] : [`what was applied could not be verified: ${unverified}; run plan again`]),
    ...(journalError === undefined ? [] : [`the journal is not complete: ${journalError}`]),
  ];
}

/** The result as a comment or a job summary: errors are visible, applied changes are folded. */
export function applyReportToMarkdown(report: ApplyOutcome, url: string): string {
  const { ok, failed, unknown, stale, skipped, differences } = report;
  const alert = (kind: string, text: string): string => `> [!${kind}]\n> ${text}\n`;
  const blocks = [
    ...[...failed, ...unknown].map((one) => alert('CAUTION', troubleText(one))),
    ...[...stale, ...skipped].map((one) => alert('WARNING', troubleText(one))),
    ...differences.map(({ message, unread }) => alert('CAUTION', `**${verdictOf(unread)}** ${prose(message)}`)),
    ...troubling(report).map(({ address, reason }) =>
      alert('WARNING', `**unreadable** ${code(address)}: ${prose(reason)}`),
    ),
    ...warningsOf(report).map((text) => alert('WARNING', prose(text))),
    ...(ok.length === 0 ? [] : [appliedList(ok)]),
  ];
  return `### Breakwater ${prose(applySummary(report))}\n\n${code(url)}\n${blocks.map((block) => `\n${block}`).join('')}`;
}

function troubleText(result: ChangeResult): string {
  return `**${result.outcome}** ${code(result.address)}: ${prose(reasonOf(result))}`;
}

function appliedList(ok: readonly ChangeResult[]): string {
  const lines = ok.map(
    ({ action, address, adopted }) => `- ${adopted ? 'already as declared' : action} ${code(address)}`,
  );
  return `<details><summary>${ok.length} applied</summary>\n\n${lines.join('\n')}\n\n</details>\n`;
}

/** One line, also for fleets and titles. */
export function applySummary(report: ApplyOutcome): string {
  const { ok, failed, stale, skipped, unknown, differences, aborted } = report;
  const adopted = ok.filter((result) => result.adopted).length;
  const parts = [
    `${ok.length} applied${adopted > 0 ? ` (${adopted} already as declared)` : ''}`,
    ...counted(failed, 'failed'),
    ...counted(unknown, 'unknown'),
    ...counted(stale, 'stale'),
    ...counted(skipped, 'skipped'),
    ...counted(
      differences.filter(({ unread }) => !unread),
      'accepted by Harbor but not applied',
    ),
    ...counted(
      differences.filter(({ unread }) => unread),
      'accepted by Harbor but not readable',
    ),
    ...counted(troubling(report), 'unreadable'),
  ];
  return `Apply${aborted ? ' stopped' : ''}: ${parts.join(', ')}.`;
}

/** If nothing is declared, all leftovers match. */
export function troubling({ unreadable = [] }: ApplyOutcome): Unreadable[] {
  return unreadable.filter(({ leftOver }) => leftOver !== true);
}

function counted(list: readonly unknown[], word: string): string[] {
  return list.length > 0 ? [`${list.length} ${word}`] : [];
}
