import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { cli, directoryWith } from '../support/cli';

const ENV = { HARBOR_PASSWORD: 'Harbor12345' };
let here: Sandbox;
let there: Sandbox;
let policies: string;

beforeAll(async () => {
  [here, there] = (await Promise.all(
    [1, 2].map(() => startSandbox({ password: ENV.HARBOR_PASSWORD, timeScale: 0.01 })),
  )) as [Sandbox, Sandbox];
  policies = directoryWith({
    'a.yaml': `harbor: { url: "${here.url}", username: admin, password: { env: HARBOR_PASSWORD } }\nprojects: { one: { public: false } }\n`,
    'instances/here.yaml': `harbor: { url: "${here.url}" }\n`,
    'instances/gone.yaml': 'harbor: { url: "http://127.0.0.1:9" }\n',
    'instances/there.yaml': `harbor: { url: "${there.url}" }\nprojects: { one: { public: true } }\n`,
  });
});
afterAll(() => Promise.all([here.close(), there.close()]));

const run = (command: string, ...more: string[]) => cli([command, '--policies', policies, ...more], ENV);
interface FleetJson {
  readonly exitCode: number;
  readonly instances: readonly {
    instance: string;
    exitCode: number;
    summary: string;
    result: object | null;
    error?: object;
  }[];
}

describe('several Harbors in one run', () => {
  it('plans all, continues if one cannot be reached, and exits with the worst code', async () => {
    const { code, out, err } = await run('plan', '--all');
    expect(code).toBe(8);
    expect(out).toMatch(
      /^=== gone ===\n[^]*^=== here ===\n[^]*\+ project\/one[^]*^=== there ===\n[^]*\+ project\/one/m,
    );
    expect(out).toMatch(
      /^=== 2 of 3 Harbors OK ===\n\ngone +unreachable or login refused \(8\): error\[NETWORK_REFUSED\].*\nhere +OK \(0\): 1 to create/m,
    );
    expect(err).toContain('gone: error[NETWORK_REFUSED]');
  });

  it('is one document as JSON, with the error of the failed one', async () => {
    const { code, out } = await run('plan', '--all', '--format', 'json', '--detailed-exitcode');
    const fleet = JSON.parse(out) as FleetJson;
    expect(code).toBe(8);
    expect(fleet).toMatchObject({ schemaVersion: 1, exitCode: 8, notBegun: [] });
    expect(fleet.instances).toMatchObject([
      { instance: 'gone', exitCode: 8, result: null, error: { code: 'NETWORK_REFUSED' } },
      { instance: 'here', exitCode: 2, result: { schemaVersion: 1, summary: { create: 1 } } },
      { instance: 'there', exitCode: 2 },
    ]);
  });

  it('has the summary first in a comment', async () => {
    const { out } = await run('plan', '--instance', 'here', '--instance', 'gone', '--format', 'markdown');
    expect(out).toMatch(
      /^## 1 of 2 Harbors OK\n\n\| Harbor \| result \|\n[^]*\| here \| OK \(0\)[^]*\| gone \| unreachable[^]*## here\n\n### Breakwater plan/,
    );
  });

  it('saves a plan for each, and refuses one name for all before anything is asked', async () => {
    const shared = await run('plan', '--instance', 'here', '--instance', 'there', '--out', join(policies, 'plan.json'));
    expect(shared).toMatchObject({
      code: 1,
      err: expect.stringMatching(/several Harbors cannot share one file\n.*\{instance\}/),
    });
    const out = join(policies, 'plan-{instance}.json');
    expect(await run('plan', '--instance', 'here', '--instance', 'there', '--out', out)).toMatchObject({ code: 0 });
    const journal = join(policies, 'journal.jsonl');
    const applied = await run('apply', out, '--all', '--journal', journal, '--format', 'markdown');
    expect(applied.code).toBe(8);
    expect(applied.out).toMatch(
      /^## 2 of 3 Harbors OK[^]*\| there \| OK \(0\): Apply: 1 applied\. \|[^]*### Breakwater Apply: 1 applied\.[^]*- create `project\/one`/,
    );
    expect(existsSync(journal)).toBe(false);
    expect(readFileSync(join(policies, 'journal-there.jsonl'), 'utf8')).toContain('project/one');
    expect(there.store.projects.find('name', 'one')).toMatchObject({
      metadata: expect.objectContaining({ public: 'true' }),
    });
    expect(here.store.projects.find('name', 'one')).toMatchObject({
      metadata: expect.objectContaining({ public: 'false' }),
    });
  });

  it('finds drift in one of them', async () => {
    const project = there.store.projects.find('name', 'one')!;
    there.store.projects.update(project.id, { metadata: { ...project.metadata, public: 'false' } });
    const { code, out } = await run('drift', '--instance', 'here', '--instance', 'there', '--format', 'json');
    expect(code).toBe(2);
    expect((JSON.parse(out) as FleetJson).instances.map(({ instance, exitCode }) => [instance, exitCode])).toEqual([
      ['here', 0],
      ['there', 2],
    ]);
  });

  it('validates all, also as SARIF with a run each', async () => {
    expect(await run('validate', '--all')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/=== 3 of 3 Harbors OK ===/),
    });
    const { out } = await run('validate', '--all', '--format', 'sarif');
    const { runs } = JSON.parse(out) as { runs: { automationDetails: { id: string } }[] };
    expect(runs.map(({ automationDetails }) => automationDetails.id)).toEqual([
      'breakwater/gone',
      'breakwater/here',
      'breakwater/there',
    ]);
  });

  it('exports each into its own directory', async () => {
    const out = join(directoryWith({}), 'exported');
    const { code } = await run('export', '--instance', 'here', '--instance', 'there', '--out', out);
    expect(code).toBe(0);
    for (const name of ['here', 'there']) expect(existsSync(join(out, name, 'harbor.yaml'))).toBe(true);
  });

  it.each([
    [['--all', '--instance', 'here'], /cannot be used with option/],
    [['--instance', 'nowhere', '--instance', 'here'], /nowhere/],
  ])('refuses %j', async (argv, words) => {
    const { code, err } = await run('plan', ...argv);
    expect(code).toBe(1);
    expect(err).toMatch(words);
  });

  it('with one name is as before', async () => {
    const { code, out } = await run('plan', '--instance', 'here', '--format', 'json');
    expect({ code, ...(JSON.parse(out) as object) }).toMatchObject({ code: 0, changes: [] });
  });
});

