import type { ApplyReport, ChangeResult } from '../reconcile/result';
import { ExitCode } from './exit-code';
import type { Paint } from './terminal';

/** A report without the error objects, which are for code and not for files. */
export function applyReportToJson(report: ApplyReport): object {
  const { ok, failed, stale, skipped, unknown, differences, aborted } = report;
  const plain = ({ error: _error, ...rest }: ChangeResult): object => rest;
  return {
    schemaVersion: 1,
    ok: ok.map(plain),
    failed: failed.map(plain),
    stale: stale.map(plain),
    skipped: skipped.map(plain),
    unknown: unknown.map(plain),
    differences,
    aborted,
  };
}

export function applyReportToText(report: ApplyReport, paint: Paint): string {
  const troubled = [...report.failed, ...report.unknown, ...report.stale, ...report.skipped];
  const lines = [
    ...troubled.map(
      (result) => `${paint('red', result.outcome)}  ${result.address}: ${result.detail ?? 'no reason was given'}`,
    ),
    ...report.differences.map(({ message }) => `${paint('red', 'differs')}  ${message}`),
    summaryLine(report),
  ];
  return `${lines.join('\n')}\n`;
}

function summaryLine({ ok, failed, stale, skipped, unknown, differences, aborted }: ApplyReport): string {
  const adopted = ok.filter((result) => result.adopted).length;
  const parts = [
    `${ok.length} applied${adopted > 0 ? ` (${adopted} found as wanted)` : ''}`,
    ...counted(failed, 'failed'),
    ...counted(unknown, 'unknown'),
    ...counted(stale, 'stale'),
    ...counted(skipped, 'skipped'),
    ...counted(differences, 'accepted by Harbor and not applied'),
  ];
  return `Apply${aborted ? ' stopped' : ''}: ${parts.join(', ')}.`;
}

function counted(list: readonly unknown[], word: string): string[] {
  return list.length > 0 ? [`${list.length} ${word}`] : [];
}

/** A failure outweighs a stale change: a new plan mends the one, somebody has to look at the other. */
export function applyExitCode({ ok, failed, unknown, stale, skipped, differences }: ApplyReport): ExitCode {
  if (failed.length + unknown.length > 0) return ok.length > 0 ? ExitCode.appliedInPart : ExitCode.error;
  if (stale.length > 0) return ExitCode.stale;
  if (skipped.length > 0) return ExitCode.appliedInPart;
  return differences.length > 0 ? ExitCode.error : ExitCode.ok;
}
