import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readJournal } from '../../src/reconcile/read-journal';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { cli, directoryWith } from '../support/cli';
import { callApi } from './harbor-api';

const MAIN = resolve(__dirname, '../../dist/src/cli/main.js');
const ENV = { HARBOR_PASSWORD: 'Harbor12345' };
const NAMES = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7'];

let sandbox: Sandbox;
beforeEach(async () => void (sandbox = await startSandbox({ password: ENV.HARBOR_PASSWORD, timeScale: 0.01 })));
afterEach(() => sandbox.close());

const policies = (more = ''): string =>
  directoryWith({
    'all.yaml': `harbor: { url: "${sandbox.url}", username: admin, password: { env: HARBOR_PASSWORD } }\n${more}projects:\n${NAMES.map((name) => `  ${name}: { public: false }\n`).join('')}`,
  });
const created = async (): Promise<string[]> => {
  const { body } = await callApi(sandbox, 'GET', '/projects?page_size=100');
  return (body as { name: string }[]).map(({ name }) => name).filter((name) => NAMES.includes(name));
};
const apply = (directory: string, journal: string) =>
  cli(['apply', '--yes', '--policies', directory, '--journal', journal, '--concurrency', '1'], ENV);

/** In a process of its own; a `limit` is the size that a file may grow to, in blocks of 512 bytes. */
async function spawned(argv: string[], stdout: number | 'pipe' = 'pipe', limit?: number) {
  const limited = limit === undefined ? '' : `ulimit -f ${limit}; `;
  const child = spawn('sh', ['-c', `${limited}exec "$0" "$@"`, process.execPath, MAIN, ...argv], {
    env: { ...process.env, ...ENV },
    stdio: ['ignore', stdout, 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, out, err };
}

describe('a journal that cannot be kept', () => {
  it('is full from the beginning: nothing is sent, and the report names the reason', async () => {
    const { code, out } = await apply(policies(), '/dev/full');
    expect(out).toMatch(
      /failed {2}project\/p0: the journal cannot be written \(.*ENOSPC.*\), so nothing was sent to Harbor/,
    );
    expect(out).toContain('Apply: 0 applied, 8 failed.');
    expect(code).toBe(1);
    expect(await created()).toEqual([]);
  });

  it('fills in the middle: the report names what was done, exit 5, and the next run finishes', async () => {
    const directory = policies();
    const journal = join(directory, 'journal.jsonl');
    const argv = [
      'apply',
      '--yes',
      '--policies',
      directory,
      '--journal',
      journal,
      '--concurrency',
      '1',
      '--format',
      'json',
    ];
    const { code, out } = await spawned(argv, 'pipe', 3);
    const report = JSON.parse(out) as { ok: { address: string }[]; failed: unknown[]; journalError: string };
    expect(code).toBe(5);
    expect(report.journalError).toContain('EFBIG');
    expect(report.ok.map(({ address }) => address.replace('project/', '')).sort()).toEqual((await created()).sort());
    expect(report.ok.length).toBeGreaterThan(0);
    expect(report.failed.length).toBe(8 - report.ok.length);

    const next = await apply(directory, journal);
    expect(next.code).toBe(0);
    expect(next.err).toContain('last time: ');
    expect(await created()).toHaveLength(8);
    const { runs, unreadable } = readJournal(readFileSync(journal, 'utf8'));
    expect([runs.length, unreadable]).toEqual([2, 1]);
  });

  it.each<[string, (path: string) => void]>([
    ['a named pipe', (path) => void execFileSync('mkfifo', [path])],
    ['a directory', (path) => void execFileSync('mkdir', [path])],
  ])('is %s: reported before anything is written, without waiting', async (_case, make) => {
    const directory = policies();
    const journal = join(directory, 'journal');
    make(journal);
    const { code, err } = await apply(directory, journal);
    expect(err).toContain(`error[APPLY]: the journal ${journal} cannot be read: it is not a regular file`);
    expect(code).toBe(1);
    expect(await created()).toEqual([]);
  });

  it('cannot have a folder: reported with its name', async () => {
    const directory = policies();
    const { code, err } = await apply(directory, join(directory, 'all.yaml', 'journal'));
    expect(err).toMatch(/error\[APPLY\]: the journal .* cannot be locked: EEXIST/);
    expect(code).toBe(1);
  });

  it('reports foreign lines in the journal', async () => {
    const directory = policies();
    const journal = join(directory, 'journal');
    writeFileSync(journal, 'hello\n{"type":"attempt","n":1,"address":{"a":1}}\n');
    const { code, err } = await apply(directory, journal);
    expect(err).toContain(`warning: 2 lines of the journal ${journal} cannot be read`);
    expect(code).toBe(0);
  });
});

describe('a missing secret', () => {
  const MISSING = `registries:
  a: { type: docker-registry, url: "http://127.0.0.1:9", credential: { access_key: bot, access_secret: { env: UNSET_A } } }
robots:
  r: { duration: 30, secret: { file: absent }, system: [{ resource: registry, action: list }] }
`;

  it('is a warning of plan, and of apply an error that lists all of them before the first write', async () => {
    const directory = policies(MISSING);
    const plan = await cli(['plan', '--policies', directory], ENV);
    expect(plan.code).toBe(0);
    expect(plan.out).toContain('registry/a: credential.access_secret is not available here, and apply needs it');
    const { code, err } = await apply(directory, join(directory, 'journal'));
    expect(code).toBe(1);
    expect(err).toContain('2 secrets that this plan needs are not available; nothing was changed');
    expect(err).toContain('registry/a: credential.access_secret: the environment variable UNSET_A is not set');
    expect(err).toMatch(/robot\/r: secret: the secret file .*absent cannot be read: it does not exist/);
    expect(await created()).toEqual([]);
  });

  it('does not affect a plan that does not write it', async () => {
    const directory = policies(
      'robots:\n  r: { duration: 30, secret: { env: ROBOT }, system: [{ resource: registry, action: list }] }\n',
    );
    const words = ['apply', '--yes', '--policies', directory, '--journal', join(directory, 'j')];
    expect((await cli(words, { ...ENV, ROBOT: 'Rob0t-5ecret' })).code).toBe(0);
    writeFileSync(
      join(directory, 'all.yaml'),
      readFileSync(join(directory, 'all.yaml'), 'utf8').replace('p0: { public: false }', 'p0: { public: true }'),
    );
    expect((await cli(words, ENV)).code).toBe(0);
  });
});

describe('a report that cannot be printed', () => {
  it('is reported on stderr, after everything was done', async () => {
    const directory = policies();
    const argv = ['apply', '--yes', '--policies', directory, '--journal', join(directory, 'j')];
    const { code, err } = await spawned(argv, openSync('/dev/full', 'w'));
    expect(err).toContain('error: standard output cannot be written: ENOSPC');
    expect(code).toBe(1);
    expect(await created()).toHaveLength(8);
  });

  it('does not hide how a run ended when the reader went away', async () => {
    const directory = policies();
    const child = spawn(process.execPath, [MAIN, 'plan', '--detailed-exitcode', '--policies', directory], {
      env: { ...process.env, ...ENV },
    });
    child.stdout.destroy();
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(2);
  });
});
