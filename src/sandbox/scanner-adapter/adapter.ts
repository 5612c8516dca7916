import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EXAMPLE_FINDINGS, type Findings, findingsOf, type ScannedArtifact, worstOf } from './findings';

const TYPE = {
  metadata: 'application/vnd.scanner.adapter.metadata+json; version=1.0',
  scan: 'application/vnd.scanner.adapter.scan.response+json; version=1.0',
  report: 'application/vnd.security.vulnerability.report; version=1.1',
  error: 'application/vnd.scanner.adapter.error+json; version=1.0',
} as const;
const MAX_BODY_BYTES = 1 << 20;
/** A scan that nobody asks about any more goes. */
const MAX_SCANS = 10_000;

export interface ScannerIdentity {
  readonly name: string;
  readonly vendor: string;
  readonly version: string;
}

export interface ScannerAdapterOptions {
  /** Default: any free port. */
  readonly port?: number;
  /** Default: 127.0.0.1. A Harbor in a container needs another. */
  readonly host?: string;
  readonly findings?: Findings;
  readonly scanner?: ScannerIdentity;
  /** The Authorization header that every request must carry, where there is one. */
  readonly authorization?: string;
}

export interface ScannerAdapter {
  readonly url: string;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: object;
}

/**
 * A scanner that looks at nothing and reports what it was told: Harbor's pluggable scanner API 1.x over HTTP, for the
 * sandbox and for a real Harbor alike.
 */
export async function startScannerAdapter(options: ScannerAdapterOptions = {}): Promise<ScannerAdapter> {
  const { port = 0, host = '127.0.0.1' } = options;
  const answer = createAnswers(options);
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
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function createAnswers({ findings = EXAMPLE_FINDINGS, scanner = FIXTURE, authorization }: ScannerAdapterOptions) {
  const scans = new Map<string, ScannedArtifact>();
  return ({ method, url = '/', headers }: IncomingMessage, body: string): Answer => {
    if (authorization !== undefined && headers.authorization !== authorization) return refused(401, 'unauthorized');
    const path = url.split('?', 1)[0] ?? '';
    if (method === 'GET' && path === '/api/v1/metadata') return metadataOf(scanner);
    if (method === 'POST' && path === '/api/v1/scan') return accept(scans, body);
    const id = /^\/api\/v1\/scan\/([^/]+)\/report$/.exec(path)?.[1];
    const artifact = scans.get(id ?? '');
    if (method !== 'GET' || !artifact) return refused(404, 'not found');
    return reportOn(artifact, findings, scanner);
  };
}

const FIXTURE: ScannerIdentity = { name: 'Fixture', vendor: 'Fixture Inc', version: '1.0' };

function metadataOf(scanner: ScannerIdentity): Answer {
  const capability = {
    type: 'vulnerability',
    consumes_mime_types: [
      'application/vnd.oci.image.manifest.v1+json',
      'application/vnd.docker.distribution.manifest.v2+json',
    ],
    produces_mime_types: [TYPE.report],
  };
  const properties = { 'harbor.scanner-adapter/scanner-type': 'os-package-vulnerability' };
  return { status: 200, type: TYPE.metadata, body: { scanner, capabilities: [capability], properties } };
}

/** Nothing is pulled: the request itself says which artifact it is about. */
function accept(scans: Map<string, ScannedArtifact>, body: string): Answer {
  const artifact = artifactIn(body);
  if (!artifact) return refused(422, 'artifact.repository and artifact.digest are required');
  const [oldest] = scans.keys();
  if (oldest !== undefined && scans.size >= MAX_SCANS) scans.delete(oldest);
  const id = randomUUID();
  scans.set(id, artifact);
  return { status: 202, type: TYPE.scan, body: { id } };
}

function artifactIn(body: string): ScannedArtifact | undefined {
  try {
    const { artifact } = JSON.parse(body) as { artifact?: Partial<ScannedArtifact> };
    const { repository, digest } = artifact ?? {};
    return repository && digest ? { ...artifact, repository, digest } : undefined;
  } catch {
    return undefined;
  }
}

function reportOn(artifact: ScannedArtifact, findings: Findings, scanner: ScannerIdentity): Answer {
  const vulnerabilities = findingsOf(findings, artifact);
  const severity = worstOf(vulnerabilities);
  const body = { generated_at: new Date().toISOString(), artifact, scanner, severity, vulnerabilities };
  return { status: 200, type: TYPE.report, body };
}

function refused(status: number, message: string): Answer {
  return { status, type: TYPE.error, body: { error: { message } } };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, { 'content-type': type });
  response.end(JSON.stringify(body));
}
