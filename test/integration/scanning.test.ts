import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { findingsFrom, startScannerAdapter, type ScannerAdapter, scannerThatFinds } from '../../src/scanner-adapter';
import { cli, directoryWith } from '../support/cli';
import { call } from '../unit/sandbox/api-client';

const ENV = { HARBOR_PASSWORD: 'Harbor12345', SCANNER_TOKEN: 'Canary-5eCr3t-Value' };
const ACCEPT = 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json';
const REPORT = 'application/vnd.security.vulnerability.report; version=1.1';
const FINDINGS = findingsFrom({
  '**/library/bad': [
    { id: 'CVE-2026-0001', severity: 'Critical', package: 'openssl', version: '3.0.1', fix_version: '3.0.2' },
    { id: 'CVE-2026-0002', severity: 'Low' },
  ],
  '*': [],
});

let sandbox: Sandbox;
let upstream: FixtureUpstream;
let adapter: ScannerAdapter;
const errors: unknown[] = [];
beforeAll(async () => {
  upstream = await startFixtureUpstream();
  upstream.put('library/bad', '1', 'a');
  upstream.put('library/good', '1', 'b');
  upstream.put('library/many', '1', 'idx');
  adapter = await startScannerAdapter({ findings: FINDINGS, authorization: `Bearer ${ENV.SCANNER_TOKEN}` });
  sandbox = await startSandbox({ timeScale: 0.01, onError: (error) => errors.push(error) });
});
afterAll(async () => {
  await sandbox.close();
  await adapter.close();
  await upstream.close();
  expect(errors).toEqual([]);
});

const policies = (project = ''): string => `
harbor: { url: ${sandbox.url}, username: admin, password: { env: HARBOR_PASSWORD } }
registries: { hub: { type: docker-registry, url: "${upstream.url}" } }
scanners:
  declared: { url: "${adapter.url}", auth: Bearer, access_credential: { env: SCANNER_TOKEN }, default: true }
projects:
  prx: { registry: hub, public: true, prevent_vul: true, severity: high, auto_scan: true${project} }
`;

async function applied(text: string): Promise<void> {
  const { code, out, err } = await cli(['apply', '--yes', '--policies', directoryWith({ 'p.yaml': text })], ENV);
  expect([code, `${out}${err}`]).toEqual([0, expect.any(String)]);
}

async function pulled(image: string, reference = '1'): Promise<{ status: number; message: string | undefined }> {
  const path = `GET /v2/prx/library/${image}/manifests/${reference}`;
  return call(sandbox, path, undefined, { headers: { accept: ACCEPT } });
}

async function blobsOf(image: string, manifest: { config: object; layers: object[] }): Promise<void> {
  for (const { digest } of [manifest.config, ...manifest.layers] as { digest: string }[])
    expect((await call(sandbox, `GET /v2/prx/library/${image}/blobs/${digest}`)).status).toBe(200);
}

const artifact = (image: string, more = ''): string =>
  `projects/prx/repositories/library%252F${image}/artifacts/1${more}`;

