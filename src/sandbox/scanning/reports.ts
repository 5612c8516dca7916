import { wireTime } from '../go-compat/wire';
import type { Call } from '../api/call';
import type { Context } from '../context';
import type { ArtifactRow, ProjectRow, ScannerRow, ScanReportRow, ScanStatus } from '../store/rows';
import { REPORT_TYPE } from './scanner-client';
import type { Store } from '../store/store';
import { type Severity, reportWire, summaryOf, type Vulnerability, worstOf } from '../store/rows/vulnerability-report';

/** States in which a scan can be stopped, and no other one is started. */
export const RUNNING: ReadonlySet<string> = new Set<ScanStatus>(['Pending', 'Running']);

/** The newest alone: a new scan replaces it. Reports of a scanner that was removed stay, and are not found. */
export function reportOf(store: Store, scanner: ScannerRow, digest: string): ScanReportRow | undefined {
  return store.scanReports.findAll('digest', digest).find((row) => row.scannerUuid === scanner.uuid);
}

/** An artifact and everything that it refers to. */
export function partsOf(store: Store, artifact: ArtifactRow): readonly ArtifactRow[] {
  const children = artifact.references.flatMap(({ childId }) => store.artifacts.get(childId) ?? []);
  return [artifact, ...children.flatMap((child) => partsOf(store, child))];
}

/** Reports of an artifact or, for an index, of its children. */
export function reportsOf(store: Store, scanner: ScannerRow, artifact: ArtifactRow): readonly ScanReportRow[] {
  return partsOf(store, artifact).flatMap(({ digest }) => reportOf(store, scanner, digest) ?? []);
}

/** The reports of a digest are deleted with the last artifact that has it. */
export function forgetReports(store: Store, { digest }: ArtifactRow): void {
  const reports = store.scanReports.findAll('digest', digest);
  if (reports.length === 0 || store.artifacts.all().some((other) => other.digest === digest)) return;
  for (const { id } of reports) store.scanReports.remove(id);
}

/** `scan_overview`, by media type; undefined without a report of a type that the caller accepts. */
export function scanOverview(reports: readonly ScanReportRow[], accepted: string): object | undefined {
  const type = REPORT_TYPE;
  if (reports.length === 0 || !accepts(accepted, type)) return undefined;
  const status = overallStatus(reports);
  const found = reports.flatMap(({ report }) => report?.vulnerabilities ?? []);
  const done = reports.some((row) => row.status === 'Success');
  const overview = {
    ...progressOf(reports, status),
    complete_percent: Math.round((100 * reports.filter((row) => row.status === 'Success').length) / reports.length),
    ...(done ? { severity: worstOf(found), summary: summaryOf(found) } : {}),
  };
  return { [type]: overview };
}

/** The addition `vulnerabilities`: finished reports, by media type. */
export function vulnerabilitiesWire(reports: readonly ScanReportRow[], accepted: string): object {
  const ready = reports.flatMap(({ report, digest }) => (report ? [{ report, digest }] : []));
  const [first] = ready;
  if (!first || !accepts(accepted, REPORT_TYPE)) return {};
  const wires = ready.map(({ report, digest }) => reportWire(report, digest));
  const all = wires.flatMap((wire) => (wire as { vulnerabilities: object[] }).vulnerabilities);
  const found = ready.flatMap(({ report }) => report.vulnerabilities ?? []);
  const severity = ready.length === 1 ? {} : { severity: worstOf(found) };
  return { [REPORT_TYPE]: { ...wires[0], ...severity, vulnerabilities: all } };
}

/** What `prevent_vul` and preheating decide by. `count` is the number of findings of any severity. */
export interface Verdict {
  readonly status: ScanStatus;
  /** None if no finding is left. */
  readonly severity: Severity;
  readonly count: number;
}

/** The findings after the allowlist is applied; undefined for an artifact that was never scanned. */
export function verdictOn(reports: readonly ScanReportRow[], allowed: ReadonlySet<string>): Verdict | undefined {
  if (reports.length === 0) return undefined;
  const found = reports.flatMap(({ report }): readonly Vulnerability[] => report?.vulnerabilities ?? []);
  const left = found.filter(({ id }) => !allowed.has(id));
  return { status: overallStatus(reports), severity: worstOf(left), count: left.length };
}

/** The project's own allowlist or, if it uses the system's, that one. An expired one allows nothing. */
export function allowedCves({ store, clock }: Context, project: ProjectRow): ReadonlySet<string> {
  const reuses = project.metadata['reuse_sys_cve_allowlist'] !== 'false';
  const { cveIds, expiresAt } = reuses ? store.systemAllowlist : project.allowlist;
  const isExpired = expiresAt !== undefined && expiresAt * 1000 <= clock.now();
  return new Set(isExpired ? [] : cveIds);
}

/**
 * Of several reports (one for each platform) the earliest start and the latest end. The id is that of the
 * first.
 */
function progressOf(reports: readonly ScanReportRow[], status: ScanStatus): object {
  const first = reports[0]!;
  const startTime = Math.min(...reports.map((row) => row.startTime));
  const endTime = RUNNING.has(status) ? 0 : Math.max(...reports.map((row) => row.endTime));
  return {
    duration: endTime === 0 ? 0 : Math.round((endTime - startTime) / 1000),
    end_time: wireTime(endTime),
    report_id: first.reportId,
    scan_status: status,
    scanner: first.scanner,
    start_time: wireTime(startTime),
  };
}

/** Of several states, the one that is furthest from done. */
function overallStatus(reports: readonly ScanReportRow[]): ScanStatus {
  const order: readonly ScanStatus[] = ['Running', 'Pending', 'Success', 'Error', 'Stopped'];
  return order.find((status) => reports.some((row) => row.status === status)) ?? 'Pending';
}

/** Media types of reports that the caller accepts, as written. */
export function acceptedReports({ headers }: Call): string {
  const header = headers['x-accept-vulnerabilities'];
  return typeof header === 'string' ? header : '';
}

/** A list of media types; an empty list accepts every one. */
function accepts(header: string, type: string): boolean {
  return header.trim() === '' || header.split(',').some((one) => one.trim() === type);
}