describe('apply for programs and people', () => {
  it('reports as JSON that no Harbor can be reached', async () => {
    const { code, out } = await run('apply', '--instance', 'there', '--format', 'json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      error: { code: 'USAGE', message: expect.stringMatching(/not an interactive terminal/) },
    });
  });

  it('--quiet prints the result alone', async () => {
    const journal = ['--journal', join(policies, 'q.jsonl')];
    const { code, out, err } = await run('apply', '--instance', 'there', '--yes', '--quiet', ...journal);
    expect({ code, out, err }).toEqual({ code: 0, out: 'Apply: 1 applied.\n', err: '' });
  });

  it('a refused plan is a caution in Markdown', async () => {
    const directory = directoryWith({
      'a.yaml': `harbor: { url: "${here.url}", username: admin, password: { env: HARBOR_PASSWORD } }\nprune: { projects: true }\n`,
    });
    const argv = [
      'apply',
      '--yes',
      '--mode',
      'sync',
      '--format',
      'markdown',
      '--policies',
      directory,
      '--journal',
      join(directory, 'j'),
    ];
    const { code, out } = await cli(argv, ENV);
    expect(code).toBe(6);
    expect(out).toMatch(/^> \[!CAUTION\]\n> error&#91;PLAN&#95;REFUSED&#93;[^]*empty-declaration/);
  });
});
