import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXAMPLE_FINDINGS, type Findings, findingsOf } from './findings';
import { metadataOf, REPORT_TYPE, reportOf, type ScannerIdentity } from './reports';
import { pullManifest, type ScanRequest, scanRequestFrom } from './scan-request';

const TYPE = {
  metadata: 'application/vnd.scanner.adapter.metadata+json; version=1.0',
  scan: 'application/vnd.scanner.adapter.scan.response+json; version=1.0',
  error: 'application/vnd.scanner.adapter.error+json; version=1.0',
} as const;
const MAX_BODY_BYTES = 1 << 20;
/** Removes scans whose report is no longer requested. */
const MAX_SCANS = 10_000;
const ASK_AGAIN_S = 1;

/** All optional: without options it serves the example findings to every caller of this machine. */
export interface ScannerAdapterOptions {
  /** Default: any free port. */
  readonly port?: number;
  /** Default: 127.0.0.1. A Harbor in a container needs another address. */
  readonly host?: string;
  readonly findings?: Findings;
  readonly scanner?: ScannerIdentity;
  /** Also makes SBOMs. */
  readonly sbom?: boolean;
  /** The required Authorization header, if any. */
  readonly authorization?: string;
  /** The same for Harbor's third method, the header X-ScannerAdapter-API-Key. */
  readonly apiKey?: string;
  /** PEM: CAs of the registry's certificate, in addition to the public ones. */
  readonly registryCa?: string;
  /** Duration of a scan; until then its report returns 302. */
  readonly scanMs?: number;
  /** Called with one line for every requested scan and its result. */
  readonly onScan?: (line: string) => void;
}

