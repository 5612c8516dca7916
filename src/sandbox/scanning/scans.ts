import { randomBytes, randomUUID } from 'node:crypto';
import { configuredNumber } from '../configuration';
import type { Context } from '../context';
import { badRequest, conflict, HarborError } from '../errors';
import { UpstreamError } from '../outgoing/upstream-http';
import type { ArtifactRow, ScannerRow, ScanReportRow } from '../store/rows';
import { partsOf, reportOf, RUNNING } from './reports';
import { fetchMetadata, fetchReport, REPORT_TYPE, requestScan, type ScannerMetadata } from './scanner-client';
import { askMetadata, hasCapability, scannerOf } from './scanners';
import type { Store } from '../store/store';
import type { VulnerabilityReport } from '../store/rows/vulnerability-report';

/** Until the job service starts the job. */
const QUEUED_MS = 2_000;
const FIRST_CHECK_MS = 2_000;
/** The credential type that an adapter requests for pulls; Basic by default (pkg/scan/dao/scanner/model.go). */
const AUTHORIZATION_TYPE = 'harbor.scanner-adapter/registry-authorization-type';
const GIVE_UP_AFTER_MS = 30 * 60_000;

/**
 * Starts the scan of an artifact, for an index child by child, and does not wait for it.
 * @throws HarborError 412 without a usable scanner, 400 if it cannot scan this, 409 while a scan runs
 *
 *     report   Pending ──2 s──► Running ──► POST /scan at the adapter
 *                                  └─► GET /report: 302 ──► again after Refresh-After, for half an hour in all
 *                                                   200 ──► Success        anything else ──► Error
 *              stop, at any time before ──► Stopped     restart of the sandbox ──► Error
 */
export async function startScan(context: Context, artifact: ArtifactRow): Promise<void> {
  const { scanner, metadata, parts } = await prepareScan(context, artifact);
  const { store, clock } = context;
  const idle = parts.filter((part) => !RUNNING.has(reportOf(store, scanner, part.digest)?.status ?? ''));
  if (idle.length === 0) throw conflict('a previous scan process is running');
  for (const part of idle) {
    const row = placeholder(context, part, scanner, metadata);
    clock.background(() => runScan(context, scanner, part, row));
  }
}

/** 412 without a usable scanner, 400 if it cannot scan this type. Parts that it cannot scan are left out. */
async function prepareScan(
  { store }: Context,
  artifact: ArtifactRow,
): Promise<{ scanner: ScannerRow; metadata: ScannerMetadata; parts: readonly ArtifactRow[] }> {
  const project = store.projects.get(artifact.projectId);
  const scanner = project && scannerOf(store, project);
  if (!scanner) throw new HarborError('PRECONDITION', `no available scanner for project: ${artifact.projectId}`);
  if (scanner.disabled) throw new HarborError('PRECONDITION', `scanner ${scanner.name} is deactivated`);
  const metadata = await askMetadata(scanner);
  const parts = partsOf(store, artifact).filter((part) => hasCapability(metadata, part));
  if (!metadata || parts.length === 0)
    throw badRequest(
      `the configured scanner ${scanner.name} does not support scanning artifact with mime type ${artifact.manifestMediaType}`,
    );
  return { scanner, metadata, parts };
}

/** The scan that a push, or the caching of an image, triggers. */
export function scanAfterPush(context: Context, artifact: ArtifactRow): void {
  const project = context.store.projects.get(artifact.projectId);
  if (project?.metadata['auto_scan'] !== 'true') return;
  context.clock.background(() => scanIfPossible(context, artifact));
}

/** For automatic scans: an error is not reported to anyone. */
export async function scanIfPossible(context: Context, artifact: ArtifactRow): Promise<void> {
  await startScan(context, artifact).catch((error: unknown) => {
    if (!(error instanceof HarborError)) throw error;
  });
}

/** @throws HarborError 400 if no scan is running */
export function stopScan({ store, clock }: Context, artifact: ArtifactRow): void {
  const running = partsOf(store, artifact)
    .flatMap(({ digest }) => store.scanReports.findAll('digest', digest))
    .filter((row) => RUNNING.has(row.status));
  if (running.length === 0) throw badRequest(`no scan job for artifact digest=${artifact.digest}`);
  for (const row of running) store.scanReports.update(row.id, { status: 'Stopped', endTime: clock.now() });
}

/** A scan that was interrupted by a restart would otherwise count as running forever. */
export function endInterruptedScans(store: Store): void {
  for (const row of store.scanReports.all().filter(({ status }) => RUNNING.has(status)))
    store.scanReports.update(row.id, { status: 'Error', endTime: Date.now() });
}

