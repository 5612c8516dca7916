import {
  readJson,
  requireSuccess,
  send,
  sendExpectingSuccess,
  type UpstreamRegistry,
  type UpstreamRequest,
} from '../outgoing/upstream-http';
import type { ScannerRow } from '../store/rows';
import type { Scanner, VulnerabilityReport } from '../store/rows/vulnerability-report';

const METADATA_TYPE = 'application/vnd.scanner.adapter.metadata+json; version=1.0';
const SCAN_REQUEST_TYPE = 'application/vnd.scanner.adapter.scan.request+json; version=1.0';
/** The only report type that is requested. */
export const REPORT_TYPE = 'application/vnd.security.vulnerability.report; version=1.1';
const TIMEOUT_MS = 5_000;
const DEFAULT_RETRY_S = 5;

/** The part of a registration that decides how the adapter is reached. */
export type ScannerTarget = Pick<ScannerRow, 'url' | 'auth' | 'accessCredential' | 'skipCertVerify'>;

/** An adapter's metadata. */
export interface ScannerMetadata {
  readonly scanner: Scanner;
  readonly capabilities: readonly { readonly type?: string; readonly consumes_mime_types?: readonly string[] }[];
  readonly properties?: Readonly<Record<string, string>>;
}

/**
 * Harbor's side of the pluggable scanner API 1.x. Rejects with UpstreamError for every response that is not a success.
 */
export async function fetchMetadata(target: ScannerTarget): Promise<ScannerMetadata> {
  return (await ask(target, 'GET', '/metadata', { accept: METADATA_TYPE })) as ScannerMetadata;
}

/** Id of the started scan. */
export async function requestScan(target: ScannerTarget, body: object): Promise<string> {
  const headers = { 'content-type': SCAN_REQUEST_TYPE };
  return ((await ask(target, 'POST', '/scan', headers, JSON.stringify(body))) as { id: string }).id;
}

/**
 * The report, or how long to wait for it: an unfinished adapter returns 302 with Refresh-After. Rejects with
 * UpstreamError for every other response that is not a success.
 */
export async function fetchReport(
  target: ScannerTarget,
  scanId: string,
): Promise<{ readonly report: VulnerabilityReport } | { readonly retryAfterS: number }> {
  const path = `/scan/${encodeURIComponent(scanId)}/report`;
  const { endpoint, request } = prepared(target, 'GET', path, { accept: REPORT_TYPE });
  const answer = await send(endpoint, { ...request, followRedirects: false });
  if (answer.statusCode === 302) {
    answer.resume();
    return { retryAfterS: Number(answer.headers['refresh-after'] ?? answer.headers['retry-after']) || DEFAULT_RETRY_S };
  }
  return { report: (await readJson(await requireSuccess(answer))) as VulnerabilityReport };
}

/** @throws UpstreamError for any status that is no success */
async function ask(
  target: ScannerTarget,
  method: 'GET' | 'POST',
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
): Promise<unknown> {
  const { endpoint, request } = prepared(target, method, path, headers);
  return readJson(await sendExpectingSuccess(endpoint, { ...request, ...(body === undefined ? {} : { body }) }));
}

/** Scanners speak HTTP like upstreams, so the same client is used. The limit counts for the whole request. */
function prepared(
  target: ScannerTarget,
  method: 'GET' | 'POST',
  path: string,
  headers: Readonly<Record<string, string>>,
): { endpoint: UpstreamRegistry; request: UpstreamRequest } {
  const { url, skipCertVerify } = target;
  const endpoint = { type: 'scanner', url, insecure: skipCertVerify, signal: AbortSignal.timeout(TIMEOUT_MS) };
  const request = { method, url: new URL(`${url}/api/v1${path}`), headers: { ...headers, ...authorization(target) } };
  return { endpoint, request };
}

/** The three methods of Harbor; anything else is no login. */
function authorization({ auth, accessCredential }: ScannerTarget): Readonly<Record<string, string>> {
  switch (auth) {
    case 'Basic':
      return { authorization: `Basic ${Buffer.from(accessCredential).toString('base64')}` };
    case 'Bearer':
      return { authorization: `Bearer ${accessCredential}` };
    case 'X-ScannerAdapter-API-Key':
      return { 'x-scanneradapter-api-key': accessCredential };
    default:
      return {};
  }
}
