import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../../src/cli/run';
import { cli, directoryWith } from '../support/cli';
import { call } from '../unit/sandbox/api-client';

const CVES = "'**/library/alpine':\n  - { id: CVE-2026-0001, severity: Critical }\n'*': []\n";

interface Running {
  readonly url: string;
  /** Ends it as a signal would, and answers its exit code. */
  stop(): Promise<number>;
}

/** Runs a command that only a signal ends, until it has said where it listens. */
async function started(argv: readonly string[], env: Record<string, string> = {}): Promise<Running> {
  const said = { out: '', err: '' };
  const out = (text: string): void => void (said.out += text);
  const err = (text: string): void => void (said.err += text);
  const signal = new AbortController();
  const terminal = { out, err, env, cwd: process.cwd(), live: false, colour: false, columns: 100, clearLine: () => {} };
  const ended = run(argv, terminal, signal.signal);
  const deadline = Date.now() + 30_000;
  while (said.out === '' && Date.now() < deadline) await sleep(10);
  expect(said).toEqual({ out: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\n$/), err: expect.any(String) });
  return {
    url: said.out.trim(),
    stop: () => {
      signal.abort();
      return ended;
    },
  };
}

it.each([
  ['Basic', 'user:Secret1', 'authorization', `Basic ${Buffer.from('user:Secret1').toString('base64')}`],
  ['Bearer', 'Secret1', 'authorization', 'Bearer Secret1'],
  ['X-ScannerAdapter-API-Key', 'Secret1', 'x-scanneradapter-api-key', 'Secret1'],
])('is asked by %s alone', async (auth, credential, header, value) => {
  const cves = `${directoryWith({ 'cves.yaml': CVES })}/cves.yaml`;
  const adapter = await started(['scanner-adapter', '--cves', cves, '--auth', auth, '--credential-env', 'CREDENTIAL'], {
    CREDENTIAL: credential,
  });
  const status = async (headers: Record<string, string>) =>
    (await fetch(`${adapter.url}/api/v1/metadata`, { headers })).status;
  expect([await status({}), await status({ [header]: value })]).toEqual([401, 200]);
  expect(await adapter.stop()).toBe(0);
});

it('runs next to a sandbox that requests one', async () => {
  const sandbox = await started(['sandbox', '--scanner', '--time-scale', '0.01']);
  const { body } = await call(sandbox, 'GET scanners');
  expect(body).toMatchObject([{ name: 'Fixture', is_default: true, capabilities: { support_vulnerability: true } }]);
  expect(await sandbox.stop()).toBe(0);
});

it.each<[string[], RegExp]>([
  [['--listen', 'nowhere'], /--listen takes host:port/],
  [['--auth', 'Bearer'], /--auth and --credential-env must be used together/],
  [['--auth', 'Bearer', '--credential-env', 'NOT_SET'], /NOT_SET is not set/],
  [['--auth', 'Digest', '--credential-env', 'X'], /Allowed choices are Basic, Bearer/],
  [['--cves', '/nowhere/cves.yaml'], /cves\.yaml cannot be read/],
  [['--registry-ca', '/nowhere/ca.pem'], /ca\.pem cannot be read/],
])('refuses %j', async (flags, message) => {
  const { code, err } = await cli(['scanner-adapter', ...flags]);
  expect(code).toBe(1);
  expect(err).toMatch(message);
});

it('reports every mistake in a list of CVEs', async () => {
  const folder = directoryWith({ 'cves.yaml': 'a: [{ severity: low }, { id: CVE-1, severity: bad }]\n' });
  const { err } = await cli(['scanner-adapter', '--cves', `${folder}/cves.yaml`]);
  expect(err).toMatch(/a\[0\]: id is missing/);
  expect(err).toMatch(/a\[1\]\.severity: one of/);
});
