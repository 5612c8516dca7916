import { fixtureImage, startFixtureUpstream, type FixtureUpstream } from '../../../src/upstream';
import {
  findingsFrom,
  startScannerAdapter,
  type ScannerAdapter,
  type ScannerAdapterOptions,
} from '../../../src/scanner-adapter';

const { digest } = fixtureImage('a');
const other = fixtureImage('b').digest;
const cve = (id: string, severity: string) => ({ id, severity });
const findings = findingsFrom({
  [digest]: [cve('CVE-1', 'Low'), cve('CVE-2', 'critical')],
  'prx/clean': [],
  '**/alpine': [cve('CVE-4', 'Medium')],
  '*': [cve('CVE-3', 'Low')],
});

let registry: FixtureUpstream;
beforeAll(async () => {
  registry = await startFixtureUpstream();
  for (const repository of ['prx/a', 'prx/clean', 'prx/other', 'prx/library/alpine']) {
    registry.put(repository, '1', 'a');
    registry.put(repository, '2', 'b');
  }
});
afterAll(() => registry.close());

async function withAdapter(
  options: ScannerAdapterOptions,
  test: (adapter: ScannerAdapter) => Promise<void>,
): Promise<void> {
  const adapter = await startScannerAdapter(options);
  try {
    await test(adapter);
  } finally {
    await adapter.close();
  }
}

interface Ended {
  readonly status: number;
  readonly type: string | null;
  /** Answers that said to ask again. */
  readonly waits: readonly (string | null)[];
  readonly body: ReturnType<typeof JSON.parse>;
}

/** As Harbor does it: redirects are no redirects, they say when to come back. */
async function scanned({ url }: ScannerAdapter, artifact: object, capability?: string): Promise<Ended> {
  const enabled = capability === undefined ? {} : { enabled_capabilities: [{ type: capability }] };
  const body = JSON.stringify({ registry: { url: registry.url }, artifact, ...enabled });
  const accepted = await fetch(`${url}/api/v1/scan`, { method: 'POST', body });
  expect(accepted.status).toBe(202);
  const { id } = (await accepted.json()) as { id: string };
  const waits: (string | null)[] = [];
  for (;;) {
    const report = await fetch(`${url}/api/v1/scan/${id}/report`, { redirect: 'manual' });
    const { status, headers } = report;
    if (status !== 302) return { status, type: headers.get('content-type'), waits, body: await report.json() };
    waits.push(headers.get('refresh-after'));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

it.each([
  [false, ['vulnerability']],
  [true, ['vulnerability', 'sbom']],
])('lists its capabilities, SBOMs %s', async (sbom, types) => {
  await withAdapter({ sbom }, async ({ url }) => {
    const answer = await fetch(`${url}/api/v1/metadata`);
    expect(answer.headers.get('content-type')).toBe('application/vnd.scanner.adapter.metadata+json; version=1.0');
    const { scanner, capabilities } = (await answer.json()) as { scanner: object; capabilities: { type: string }[] };
    expect(scanner).toEqual({ name: 'Fixture', vendor: 'Fixture Inc', version: '1.0' });
    expect(capabilities.map(({ type }) => type)).toEqual(types);
  });
});

it.each([
  [{ repository: 'prx/a', digest }, ['CVE-1', 'CVE-2'], 'Critical'],
  [{ repository: 'prx/clean', digest: other }, [], 'Unknown'],
  [{ repository: 'prx/library/alpine', digest: other }, ['CVE-4'], 'Medium'],
  [{ repository: 'prx/other', digest: other }, ['CVE-3'], 'Low'],
])('reports on %j what was declared for it, after pulling it', async (artifact, ids, severity) => {
  await withAdapter({ findings }, async (adapter) => {
    registry.takeLog();
    const { status, type, body } = await scanned(adapter, artifact);
    expect([status, type]).toEqual([200, 'application/vnd.security.vulnerability.report; version=1.1']);
    expect(body).toMatchObject({ artifact, severity });
    expect(body.vulnerabilities.map(({ id }: { id: string }) => id)).toEqual(ids);
    expect(registry.takeLog()).toEqual([`GET /v2/${artifact.repository}/manifests/${artifact.digest}`]);
  });
});

it('has Harbor wait while a scan runs', async () => {
  await withAdapter({ findings, scanMs: 100 }, async (adapter) => {
    const { status, waits } = await scanned(adapter, { repository: 'prx/a', digest });
    expect(status).toBe(200);
    expect(waits.length).toBeGreaterThan(0);
    expect(new Set(waits)).toEqual(new Set(['1']));
  });
});

it('reports on nothing that it cannot pull', async () => {
  await withAdapter({ findings }, async (adapter) => {
    const { status, body } = await scanned(adapter, { repository: 'prx/missing', digest });
    expect(status).toBe(500);
    expect(body.error.message).toMatch(/404/);
  });
});

it('makes an SBOM of the packages that it knows', async () => {
  await withAdapter({ findings, sbom: true }, async (adapter) => {
    const { type, body } = await scanned(adapter, { repository: 'prx/a', digest }, 'sbom');
    expect(type).toBe('application/vnd.security.sbom.report+json; version=1.0');
    expect(body).toMatchObject({
      media_type: 'application/spdx+json',
      sbom: { spdxVersion: 'SPDX-2.3', packages: [{ name: 'declared', versionInfo: '0' }] },
    });
  });
});

const ASKED = '{"registry":{"url":"http://harbor"},"artifact":{"repository":"a","digest":"sha256:aa"}';

it.each([
  ['POST', '/api/v1/scan', '{}', 422],
  ['POST', '/api/v1/scan', 'nonsense', 422],
  ['POST', '/api/v1/scan', `${ASKED},"enabled_capabilities":[{"type":"sbom"}]}`, 422],
  ['GET', '/api/v1/scan/unknown/report', undefined, 404],
  ['GET', '/', undefined, 404],
])('refuses %s %s %s', async (method, path, body, status) => {
  await withAdapter({}, async ({ url }) => {
    const answer = await fetch(url + path, { method, ...(body === undefined ? {} : { body }) });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({ error: { message: expect.any(String) } });
  });
});

it.each<[ScannerAdapterOptions, string, string]>([
  [{ authorization: 'Bearer t' }, 'authorization', 'Bearer t'],
  [{ apiKey: 'k' }, 'x-scanneradapter-api-key', 'k'],
])('accepts only the configured credential: %j', async (options, header, value) => {
  await withAdapter(options, async ({ url }) => {
    const status = async (headers: Record<string, string>) =>
      (await fetch(`${url}/api/v1/metadata`, { headers })).status;
    expect(await status({})).toBe(401);
    expect(await status({ [header]: `${value}x` })).toBe(401);
    expect(await status({ [header]: value })).toBe(200);
  });
});
