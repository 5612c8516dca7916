import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { readJournal } from '../../src/reconcile/read-journal';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { directoryWith } from '../support/cli';
import { until } from '../support/until';

const MAIN = resolve(__dirname, '../../dist/src/cli/main.js');
const ENV = { HARBOR_PASSWORD: 'Harbor12345', ROBOT_SECRET: 'Rob0t-5ecret-1' };
/** 2 s and 10 s are promised, on a machine that does nothing else. What is held would be waited for a minute or longer. */
const AT_ONCE_MS = 9_000;
const IN_ANY_CASE_MS = 25_000;

/** What is done to one request: passed on, or held in one of the ways in which servers hold them. */
type Hold = 'never answers' | 'drips' | 'asks to wait' | 'answers late' | undefined;

let upstream: FixtureUpstream;
let sandbox: Sandbox;
let proxy: Server | undefined;
beforeAll(async () => {
  upstream = await startFixtureUpstream();
});
afterAll(() => upstream.close());
beforeEach(async () => {
  sandbox = await startSandbox({ password: ENV.HARBOR_PASSWORD, timeScale: 0.01 });
});
afterEach(async () => {
  proxy?.closeAllConnections();
  proxy?.close();
  await sandbox.close();
});

/** Stands before the sandbox and holds what `choose` says; `held` is called with the first one. */
async function before(choose: (request: IncomingMessage) => Hold, held: () => void): Promise<string> {
  proxy = createServer((from, to) => {
    const hold = choose(from);
    if (hold !== undefined) held();
    if (hold === undefined || hold === 'answers late') passOn(from, to, hold === undefined ? 0 : 1_500);
    else keep(to, hold);
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

function keep(to: ServerResponse, hold: 'never answers' | 'drips' | 'asks to wait'): void {
  if (hold === 'asks to wait') return void to.writeHead(503, { 'retry-after': '50' }).end();
  if (hold === 'never answers') return;
  to.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => to.write(' '), 100);
  to.on('close', () => clearInterval(timer));
}

function passOn(from: IncomingMessage, to: ServerResponse, lateMs: number): void {
  const { method, url, headers } = from;
  const onward = request(`${sandbox.url}${url}`, { method: method!, headers }, (answer) => {
    setTimeout(() => {
      to.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(to);
    }, lateMs);
  });
  onward.on('error', () => to.destroy());
  from.pipe(onward);
}

function policies(url: string): string {
  return directoryWith({
    'all.yaml': `
harbor: { url: "${url}", username: admin, password: { env: HARBOR_PASSWORD } }
registries: { up: { type: docker-registry, url: "${upstream.url}", insecure: true } }
projects:
  proxy:
    registry: up
    public: true
    conformance: { pull: ['library/alpine:3.20'] }
    robots: { puller: { duration: 90, access: [{ resource: repository, action: pull }], secret: { env: ROBOT_SECRET } } }
labels: { approved: {} }
`,
  });
}

interface Ended {
  /** Where the command ran. */
  readonly root: string;
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** From the signal to the end. */
  readonly afterMs: number;
}

/** Runs the command, and sends SIGTERM a moment after the server holds the first request. */
async function stopped(argv: (root: string) => string[], choose: (request: IncomingMessage) => Hold): Promise<Ended> {
  let tell = (): void => undefined;
  const isHeld = new Promise<void>((done) => (tell = done));
  const root = policies(await before(choose, () => tell()));
  const child = spawn(process.execPath, [MAIN, ...argv(root)], { cwd: root, env: { ...process.env, ...ENV } });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (out += String(text)));
  child.stderr.on('data', (text: Buffer) => (err += String(text)));
  const exit = once(child, 'close') as Promise<[number | null]>;
  await Promise.race([isHeld, exit]);
  await new Promise((done) => setTimeout(done, 200));
  const signalledAt = performance.now();
  child.kill('SIGTERM');
  const [code] = await exit;
  return { root, code, out, err, afterMs: performance.now() - signalledAt };
}

const isList = ({ method, url }: IncomingMessage): boolean =>
  method === 'GET' && /\/api\/v2.0\/(projects|registries)\?/.test(url!);
const isWrite = ({ method, url }: IncomingMessage): boolean => method !== 'GET' && url!.startsWith('/api/');

describe('SIGTERM while a read is pending ends the run within 2 s', () => {
  const HOLDS = ['never answers', 'drips', 'asks to wait'] as const;
  it.each(HOLDS.flatMap((hold) => ['plan', 'drift', 'export', 'apply'].map((command) => [command, hold] as const)))(
    '%s, and a server that %s',
    async (command, hold) => {
      const argv = (root: string): string[] =>
        command === 'export'
          ? ['export', '--policies', root, '--out', join(root, 'out')]
          : [command, '--policies', root, ...(command === 'apply' ? ['--yes'] : [])];
      const { code, out, err, afterMs } = await stopped(argv, (request) => (isList(request) ? hold : undefined));
      expect(afterMs).toBeLessThan(AT_ONCE_MS);
      expect({ code, out }).toEqual({ code: 143, out: '' });
      expect(err).toContain('Cancelled.');
      expect(err).not.toMatch(/error|not an error Breakwater expects/);
    },
  );

  it('plan, before the identity is known', async () => {
    const { code, afterMs } = await stopped(
      (root) => ['plan', '--policies', root],
      ({ url }) => (url === '/c/login' ? 'never answers' : undefined),
    );
    expect(afterMs).toBeLessThan(AT_ONCE_MS);
    expect(code).toBe(143);
  });
});

describe('SIGTERM during an apply ends it with its report', () => {
  const argv = (root: string): string[] => ['apply', '--policies', root, '--yes', '--format', 'json'];
  const journalOf = ({ root, err }: Ended): string => resolve(root, /journal: (\S+)\)/.exec(err)![1]!);

  it('a write in flight is finished, and no new one begins', async () => {
    const writes: string[] = [];
    const { code, out, afterMs } = await stopped(argv, (request) => {
      if (!isWrite(request)) return undefined;
      writes.push(request.url!);
      return 'answers late';
    });
    expect(afterMs).toBeLessThan(IN_ANY_CASE_MS);
    expect(code).toBe(143);
    const report = JSON.parse(out) as Record<'ok' | 'failed' | 'unknown' | 'skipped', { address: string }[]>;
    expect(report).toMatchObject({ aborted: true, failed: [], unknown: [] });
    expect(report.ok.map(({ address }) => address)).toEqual(['registry/up']);
    expect(report.skipped.map(({ address }) => address)).toContain('project/proxy');
    expect(writes.every((url) => /registries/.test(url))).toBe(true);
  });

  it('a write that is never answered is reported as unknown', async () => {
    const { code, out, afterMs } = await stopped(argv, (request) =>
      isWrite(request) && request.url!.endsWith('/registries') ? 'never answers' : undefined,
    );
    expect(afterMs).toBeLessThan(IN_ANY_CASE_MS);
    expect(code).toBe(143);
    const report = JSON.parse(out) as { unknown: { address: string; detail: string }[]; failed: unknown[] };
    expect(report.unknown.map(({ address }) => address)).toEqual(['registry/up']);
    expect(report.unknown[0]!.detail).toContain('after the run was stopped');
    expect(report.failed).toEqual([]);
  });

  it('a robot whose creation was sent still gets its declared secret', async () => {
    const { code, out, afterMs } = await stopped(argv, ({ method, url }) =>
      method === 'POST' && url!.endsWith('/robots') ? 'answers late' : undefined,
    );
    expect(afterMs).toBeLessThan(IN_ANY_CASE_MS);
    expect(code).toBe(143);
    expect((JSON.parse(out) as { ok: { address: string }[] }).ok.map(({ address }) => address)).toContain(
      'robot/proxy+puller',
    );
    const basic = Buffer.from(`robot$proxy+puller:${ENV.ROBOT_SECRET}`).toString('base64');
    const token = `${sandbox.url}/service/token?service=harbor-registry`;
    expect((await fetch(token, { headers: { authorization: `Basic ${basic}` } })).status).toBe(200);
  });

  it.each(['never answers', 'drips', 'asks to wait'] as const)(
    'while it verifies, at a server that %s',
    async (hold) => {
      let written = false;
      const ended = await stopped(argv, (request) => {
        written ||= isWrite(request) && request.url!.endsWith('/robots');
        return written && isList(request) ? hold : undefined;
      });
      expect(ended.afterMs).toBeLessThan(AT_ONCE_MS);
      expect(ended.code).toBe(143);
      expect(JSON.parse(ended.out)).toMatchObject({ aborted: true, differences: [], failed: [], unknown: [] });
      expect(readJournal(readFileSync(journalOf(ended), 'utf8')).runs.at(-1)?.end).toBeTruthy();
    },
  );
});

