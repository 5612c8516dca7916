import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CATALOGUE, parseReport, type ConformanceReport } from '../../src/conformance';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { cli, directoryWith, type CliResult } from '../support/cli';
import { until } from '../support/until';

const ENV = { HARBOR_PASSWORD: 'Harbor12345' };
const MAIN = resolve(__dirname, '../../dist/src/cli/main.js');

let sandbox: Sandbox;
let upstream: FixtureUpstream;
let root: string;
/** At the pace of a real Harbor: storing an image takes 20 s, in which a signal can come. */
beforeAll(async () => {
  sandbox = await startSandbox({ timeScale: 1 });
  upstream = await startFixtureUpstream();
  for (const name of ['good', 'later']) upstream.put(`library/${name}`, '1', 'a');
  root = directoryWith({ 'policies/harbor.yaml': declared() });
  expect(await cli(['apply', '--policies', join(root, 'policies'), '--yes'], ENV)).toMatchObject({ code: 0 });
  upstream.removeTag('library/later', '1');
});

afterAll(async () => {
  await sandbox.close();
  await upstream.close();
});

function declared(): string {
  return `
harbor: { url: "${sandbox.url}", username: admin, password: { env: HARBOR_PASSWORD } }
registries: { fixture: { type: docker-registry, url: "${upstream.url}" } }
projects:
  proxy.good: { registry: fixture, public: true, conformance: { pull: [library/good:1] } }
  proxy.bad: { registry: fixture, public: true, conformance: { pull: [library/later:1] } }
`;
}

function conform(...argv: string[]): Promise<CliResult> {
  return cli(['conform', '--policies', join(root, 'policies'), ...argv], ENV);
}

describe('conform --list', () => {
  it('describes every check completely, without a declaration or a Harbor', async () => {
    const { code, out } = await cli(['conform', '--list', '--policies', '/nowhere']);
    expect(code).toBe(0);
    for (const { id, title, proves, why, limits } of CATALOGUE)
      for (const words of [`${id}  ${title}\n`, proves, why, limits]) expect(out).toContain(words);
  });

  it('lists the selected checks, also as JSON', async () => {
    const { out } = await cli(['conform', '--list', '--check', 'm1', '--format', 'json']);
    expect(JSON.parse(out)).toEqual({
      schemaVersion: 1,
      checks: [expect.objectContaining({ id: 'M1', versions: 'all alike', production: 'yes, it reads' })],
    });
  });

  it.each([
    [['--format', 'junit'], /--list does not support --format junit/],
    [['--check', 'Z9'], /there is no check Z9/],
  ])('refuses %j', async (argv, words) => {
    expect(await cli(['conform', '--list', ...argv])).toMatchObject({ code: 1, err: expect.stringMatching(words) });
  });
});

describe('conform --since-failed', () => {
  it('repeats only failed checks, in their projects, and passes when they are fixed', async () => {
    const first = await conform('--check', 'T4', '--check', 'M1', '--check', 'M2', '--report', join(root, 'first'));
    expect(first.code).toBe(7);
    const failed = join(root, 'first', 'report.json');
    upstream.put('library/later', '1', 'a');
    const { code, out } = await conform('--since-failed', failed, '--format', 'json');
    const report = (await parseReport(out)) as ConformanceReport;
    expect(report.results.map(({ id, project, status }) => [id, project, status])).toEqual([
      ['M1', 'proxy.bad', 'pass'],
    ]);
    expect(code).toBe(0);
    const mended = join(directoryWith({ 'report.json': out }), 'report.json');
    expect(await conform('--since-failed', mended)).toMatchObject({
      code: 0,
      err: expect.stringContaining('no check failed in'),
    });
  });

  it('reports what failed there and is no longer declared', async () => {
    const { out } = await conform('--check', 'M1', '--format', 'json');
    const report = (await parseReport(out)) as ConformanceReport;
    const results = report.results.map((result) => ({
      ...result,
      status: 'fail',
      ...(result.project === 'proxy.bad' && { project: 'proxy.renamed' }),
    }));
    const file = join(directoryWith({ 'report.json': JSON.stringify({ ...report, results }) }), 'report.json');
    const again = await conform('--since-failed', file, '--format', 'json');
    expect(((await parseReport(again.out)) as ConformanceReport).projects.map(({ name }) => name)).toEqual([
      'proxy.good',
    ]);
    expect(again.err).toContain('left out, no longer declared: proxy.renamed');
  });

  it.each<[string, (report: ConformanceReport) => object | string, RegExp]>([
    ['no report', () => '{}', /is not a conformance report of schemaVersion 1: it lacks schemaVersion/],
    ['of another Harbor of a fleet', (report) => ({ ...report, instance: 'north' }), /does not contain http/],
    ['stopped early', (report) => ({ ...report, complete: false }), /stopped before a check failed/],
  ])('refuses a file that is %s', async (_what, change, words) => {
    const { out } = await conform('--check', 'T4', '--format', 'json');
    const content = change((await parseReport(out)) as ConformanceReport);
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    const file = join(directoryWith({ 'report.json': text }), 'report.json');
    expect(await conform('--since-failed', file)).toMatchObject({ code: 1, err: expect.stringMatching(words) });
  });
});

describe('a run that is ended early', () => {
  const begin = (...argv: string[]) =>
    spawn(process.execPath, [MAIN, 'conform', ...argv], { env: { ...process.env, ...ENV }, stdio: 'ignore' });
  const read = async (directory: string): Promise<ConformanceReport> =>
    (await parseReport(readFileSync(join(directory, 'report.json'), 'utf8'))) as ConformanceReport;

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)(
    '%s: writes a valid report of the results so far, and reports it with exit code %d',
    async (signal, code) => {
      const image = `library/stopped-by-${signal.toLowerCase()}`;
      upstream.put(image, '1', 'b');
      const policies = directoryWith({ 'p.yaml': declared().replace('library/good', image) });
      const out = join(root, signal);
      upstream.takeLog();
      const only = ['--policies', policies, '--project', 'proxy.good', '--check', 'T4', '--check', 'S1'];
      const child = begin(...only, '--report', out);
      const ended = once(child, 'exit');
      await until(() => upstream.takeLog().some((line) => line.includes(`${image}/blobs/`)));
      child.kill(signal);
      expect((await ended)[0]).toBe(code);
      const report = await read(out);
      expect(report).toMatchObject({ complete: false, stopped: expect.stringMatching(/\w/) });
      expect(report.results.map(({ id, status }) => `${id} ${status}`)).toEqual(['T4 pass', 'S1 error']);
    },
    60_000,
  );

  it('the deadline of the whole run does the same', async () => {
    upstream.put('library/late', '1', 'c');
    const policies = directoryWith({ 'p.yaml': declared().replace('library/good', 'library/late') });
    const out = join(root, 'deadline');
    const only = ['--policies', policies, '--project', 'proxy.good', '--check', 'T4', '--check', 'S1'];
    expect(await conform(...only, '--deadline', '2s', '--report', out)).toMatchObject({ code: 7 });
    expect(await read(out)).toMatchObject({ complete: false, stopped: 'the deadline of the run was reached' });
  });

  it.each(['1w', '1.5h', 'm'])('refuses a deadline of %s', async (text) => {
    expect(await conform('--deadline', text)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/--deadline .* is invalid. Write a whole number and a unit \(s, m, h or d\)/),
    });
  });
});
