import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { get } from 'node:https';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { canaryControl } from '../../src/canary';
import { parseReport, type ConformanceReport } from '../../src/conformance';
import type { UpstreamControl, UpstreamMode } from '../../src/conformance/model/target';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { findingsFrom, scannerThatFinds } from '../../src/scanner-adapter';
import { cli, directoryWith } from '../support/cli';
import { makePrivateCa } from '../unit/harbor/support/private-ca';

const MAIN = resolve(__dirname, '../../dist/src/cli/main.js');
const TOKEN = 'token-of-the-canary';
const ENV = { HARBOR_PASSWORD: 'Harbor12345', CANARY_TOKEN: TOKEN };
const TIME_SCALE = 0.02;
/** What plays in a project without a limit or a quota; S4b is for a deep run. */
const SCENARIOS = ['S1', 'S2', 'S3', 'S4a', 'S4c', 'S5', 'S6', 'S7', 'S8', 'S9', 'S10', 'S15', 'S16'];
const authority = makePrivateCa();

let production: Sandbox;
let canary: ChildProcess;
let url: string;
let controlUrl: string;
let control: UpstreamControl;
let policies: string;

/** All that Harbor and conform know of the canary is what is declared: two URLs, a CA and the name of a variable. */
beforeAll(async () => {
  const root = directoryWith({
    'canary.yaml': `
listen: 127.0.0.1:0
tls: { cert_file: canary.crt, key_file: canary.key }
control: { listen: 127.0.0.1:0, token: { env: CANARY_TOKEN } }
`,
    'canary.crt': authority.cert,
    'canary.key': authority.key,
  });
  canary = spawn(process.execPath, [MAIN, 'canary', '--config', join(root, 'canary.yaml'), '--format', 'json'], {
    env: { ...process.env, ...ENV },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface(canary.stdout!);
  const [line] = (await once(lines, 'line')) as [string];
  lines.close();
  ({ url, controlUrl } = JSON.parse(line) as { url: string; controlUrl: string });
  control = canaryControl({ url: controlUrl, token: async () => TOKEN, ca: async () => authority.ca });
  production = await startSandbox({ timeScale: TIME_SCALE });
  policies = policiesWith('CANARY_TOKEN');
  expect(await cli(['apply', '--policies', policies, '--yes'], ENV)).toMatchObject({ code: 0 });
}, 60_000);

afterAll(async () => {
  canary.kill('SIGTERM');
  await production.close();
});

function policiesWith(variable: string): string {
  const declared = `
harbor: { url: "${production.url}", username: admin, password: { env: HARBOR_PASSWORD } }
registries: { canary: { type: docker-registry, url: "${url}", ca_certificate: ${JSON.stringify(authority.ca)} } }
projects:
  proxy.canary:
    registry: canary
    public: true
    conformance:
      pull: [breakwater/single:1, breakwater/index:1]
      canary: { url: "${controlUrl}", token: { env: ${variable} }, ca_file: ca.pem }
  proxy.canary-limited:
    registry: canary
    public: true
    storage_limit: 1GiB
    max_upstream_conn: 2
    conformance:
      pull: [breakwater/docker:1, breakwater/layers:1, breakwater/zstd:1]
      canary: { url: "${controlUrl}", token: { env: ${variable} }, ca_file: ca.pem }
`;
  return join(directoryWith({ 'policies/harbor.yaml': declared, 'policies/ca.pem': authority.ca }), 'policies');
}

interface Wish {
  readonly project?: string;
  readonly deep?: boolean;
  readonly directory?: string;
  readonly env?: Record<string, string>;
}

async function conform(checks: readonly string[], wish: Wish = {}) {
  const { project = 'proxy.canary', deep = false, directory = policies, env = ENV } = wish;
  const words = ['--policies', directory, '--project', project, '--time-scale', String(TIME_SCALE), '--format', 'json'];
  if (deep) words.push('--deep');
  const { code, out } = await cli(['conform', ...words, ...checks.flatMap((id) => ['--check', id])], env);
  const { results } = (await parseReport(out)) as ConformanceReport;
  const told = results
    .filter(({ status }) => status !== 'pass')
    .map(({ id, status, message }) => ({ id, status, message }));
  return { code, out, results, told, statuses: results.map(({ id, status }) => `${id} ${status}`) };
}

describe('with a Harbor that knows the canary only by its declaration', () => {
  it('a limit of connections and a quota apply in a separate project', async () => {
    const { told } = await conform(['S13', 'S14'], { project: 'proxy.canary-limited' });
    expect(told).toEqual([]);
  }, 120_000);

  it('every scenario runs', async () => {
    const { code, out, results, told } = await conform(SCENARIOS);
    expect(results.map(({ id }) => id)).toEqual(SCENARIOS);
    expect(told.filter(({ status }) => status !== 'known-deviation')).toEqual([]);
    // S4a: of the index one platform is pulled, and during an outage Harbor serves it cut to that.
    expect(told.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'S4a known-deviation',
      'S4c known-deviation',
      'S9 known-deviation',
    ]);
    expect(code).toBe(0);
    expect(out).not.toContain(TOKEN);
  }, 120_000);

  it('a deep run waits until Harbor has noticed the outage', async () => {
    const { code, told } = await conform(['S4b'], { project: 'proxy.canary-limited', deep: true });
    expect(told).toEqual([]);
    expect(code).toBe(0);
  }, 120_000);

  it('unpacks what it serves: zstd, four layers, and what Docker pushes', async () => {
    const { told } = await conform(['B1', 'M7'], { project: 'proxy.canary-limited' });
    expect(told).toEqual([]);
  }, 120_000);

  it('reports a wrong token, and does nothing', async () => {
    const env = { ...ENV, WRONG_TOKEN: 'wrong' };
    const { code, out, statuses } = await conform(['S3'], { directory: policiesWith('WRONG_TOKEN'), env });
    expect(code).toBe(7);
    expect(statuses).toEqual(['S3 error']);
    expect(out).toContain('does not accept this token');
  });
});

describe('the control port, over TLS with a private CA', () => {
  const MANIFEST = '/v2/breakwater/single/manifests/1';
  let blob: string;

  beforeAll(async () => {
    const { layers } = JSON.parse((await ask(MANIFEST)).bytes.toString()) as { layers: { digest: string }[] };
    blob = `/v2/breakwater/single/blobs/${layers[0]!.digest}`;
  });

  afterEach(() => control.misbehave('ok'));

  it.each<[UpstreamMode, number]>([
    ['401', 401],
    ['403', 403],
    ['429', 429],
    ['429-retry-after', 429],
    ['500', 500],
  ])('%s', async (mode, status) => {
    await control.misbehave(mode);
    expect([(await ask(MANIFEST)).status, (await ask(blob)).status]).toEqual([status, status]);
    await control.misbehave('ok');
    expect((await ask(MANIFEST)).status).toBe(200);
  });

  it('html: a page instead of everything', async () => {
    await control.misbehave('html');
    expect(await ask(blob)).toMatchObject({ status: 200, type: 'text/html' });
  });

  it('cut: a manifest that breaks off, layers that do not', async () => {
    await control.misbehave('cut');
    expect(await ask(MANIFEST)).toMatchObject({ status: 200, isWhole: false });
    expect(await ask(blob)).toMatchObject({ status: 200, isWhole: true });
  });

  it('cutblob: half of a layer, and the whole manifest', async () => {
    const whole = await ask(blob);
    await control.misbehave('cutblob');
    const half = await ask(blob);
    expect([half.isWhole, half.bytes.length]).toEqual([false, whole.bytes.length >> 1]);
    expect(await ask(MANIFEST)).toMatchObject({ isWhole: true });
  });

  it('wrongblob: as many bytes, but other ones', async () => {
    const whole = await ask(blob);
    await control.misbehave('wrongblob');
    const wrong = await ask(blob);
    expect([wrong.isWhole, wrong.bytes.length]).toEqual([true, whole.bytes.length]);
    expect(blob).toContain(sha256(whole.bytes));
    expect(blob).not.toContain(sha256(wrong.bytes));
  });

  it('reset: no answer, at once', async () => {
    await control.misbehave('reset');
    await expect(ask(MANIFEST)).rejects.toThrow(/socket hang up|ECONNRESET/);
  });

  it('hang: only pings get a response until the mode ends; then waiting requests are released', async () => {
    await control.takeLog();
    await control.misbehave('hang');
    let state = 'waiting';
    const ended = ask(MANIFEST).catch(() => (state = 'let go'));
    let log: readonly string[] = [];
    while (log.length === 0) log = await control.takeLog();
    expect([log, state]).toEqual([[`GET ${MANIFEST}`], 'waiting']);
    expect((await ask('/v2/')).status).toBe(200);
    await control.misbehave('ok');
    await ended;
    expect(state).toBe('let go');
    expect((await ask(MANIFEST)).status).toBe(200);
  });

  it('stop and start: connections are refused meanwhile', async () => {
    await control.stop();
    await expect(ask(MANIFEST)).rejects.toThrow('ECONNREFUSED');
    await control.start();
    expect((await ask(MANIFEST)).status).toBe(200);
  });

  it('publish and remove-tag: a tag that moves, grows and is removed', async () => {
    const tag = '/v2/breakwater/canary/manifests/moved';
    const bodies: string[] = [];
    for (const [version, sizeBytes] of [[1], [2], [1], [1, 1 << 20]] as [number, number?][]) {
      await control.publish('breakwater/canary', 'moved', version, sizeBytes);
      bodies.push((await ask(tag)).bytes.toString());
    }
    expect(bodies[0]).toBe(bodies[2]);
    expect(new Set(bodies).size).toBe(3);
    const { layers } = JSON.parse(bodies[3]!) as { layers: { size: number }[] };
    expect(layers[0]!.size).toBeGreaterThan(1 << 20);
    await control.removeTag('breakwater/canary', 'moved');
    expect((await ask(tag)).status).toBe(404);
  });

  it('trusts no other CA', async () => {
    const stranger = canaryControl({ url: controlUrl, token: async () => TOKEN });
    await expect(stranger.misbehave('500')).rejects.toThrow(/certificate/i);
    expect((await ask(MANIFEST)).status).toBe(200);
  });
});

it('prevent_vul is verified with images of the canary, and a scanner that reports vulnerable ones', async () => {
  const findings = findingsFrom({ '**/breakwater/docker': [{ id: 'CVE-2026-0001', severity: 'Critical' }], '*': [] });
  const guarded = await startSandbox({ timeScale: TIME_SCALE, scanner: scannerThatFinds(findings) });
  try {
    const declared = `
harbor: { url: "${guarded.url}", username: admin, password: { env: HARBOR_PASSWORD } }
registries: { canary: { type: docker-registry, url: "${url}", ca_certificate: ${JSON.stringify(authority.ca)} } }
projects:
  proxy.canary-guarded:
    registry: canary
    public: true
    prevent_vul: true
    severity: high
    auto_scan: true
    conformance: { pull: [], vulnerability: { refused: [breakwater/docker:1], allowed: [breakwater/single:1] } }
`;
    const directory = directoryWith({ 'p.yaml': declared });
    expect(await cli(['apply', '--policies', directory, '--yes'], ENV)).toMatchObject({ code: 0 });
    const checks = ['V1', 'V2', 'V3', 'V4'].flatMap((id) => ['--check', id]);
    const { code, out } = await cli(
      ['conform', '--policies', directory, '--format', 'json', '--time-scale', String(TIME_SCALE), ...checks],
      ENV,
    );
    const told = ((await parseReport(out)) as ConformanceReport).results.map(
      ({ id, status, message }) => `${id} ${status} ${message}`,
    );
    expect({ code, told }).toEqual({
      code: 0,
      told: [
        expect.stringMatching(/^V1 pass refused: PROJECTPOLICYVIOLATION current image with 1 vulnerability/),
        expect.stringMatching(/^V2 skip no image is declared as unscanned/),
        'V3 pass served, 0 found',
        expect.stringMatching(/^V4 known-deviation served by its first pull, unscanned/),
      ],
    });
  } finally {
    await guarded.close();
  }
}, 60_000);

it('ends by SIGTERM, in its own way', async () => {
  const ended = once(canary, 'exit');
  canary.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly bytes: Buffer;
  /** It came to its end. */
  readonly isWhole: boolean;
}

function ask(path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = get(`${url}${path}`, { ca: authority.ca, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      const { statusCode: status = 0, headers } = response;
      const end = (isWhole: boolean): void =>
        resolve({ status, type: headers['content-type'] ?? '', bytes: Buffer.concat(chunks), isWhole });
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => end(true)).on('error', () => end(false));
    });
    request.on('error', reject);
  });
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