it.each(['never answers', 'drips', 'asks to wait'] as const)(
  'SIGTERM during conform ends it within 2 s with its report, at a registry that %s',
  async (hold) => {
    const { code, out, afterMs } = await stopped(
      (root) => ['conform', '--policies', root, '--format', 'json'],
      ({ url }) => (/\/manifests\//.test(url!) ? hold : undefined),
    );
    expect(afterMs).toBeLessThan(AT_ONCE_MS);
    expect(code).not.toBe(0);
    // A wait that is too long is not waited for: the run may have ended by itself before the signal came.
    expect(JSON.parse(out)).toMatchObject(hold === 'asks to wait' ? { schemaVersion: 1 } : { complete: false });
  },
);

it('SIGTERM ends a secret command that hangs', async () => {
  const root = directoryWith({
    'all.yaml':
      'harbor: { url: "http://127.0.0.1:9", username: admin, password: { command: [sh, -c, "echo > started; exec sleep 25"] } }\nlabels: { a: {} }\n',
  });
  const child = spawn(process.execPath, [MAIN, 'plan', '--policies', root], { cwd: root });
  const exit = once(child, 'close') as Promise<[number | null]>;
  await until(() => existsSync(join(root, 'started')));
  const signalledAt = performance.now();
  child.kill('SIGTERM');
  expect(await exit).toEqual([143, null]);
  expect(performance.now() - signalledAt).toBeLessThan(AT_ONCE_MS);
});