/** The new report replaces the old one at once, so a rescan is "unscanned" until it is done. */
function placeholder(
  { store, clock }: Context,
  { digest }: ArtifactRow,
  scanner: ScannerRow,
  { scanner: said }: ScannerMetadata,
): ScanReportRow {
  const old = reportOf(store, scanner, digest);
  if (old) store.scanReports.remove(old.id);
  return store.scanReports.insert({
    reportId: randomUUID(),
    digest,
    scannerUuid: scanner.uuid,
    scanner: said,
    status: 'Pending',
    startTime: clock.now(),
    endTime: 0,
    log: [],
  });
}

/**
 * The scanner pulls with a login that exists only during its scan. A report that does not come is an error in
 * the end.
 */
async function runScan(context: Context, scanner: ScannerRow, artifact: ArtifactRow, row: ScanReportRow) {
  const { store, clock } = context;
  await clock.sleep(QUEUED_MS);
  note(store, row.id, 'Running', `scanning ${artifact.repositoryName}@${artifact.digest} by ${scanner.name}`);
  const secret = randomBytes(16).toString('hex');
  store.scanPasses.set(secret, store.projects.get(artifact.projectId)?.name ?? '');
  try {
    const report = await askForReport(context, scanner, artifact, row, secret);
    if (report) {
      store.scanReports.update(row.id, { report });
      note(store, row.id, 'Success', 'the report is stored');
    }
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    note(store, row.id, 'Error', error.message);
  } finally {
    store.scanPasses.delete(secret);
    if (isRunning(store, row)) note(store, row.id, 'Error', 'no report in time');
    else if (store.scanReports.get(row.id)) store.scanReports.update(row.id, { endTime: clock.now() });
  }
}

/** Undefined if it was stopped or takes too long. */
async function askForReport(
  context: Context,
  scanner: ScannerRow,
  artifact: ArtifactRow,
  row: ScanReportRow,
  secret: string,
): Promise<VulnerabilityReport | undefined> {
  const { store, clock } = context;
  const id = await requestScan(scanner, await scanRequest(context, artifact, secret, await fetchMetadata(scanner)));
  let waitMs = FIRST_CHECK_MS;
  for (let waitedMs = 0; waitedMs < GIVE_UP_AFTER_MS; waitedMs += waitMs) {
    await clock.sleep(waitMs);
    if (!isRunning(store, row)) return undefined;
    const answer = await fetchReport(scanner, id);
    if ('report' in answer) return answer.report;
    waitMs = answer.retryAfterS * 1000;
  }
  return undefined;
}

/** The scanner says in its metadata which login it takes; Basic unless it says Bearer. */
async function scanRequest(
  context: Context,
  artifact: ArtifactRow,
  secret: string,
  { properties = {} }: ScannerMetadata,
): Promise<object> {
  const { repositoryName: repository, digest, manifestMediaType: mime_type, sizeBytes: size } = artifact;
  const authorization =
    properties[AUTHORIZATION_TYPE] === 'Bearer'
      ? `Bearer ${await scannerToken(context, repository)}`
      : `Basic ${Buffer.from(`scanner:${secret}`).toString('base64')}`;
  return {
    registry: { url: context.externalUrl(), authorization },
    artifact: { repository, digest, mime_type, size },
    enabled_capabilities: [{ type: 'vulnerability', produces_mime_types: [REPORT_TYPE] }],
  };
}

/** Passes prevent_vul. The other credential, valid for one scan, must first be exchanged at the token service. */
function scannerToken({ tokens, clock, store }: Context, repository: string): Promise<string> {
  const access = [{ type: 'repository', name: repository, actions: ['pull', 'scanner-pull'] }];
  const lifetimeS = configuredNumber(store, 'token_expiration') * 60;
  return tokens.issue('scanner', access, Math.floor(clock.now() / 1000), lifetimeS);
}

function isRunning(store: Store, { id }: ScanReportRow): boolean {
  return RUNNING.has(store.scanReports.get(id)?.status ?? '');
}

/** A scan that was stopped gets no more lines, and its state is not overwritten. */
function note(store: Store, id: number, status: ScanReportRow['status'], line: string): void {
  const row = store.scanReports.get(id);
  if (!row || !RUNNING.has(row.status)) return;
  store.scanReports.update(id, { status, log: [...row.log, `${new Date().toISOString()} ${line}`] });
}