/** `url` is for the `url` of a scanner in Harbor. */
export interface ScannerAdapter {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** For `startSandbox({ scanner })`: an adapter that reports these findings. */
export function scannerThatFinds(
  findings: Findings,
): (access: Pick<ScannerAdapterOptions, 'authorization' | 'registryCa'>) => Promise<ScannerAdapter> {
  return (access) => startScannerAdapter({ findings, ...access });
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: object;
  readonly headers?: OutgoingHttpHeaders;
}

type Scan = { readonly state: 'running' } | { readonly state: 'failed'; readonly why: string } | Done;
interface Done {
  readonly state: 'done';
  readonly request: ScanRequest;
}

/**
 * A scanner that pulls the manifest of an image, inspects nothing else, and reports declared findings: Harbor's
 * pluggable scanner API 1.1 and 1.2 over HTTP, for the sandbox and for a real Harbor.
 * One scan as Harbor does it:
 *
 *     Harbor                                adapter                          registry of Harbor
 *       │ GET /api/v1/metadata                │                                  │
 *       │◄───────────────────── capabilities ─┤                                  │
 *       │ POST /api/v1/scan                   │                                  │
 *       │◄──────────────────────────── 202 id ┤ GET manifest by digest           │
 *       │ GET …/scan/ID/report                ├─────────────────────────────────►│
 *       │◄───────────── 302, again in 1 s ────┤                                  │
 *       │ GET …/scan/ID/report                │                                  │
 *       │◄───────────── 200 report, or 500 ───┤                                  │
 * @throws Error of node:net if the port is in use
 */
export async function startScannerAdapter(options: ScannerAdapterOptions = {}): Promise<ScannerAdapter> {
  const { port = 0, host = '127.0.0.1' } = options;
  const closing = new AbortController();
  const answer = createAnswers(options, closing.signal);
  const server = createServer((request, response) => {
    void readBody(request)
      .then((body) => answer(request, body))
      .catch(() => refused(500, 'internal error'))
      .then((result) => send(response, result));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        closing.abort();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Scans are kept until there are too many: a report may be requested several times. */
function createAnswers(options: ScannerAdapterOptions, closing: AbortSignal) {
  const { findings = EXAMPLE_FINDINGS, scanner = FIXTURE, sbom = false } = options;
  const scans = new Map<string, Scan>();
  return ({ method, url = '/', headers }: IncomingMessage, body: string): Answer => {
    if (!isAllowed(options, headers)) return refused(401, 'unauthorized');
    const path = url.split('?', 1)[0] ?? '';
    if (method === 'GET' && path === '/api/v1/metadata')
      return { status: 200, type: TYPE.metadata, body: metadataOf(scanner, sbom) };
    if (method === 'POST' && path === '/api/v1/scan') return accept(scans, body, options, closing);
    const scan = scans.get(/^\/api\/v1\/scan\/([^/]+)\/report$/.exec(path)?.[1] ?? '');
    if (method !== 'GET' || !scan) return refused(404, 'not found');
    if (scan.state === 'running') return notYet(path);
    if (scan.state === 'failed') return refused(500, scan.why);
    const report = reportOf(scan.request, scanner, findingsOf(findings, scan.request.artifact), new Date());
    return { status: 200, type: REPORT_TYPE[scan.request.capability], body: report };
  };
}

const FIXTURE: ScannerIdentity = { name: 'Fixture', vendor: 'Fixture Inc', version: '1.0' };

function isAllowed({ authorization, apiKey }: ScannerAdapterOptions, headers: IncomingHttpHeaders): boolean {
  if (authorization !== undefined && !isSame(headers.authorization, authorization)) return false;
  return apiKey === undefined || isSame(headers['x-scanneradapter-api-key'], apiKey);
}

/** In constant time, so that timing reveals nothing. */
function isSame(sent: string | string[] | undefined, wanted: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return typeof sent === 'string' && timingSafeEqual(hash(sent), hash(wanted));
}

/**
 * 202 is returned before the pull, because Harbor polls for the result. The oldest scans are forgotten first.
 */
function accept(scans: Map<string, Scan>, body: string, options: ScannerAdapterOptions, closing: AbortSignal): Answer {
  const request = scanRequestFrom(body);
  if (!request) return refused(422, 'registry.url, artifact.repository and artifact.digest are required');
  if (request.capability === 'sbom' && options.sbom !== true) return refused(422, 'this scanner does not create SBOMs');
  const [oldest] = scans.keys();
  if (oldest !== undefined && scans.size >= MAX_SCANS) scans.delete(oldest);
  const id = randomUUID();
  scans.set(id, { state: 'running' });
  void scan(request, options, closing).then((result) => {
    if (scans.has(id)) scans.set(id, result);
    const { repository, digest } = request.artifact;
    const end = result.state === 'failed' ? `failed: ${result.why}` : result.state;
    options.onScan?.(`${request.capability} of ${repository}@${digest}: ${end}`);
  });
  return { status: 202, type: TYPE.scan, body: { id } };
}

/** The findings are declared, but the manifest is pulled as by a real adapter: a wrong address or login shows. */
async function scan(
  request: ScanRequest,
  { registryCa, scanMs = 0 }: ScannerAdapterOptions,
  signal: AbortSignal,
): Promise<Scan> {
  try {
    await pullManifest(request, registryCa);
    if (scanMs > 0) await sleep(scanMs, undefined, { signal });
    return { state: 'done', request };
  } catch (error) {
    return { state: 'failed', why: error instanceof Error ? error.message : String(error) };
  }
}

/** Harbor polls again after this many seconds, and does not follow the redirect. */
function notYet(path: string): Answer {
  const seconds = String(ASK_AGAIN_S);
  return {
    ...refused(302, 'not ready yet'),
    headers: { location: path, 'refresh-after': seconds, 'retry-after': seconds },
  };
}

function refused(status: number, message: string): Answer {
  return { status, type: TYPE.error, body: { error: { message } } };
}

/** What exceeds the limit is read and dropped, so the rest is no valid scan request. */
async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, { status, type, body, headers = {} }: Answer): void {
  response.writeHead(status, { 'content-type': type, ...headers });
  response.end(JSON.stringify(body));
}
