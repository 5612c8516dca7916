import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseReport, REPORT_FILES, REPORT_FORMATS, type ConformanceReport, type Report } from '../../src/conformance';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { cli, directoryWith, type CliResult } from '../support/cli';

const PASSWORD = 'Harbor12345';
const ENV = { HARBOR_PASSWORD: PASSWORD };
const PROJECTS = ['proxy.a', 'proxy.b', 'proxy.c', 'proxy.d', 'proxy.e'];
/** Quick ones: what is proven is the report. */
const QUICK = ['--check', 'T4', '--check', 'M1', '--check', 'M2', '--time-scale', '0.02'];

describe('reports of the command line', () => {
  let sandbox: Sandbox;
  let upstream: FixtureUpstream;
  let root: string;
  const policies = (): string => join(root, 'policies');
  const conform = (...argv: string[]): Promise<CliResult> =>
    cli(['conform', '--policies', policies(), ...QUICK, ...argv], ENV);

  beforeAll(async () => {
    sandbox = await startSandbox({ password: PASSWORD, timeScale: 0.02 });
    upstream = await startFixtureUpstream();
    upstream.put('library/single', '1', 'a');
    root = directoryWith({ 'policies/harbor.yaml': declared(sandbox.url, upstream.url) });
    const applied = await cli(['apply', '--policies', policies(), '--yes'], ENV);
    expect(applied).toMatchObject({ code: 0 });
  });

  afterAll(async () => {
    await sandbox.close();
    await upstream.close();
  });

  it('writes every format into the directory, and one on stdout', async () => {
    const out = join(root, 'all');
    const { code, out: text, err } = await conform('--report', out);
    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining(`report: ${join(out, 'report.html')}`) });
    expect(text).toMatch(/^OK: 5 of 5 projects on 127\.0\.0\.1:\d+ serve as declared\n/);
    expect(readdirSync(out).sort()).toEqual([...Object.values(REPORT_FILES), 'history'].sort());
    expect(err).toContain('  ✓ proxy.c\n');
  });

  it.each(REPORT_FORMATS)('prints nothing but the %s that was asked for', async (format) => {
    const { code, out } = await conform('--project', 'proxy.a', '--format', format);
    expect(code).toBe(0);
    const begins = {
      text: 'OK: ',
      json: '{',
      junit: '<?xml',
      html: '<!doctype',
      markdown: '## ',
      ctrf: '{',
      sarif: '{',
      prometheus: '# HELP',
    };
    expect(out.startsWith(begins[format])).toBe(true);
  });

  it('remembers runs, and only the last thirty', async () => {
    const past = Array.from({ length: 31 }, (_none, at) => `2026-01-${String(at + 1).padStart(2, '0')}`);
    const entry = (day: string) =>
      `{"schemaVersion":1,"startedAt":"${day}T03:00:00.000Z","durationMs":9,"conformant":true,"subjects":[]}`;
    const out = directoryWith({
      ...Object.fromEntries(past.map((day) => [`history/${day}T03-00-00.000Z.json`, entry(day)])),
      'history/2026-01-31T04-00-00.000Z.json': 'damaged',
      'history/2026-01-31T05-00-00.000Z.json/unreadable': 'a folder is no file',
      'history/notes.txt': 'not ours',
    });
    expect((await conform('--project', 'proxy.a', '--report', out)).code).toBe(0);
    const left = readdirSync(join(out, 'history'));
    expect(left).toHaveLength(31);
    expect(left).toContain('notes.txt');
    expect(readFileSync(join(out, REPORT_FILES.html), 'utf8')).toContain('Last 29 runs');
  });

  it.each(['file', 'file/below'])('sends no request if %s accepts no report', async (place) => {
    const out = join(directoryWith({ file: '' }), place);
    const { code, err } = await conform('--report', out);
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringContaining('error[USAGE]: no report can be written to'),
    });
    expect(err).not.toContain('proving');
  });

  it('does not call a project OK if all of its checks were skipped', async () => {
    const { code, err } = await cli(
      ['conform', '--policies', policies(), '--project', 'proxy.a', '--check', 'V1'],
      ENV,
    );
    expect(code).toBe(7);
    expect(err).toContain('· proxy.a: nothing was verified');
  });

  it('splits the projects, and merge joins them to the same bytes in any order', async () => {
    const dirs = [1, 2, 3].map((index) => join(root, 'shards', String(index)));
    for (const [at, dir] of dirs.entries())
      expect((await conform('--shard', `${at + 1}/3`, '--report', dir)).code).toBe(0);
    const parts = await Promise.all(dirs.map(read));
    const named = parts.map(({ projects }) => projects.map(({ name }) => name));
    expect(named).toEqual([['proxy.a', 'proxy.d'], ['proxy.b', 'proxy.e'], ['proxy.c']]);

    const merged = join(root, 'merged');
    const joined = await cli(['report', 'merge', ...dirs, '--report', merged, '--format', 'json']);
    expect(joined.code).toBe(0);
    expect((await read(merged)).projects.map(({ name }) => name)).toEqual(PROJECTS);
    expect((await cli(['report', 'merge', ...dirs.reverse(), '--format', 'json'])).out).toBe(joined.out);

    const before = filesOf(merged);
    await cli(['report', 'merge', ...dirs, '--report', merged]);
    expect(filesOf(merged)).toEqual(before);
  });

  it('fails if a shard is missing, but not for a shard without projects', async () => {
    const dir = join(root, 'lonely');
    expect((await conform('--shard', '6/6', '--check', 'M1', '--report', dir)).code).toBe(0);
    expect((await read(dir)).projects).toEqual([]);
    const { code, out } = await cli(['report', 'merge', dir]);
    expect(code).toBe(7);
    expect(out).toMatch(/^worst: The run was stopped: shard 1 of 6 is missing; shard 2 of 6 is missing/m);
  });

  it.each([
    [
      ['--shard', '4/3'],
      "'--shard <i/n>' argument '4/3' is invalid. Must be I/N, for example 1/3, 2/3 and 3/3 for three shards",
    ],
    [['--concurrency', '0'], "'--concurrency <number>' argument '0' is invalid. Must be at least 1"],
    [['--concurrency', '-1'], 'Must be a whole number'],
    [['--deadline', '5x'], "argument '5x' is invalid. Write a whole number and a unit (s, m, h or d), such as 90s"],
    [['--deadline', '0'], 'Must be longer than 0 s'],
    [['--deadline', '600h'], 'The longest duration is 24 days'],
    [['--time-scale', '0'], 'Must be a number above 0'],
    [['--time-scale', 'x'], 'Must be a number above 0'],
    [['--check', 'B99'], 'breakwater conform --list shows all'],
    [['--all'], 'instances contains no Harbor'],
    [['--all', '--instance', 'eu'], 'cannot be used with'],
    [['--format', 'yaml'], 'Allowed choices are text, json, junit, html, markdown, ctrf, sarif, prometheus'],
  ])('refuses %j', async (argv, words) => {
    expect(await conform(...argv)).toMatchObject({ code: 1, err: expect.stringContaining(words) });
  });

  it('merge joins the existing reports if a shard was killed', async () => {
    const [alive, killed] = [join(root, 'killed', '1'), directoryWith({ 'history/notes.txt': '' })];
    expect((await conform('--shard', '1/2', '--report', alive)).code).toBe(0);
    const merged = join(root, 'killed', 'merged');
    const { code, out, err } = await cli(['report', 'merge', alive, killed, '--report', merged]);
    expect({ code, out }).toEqual({
      code: 7,
      out: expect.stringMatching(/^worst: The run was stopped: shard 2 of 2 is missing/m),
    });
    expect(err).toContain(`${join(killed, 'report.json')} cannot be read`);
    expect((await read(merged)).complete).toBe(false);
  });

  it('merge refuses a part whose absence no check would notice', async () => {
    const whole = join(root, 'whole');
    expect((await conform('--project', 'proxy.a', '--report', whole)).code).toBe(0);
    const { code, out, err } = await cli(['report', 'merge', whole, join(root, 'gone')]);
    expect({ code, out, err }).toEqual({ code: 1, out: '', err: expect.stringContaining('gone cannot be read') });
  });

  it.each([
    ['nothing there', 'missing', /cannot be read/],
    ['no report', 'policies/harbor.yaml', /is not a conformance report/],
  ])('merge refuses %s', async (_name, path, words) => {
    const { code, err } = await cli(['report', 'merge', join(root, path)]);
    expect(code).toBe(1);
    expect(err).toMatch(words);
  });

  it('verifies a fleet in one report, and continues if one Harbor cannot be reached', async () => {
    const fleet = directoryWith({
      'policies/harbor.yaml': declared(sandbox.url, upstream.url),
      'policies/instances/here.yaml': `harbor: { url: ${sandbox.url} }\n`,
      'policies/instances/gone.yaml': `harbor: { url: 'http://127.0.0.1:9' }\n`,
    });
    const out = join(fleet, 'out');
    const { code } = await cli(
      ['conform', '--all', '--policies', join(fleet, 'policies'), ...QUICK, '--report', out],
      ENV,
    );
    expect(code).toBe(8);
    const report = await parseReport(readFileSync(join(out, REPORT_FILES.json), 'utf8'));
    const told = (report as Extract<Report, { instances: unknown }>).instances;
    expect(told.map(({ instance, complete }) => [instance, complete])).toEqual([
      ['gone', true],
      ['here', true],
    ]);
    expect(told[0]!.summary).toMatchObject({ pass: 0 });
    expect(told[1]!.summary).toMatchObject({ fail: 0, error: 0, pass: 11 });
    expect(readFileSync(join(out, REPORT_FILES.text), 'utf8')).toMatch(
      /^worst: 127\.0\.0\.1:9 cannot be reached from here: it refuses connections: [^]* in (gone )?6 places \(/m,
    );
    expect(existsSync(join(out, 'history'))).toBe(true);
  });

  it.each([
    [
      'cannot be reached',
      'http://127.0.0.1:9',
      ENV,
      8,
      /^worst: 127\.0\.0\.1:9 cannot be reached from here: it refuses connections/m,
    ],
    [
      'no secret was given for',
      '',
      {},
      1,
      /^worst: The run could not begin: the environment variable HARBOR_PASSWORD is not set/m,
    ],
  ])('replaces the green report of last night if a Harbor %s', async (_what, url, env, expected, words) => {
    const files = directoryWith({ 'policies/harbor.yaml': declared(url || sandbox.url, upstream.url) });
    const out = join(files, 'out');
    const { code } = await cli(['conform', '--policies', join(files, 'policies'), ...QUICK, '--report', out], env);
    expect(code).toBe(expected);
    expect(readFileSync(join(out, REPORT_FILES.text), 'utf8')).toMatch(words);
    expect(readFileSync(join(out, REPORT_FILES.prometheus), 'utf8')).toMatch(/conformant\{.*\} 0$/m);
  });
});

function declared(harborUrl: string, upstreamUrl: string): string {
  const project = (name: string) =>
    `  ${name}: { registry: fixture, public: true, conformance: { pull: ['library/single:1'], platforms: [linux/amd64] } }`;
  return [
    `harbor: { url: ${harborUrl}, username: admin, password: { env: HARBOR_PASSWORD } }`,
    `registries: { fixture: { type: docker-registry, url: "${upstreamUrl}", insecure: true } }`,
    'projects:',
    ...PROJECTS.map(project),
    '',
  ].join('\n');
}

async function read(directory: string): Promise<ConformanceReport> {
  return (await parseReport(readFileSync(join(directory, REPORT_FILES.json), 'utf8'))) as ConformanceReport;
}

function filesOf(directory: string): Record<string, string> {
  return Object.fromEntries(
    Object.values(REPORT_FILES).map((name) => [name, readFileSync(join(directory, name), 'utf8')]),
  );
}