/** Until the scan that caching set off is done. */
async function overviewOf(image: string): Promise<{ scan_status: string; report_id: string }> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const { body } = await call(sandbox, `GET ${artifact(image, '?with_scan_overview=true')}`);
    const [overview] = Object.values<{ scan_status: string; report_id: string }>(body?.scan_overview ?? {});
    if (overview?.scan_status === 'Success') return overview;
    if (Date.now() > deadline) throw new Error(`not scanned: ${JSON.stringify(body)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

it('lets a vulnerable image through once, scans it, refuses it, and obeys the allowlist', async () => {
  await applied(policies());
  const cold = await call(sandbox, 'GET /v2/prx/library/bad/manifests/1', undefined, { headers: { accept: ACCEPT } });
  expect(cold.status).toBe(200);
  await blobsOf('bad', cold.body);

  const { report_id } = await overviewOf('bad');
  expect(await pulled('bad')).toMatchObject({
    status: 412,
    message: expect.stringContaining('current image with 2 vulnerabilities cannot be pulled'),
  });
  const report = await call(sandbox, `GET ${artifact('bad', '/additions/vulnerabilities')}`);
  expect(Object.values(report.body)).toMatchObject([{ severity: 'Critical', vulnerabilities: [{}, {}] }]);
  const log = await call(sandbox, `GET ${artifact('bad', `/scan/${report_id}/log`)}`);
  expect(log.body).toMatch(/scanning prx\/library\/bad@sha256:/);

  const allowed = (more: string): string =>
    policies(`, reuse_sys_cve_allowlist: false, cve_allowlist: { items: [CVE-2026-0001]${more} }`);
  await applied(allowed(''));
  expect((await pulled('bad')).status).toBe(200);
  await applied(allowed(', expires_at: 2020-01-01'));
  expect((await pulled('bad')).status).toBe(412);
  await applied(`${policies(', reuse_sys_cve_allowlist: true')}cve_allowlist: { items: [CVE-2026-0001] }\n`);
  expect((await pulled('bad')).status).toBe(200);
});

it('lets a clean image through again and again', async () => {
  const cold = await call(sandbox, 'GET /v2/prx/library/good/manifests/1', undefined, { headers: { accept: ACCEPT } });
  await blobsOf('good', cold.body);
  await overviewOf('good');
  expect((await pulled('good')).status).toBe(200);
});

it('refuses a scan of what is being scanned, and stops it', async () => {
  await overviewOf('good');
  // A scan that is under way for as long as the test looks, however busy the machine is.
  const slow = await startScannerAdapter({ scanMs: 600_000 });
  await call(sandbox, 'POST scanners', { name: 'slow', url: slow.url });
  const scanners = (await call(sandbox, 'GET scanners')).body as { name: string; uuid: string }[];
  const choose = (name: string) =>
    call(sandbox, 'PUT projects/prx/scanner', { uuid: scanners.find((one) => one.name === name)!.uuid });
  expect((await choose('slow')).status).toBe(200);
  const scan = (line: string, body?: object) => call(sandbox, `POST ${artifact('good', line)}`, body);
  const both = await Promise.all([scan('/scan', { scan_type: 'vulnerability' }), scan('/scan')]);
  expect(both.map(({ status }) => status).sort()).toEqual([202, 409]);
  expect((await pulled('good')).message).toMatch(/with "(Pending|Running)" status of vulnerability scanning/);
  expect((await scan('/scan/stop', { scan_type: 'vulnerability' })).status).toBe(202);
  expect((await pulled('good')).message).toContain('"Stopped" status');
  expect((await scan('/scan/stop', { scan_type: 'vulnerability' })).status).toBe(400);
  expect((await scan('/scan', { scan_type: 'sbom' })).status).toBe(400);
  expect((await scan('/scan', { scan_type: 'else' })).status).toBe(422);
  expect((await choose('declared')).status).toBe(200);
  await slow.close();
});

it('scans everything at once on request', async () => {
  const all = () => call(sandbox, 'GET scans/all/metrics');
  expect((await call(sandbox, 'POST system/scanAll/schedule', { schedule: { type: 'Manual' } })).status).toBe(201);
  const again = await call(sandbox, 'POST system/scanAll/schedule', { schedule: { type: 'Manual' } });
  expect(again.status).toBe(409);
  const deadline = Date.now() + 30_000;
  while ((await all()).body.ongoing && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
  expect((await all()).body).toEqual({
    completed: 2,
    metrics: { Success: 2 },
    ongoing: false,
    total: 2,
    trigger: 'Manual',
  });
  expect((await pulled('good')).status).toBe(200);
});

it('has no scanner without the option', async () => {
  const own = await startSandbox({ timeScale: 0.01, scanner: scannerThatFinds(FINDINGS) });
  try {
    const { body } = await call(own, 'GET scanners');
    expect(body).toMatchObject([{ name: 'Fixture', is_default: true, access_credential: '', auth: 'Bearer' }]);
  } finally {
    await own.close();
  }
});

describe('a scanner that does not name its credential type', () => {
  /** A double of an adapter: it hands on with what it is sent to pull, and never reports. */
  async function scannerDouble(): Promise<{ url: string; sent: Promise<string>; close(): void }> {
    let tell: (authorization: string) => void;
    const sent = new Promise<string>((resolve) => (tell = resolve));
    const server = createServer((request, response) => {
      if (request.url?.endsWith('/metadata')) {
        const capabilities = [{ consumes_mime_types: ACCEPT.split(', '), produces_mime_types: [REPORT] }];
        response.end(JSON.stringify({ scanner: { name: 'Double', vendor: 'us', version: '1' }, capabilities }));
      } else if (request.method === 'POST') {
        void text(request).then((body) => {
          tell((JSON.parse(body) as { registry: { authorization: string } }).registry.authorization);
          response.writeHead(202).end(JSON.stringify({ id: '1' }));
        });
      } else response.writeHead(302, { 'refresh-after': '1' }).end();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}`, sent, close: () => server.close() };
  }

  it('is sent the robot’s own login, which prevent_vul refuses until it is changed for a token', async () => {
    const scanner = await scannerDouble();
    const own = await startSandbox({ timeScale: 0.01 });
    const post = (path: string, body: object) => call(own, `POST ${path}`, body);
    await post('registries', { name: 'hub', type: 'docker-registry', url: upstream.url });
    await post('scanners', { name: 'double', url: scanner.url });
    const [{ uuid }] = (await call(own, 'GET scanners')).body as [{ uuid: string }];
    await call(own, `PATCH scanners/${uuid}`, { is_default: true });
    const metadata = { public: 'true', prevent_vul: 'true', auto_scan: 'true' };
    await post('projects', { project_name: 'prx', registry_id: 1, metadata });
    const path = '/v2/prx/library/good/manifests/1';
    const get = (authorization: string) =>
      call(own, `GET ${path}`, undefined, { as: null, headers: { accept: ACCEPT, authorization } });
    const cold = await call(own, `GET ${path}`, undefined, { headers: { accept: ACCEPT } });
    for (const { digest } of [cold.body.config, ...cold.body.layers])
      await call(own, `GET /v2/prx/library/good/blobs/${digest}`);
    try {
      const basic = await scanner.sent;
      expect(basic).toMatch(/^Basic /);
      // Harbor stores a pull under its digest first, which starts the scan, and then under its tag.
      const tagged = 'projects/prx/repositories/library%252Fgood/artifacts/1';
      while ((await call(own, `GET ${tagged}`)).status !== 200) await new Promise((resolve) => setTimeout(resolve, 10));
      expect(await get(basic)).toMatchObject({ status: 412 });
      const scope = 'service=harbor-registry&scope=repository:prx/library/good:pull';
      const answer = await fetch(`${own.url}/service/token?${scope}`, { headers: { authorization: basic } });
      const { token } = (await answer.json()) as { token: string };
      expect(await get(`Bearer ${token}`)).toMatchObject({ status: 200 });
    } finally {
      await own.close();
      scanner.close();
    }
  });
});

it('scans everything when the schedule comes due, which shows next to the last manual run', async () => {
  const fast = await startSandbox({ timeScale: 0.001 });
  const credential = { auth: 'Bearer', access_credential: ENV.SCANNER_TOKEN };
  await call(fast, 'POST scanners', { name: 'mine', url: adapter.url, ...credential });
  await call(fast, 'POST system/scanAll/schedule', { schedule: { type: 'Custom', cron: '0 * * * * *' } });
  const scheduled = () => call(fast, 'GET scans/schedule/metrics');
  const deadline = Date.now() + 30_000;
  while ((await scheduled()).body.trigger === undefined && Date.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect((await scheduled()).body).toMatchObject({ total: 0, trigger: 'Schedule' });
  expect((await call(fast, 'GET scans/all/metrics')).body.trigger).toBe('Schedule');
  await fast.close();
});
