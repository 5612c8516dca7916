import { readJson, sendExpectingSuccess } from './registry/upstream-http';
import type { ScannerRow } from './rows';

const METADATA_TYPE = 'application/vnd.scanner.adapter.metadata+json; version=1.0';
const SCAN_REQUEST_TYPE = 'application/vnd.scanner.adapter.scan.request+json; version=1.0';
export const REPORT_TYPE = 'application/vnd.security.vulnerability.report; version=1.1';
const TIMEOUT_MS = 5_000;

export type ScannerTarget = Pick<ScannerRow, 'url' | 'auth' | 'accessCredential' | 'skipCertVerify'>;

/** What an adapter says of itself. */
export interface ScannerMetadata {
  readonly scanner: { readonly name: string; readonly vendor: string; readonly version: string };
  readonly capabilities: readonly { readonly type?: string; readonly consumes_mime_types?: readonly string[] }[];
  readonly properties?: Readonly<Record<string, string>>;
}

export interface Vulnerability {
  readonly id: string;
  readonly package?: string;
  readonly version?: string;
  readonly fix_version?: string;
  readonly severity?: string;
  readonly description?: string;
  readonly links?: readonly string[];
}

export interface VulnerabilityReport {
  readonly generated_at?: string;
  readonly severity?: string;
  readonly scanner?: ScannerMetadata['scanner'];
  readonly vulnerabilities?: readonly Vulnerability[] | null;
}

/** Harbor's side of the pluggable scanner API 1.x. Rejects with UpstreamError for every answer but a success. */
export async function fetchMetadata(target: ScannerTarget): Promise<ScannerMetadata> {
  return (await ask(target, 'GET', '/metadata', { accept: METADATA_TYPE })) as ScannerMetadata;
}

/** Id of the scan that was begun. */
export async function requestScan(target: ScannerTarget, body: object): Promise<string> {
  const headers = { 'content-type': SCAN_REQUEST_TYPE };
  return ((await ask(target, 'POST', '/scan', headers, JSON.stringify(body))) as { id: string }).id;
}

export async function fetchReport(target: ScannerTarget, scanId: string): Promise<VulnerabilityReport> {
  const path = `/scan/${encodeURIComponent(scanId)}/report`;
  return (await ask(target, 'GET', path, { accept: REPORT_TYPE })) as VulnerabilityReport;
}

async function ask(
  target: ScannerTarget,
  method: 'GET' | 'POST',
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
): Promise<unknown> {
  const { url, skipCertVerify } = target;
  const endpoint = { type: 'scanner', url, insecure: skipCertVerify, signal: AbortSignal.timeout(TIMEOUT_MS) };
  const request = { method, url: new URL(`${url}/api/v1${path}`), headers: { ...headers, ...authorization(target) } };
  return readJson(await sendExpectingSuccess(endpoint, { ...request, ...(body === undefined ? {} : { body }) }));
}

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
