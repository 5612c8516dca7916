import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UpReporter } from '../../src/app/up/report';
import type { UpOptions } from '../../src/app/up/options';
import type { FixtureUpstream } from '../../src/upstream';
import { cli, type CliResult } from '../support/cli';
import { imagesYaml, preparedJson, projectDouble, type ProjectDouble } from './up-doubles';
import { NO_HARBOR, policiesFor, startUpstream, up, withHarbor } from './up-run';

jest.setTimeout(120_000);

let upstream: FixtureUpstream;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.close());

/** What Terraform would say of a stack where core is replaced, or of one that is new. */
function terraformPlan(actions: readonly string[], image = 'core:2'): string {
  const after = { name: 'harbor-core', image };
  const before = actions.includes('delete') ? { name: 'harbor-core', image: 'core:1' } : null;
  return JSON.stringify({
    format_version: '1.2',
    resource_changes: [{ address: 'docker_container.core', mode: 'managed', change: { actions, before, after } }],
  });
}

const REPLACES_CORE = terraformPlan(['delete', 'create']);

/** A plan is of the repository's files: they are where `up` looks for them. */
function projectWith(plan: string): ProjectDouble {
  const project = projectDouble();
  project.write('plan.json', plan);
  project.write('stacks/prepared/prod.json', preparedJson('v2.15.2'));
  return project;
}

function directory(): string {
  return join(mkdtempSync(join(tmpdir(), 'breakwater-up-plan-')), 'plan');
}

const PLAN = { yes: false } as const;
const run = (project: ProjectDouble, options: Partial<UpOptions>, url = NO_HARBOR): Promise<CliResult> =>
  up(project, url, { options: { ...PLAN, ...options } });
const applied = (project: ProjectDouble): string[] =>
  project.started().filter((line) => /terraform .* apply |ansible-playbook (?!.*--check)/.test(line));

describe('up --plan-out and up --apply', () => {
  it('plan the whole order, change nothing, and then do exactly that without asking', async () => {
    await withHarbor('v2.15.2', async ({ url }) => {
      const project = projectWith(REPLACES_CORE);
      const planOut = directory();
      const planned = await run(project, { planOut }, url);
      expect(planned).toMatchObject({ code: 0, out: expect.stringContaining(`up --apply ${planOut}`) });
      expect(applied(project)).toEqual([]);
      const { steps } = JSON.parse(readFileSync(join(planOut, 'up.json'), 'utf8')) as {
        steps: { id: string; state: string }[];
      };
      expect(steps.map(({ id, state }) => `${id} ${state}`)).toEqual([
        ...[
          'host runs',
          'images changes',
          'harbor changes',
          'edge changes',
          'health runs',
          'apply runs',
          'conform runs',
        ],
      ]);
      expect(readFileSync(join(planOut, 'up.md'), 'utf8')).toMatch(
        /\| harbor \| changes \| replaces 1:<br>.*core:1 -> core:2/,
      );

      const done = await run(project, { apply: planOut }, url);
      expect(done).toMatchObject({ code: 0 });
      expect(applied(project).map((line) => /stacks\/(\w+)|playbooks\/(\w+)/.exec(line)![0])).toEqual([
        'playbooks/host',
        ...['images', 'harbor', 'edge'].map((stack) => `stacks/${stack}`),
      ]);
    });
  });

  it('reports what could not be planned yet, and stops there', async () => {
    const project = projectWith(terraformPlan(['create']));
    project.write('left-out/harbor', '');
    const planOut = directory();
    const planned = await run(project, { planOut, from: 'images', to: 'edge' });
    expect(planned.err).toMatch(/harbor: not planned: .*has no stack harbor/);
    expect(planned.err).toMatch(/edge: not planned: comes after harbor/);
    project.started();
    const done = await run(project, { apply: planOut });
    expect(done).toMatchObject({
      code: 6,
      err: expect.stringMatching(/stopped before harbor.*\n.*--from harbor --plan-out/),
    });
    expect(applied(project)).toEqual([expect.stringContaining('stacks/images')]);
  });

  it.each<[string, (project: ProjectDouble, plan: string) => void, RegExp]>([
    [
      'the plan is another one now',
      (project) => project.write('plan.json', terraformPlan(['delete', 'create'], 'core:3')),
      /\[not-as-planned\] images .*docker_container\.core/,
    ],
    ['a create has become a replace', (project) => project.write('plan.json', REPLACES_CORE), /\[not-as-planned\]/],
    ['the plan cannot be read', (project) => project.write('plan.json', 'no JSON'), /plan of images could not be read/],
    [
      'the environment was edited',
      (project) => project.write('stacks/environments/prod.yaml', 'harbor: {}\n'),
      /\[plan-outdated\] stacks\/environments\/prod\.yaml changed/,
    ],
    [
      'the pins were edited',
      (project) =>
        project.write(
          'stacks/images.yaml',
          `${readFileSync(join(project.directory, 'stacks/images.yaml'), 'utf8')}# x\n`,
        ),
      /stacks\/images\.yaml changed/,
    ],
    [
      'it is of another environment',
      (_project, plan) => edit(plan, (text) => text.replace('"environment": "prod"', '"environment": "lab"')),
      /is a plan of lab, not of prod/,
    ],
    [
      'its steps are others',
      (_project, plan) => edit(plan, (text) => text.replace('"id": "harbor"', '"id": "edge"')),
      /\[plan-outdated\] .* plans images, edge; now needed: images, harbor, edge/,
    ],
    ['it is no plan', (_project, plan) => edit(plan, () => '{}'), /is not a plan of up/],
    [
      'a step has no list of changes',
      (_project, plan) => edit(plan, (text) => text.replace(/"changes": \[[^\]]*\][^\]]*\],/, '')),
      /is not a plan of up/,
    ],
  ])('are refused if %s', async (_what, change, words) => {
    const project = projectWith(terraformPlan(['create']));
    const planOut = directory();
    expect(await run(project, { planOut, from: 'images', to: 'harbor' })).toMatchObject({ code: 0 });
    change(project, join(planOut, 'up.json'));
    project.started();
    const { code, err } = await run(project, { apply: planOut });
    expect({ code: code !== 0, err }).toEqual({ code: true, err: expect.stringMatching(words) });
    expect(applied(project)).toEqual([]);
  });

  it('apply less if a part is done already', async () => {
    const project = projectWith(terraformPlan(['create']));
    const planOut = directory();
    await run(project, { planOut, from: 'images', to: 'harbor' });
    project.write('done/images', '');
    project.started();
    expect(await run(project, { apply: planOut })).toMatchObject({
      code: 0,
      err: expect.stringMatching(/images: no changes/),
    });
    expect(applied(project)).toEqual([expect.stringContaining('stacks/harbor')]);
  });

  it('make the output of Terraform readable only by its owner', async () => {
    const project = projectWith(REPLACES_CORE);
    const planOut = directory();
    await run(project, { planOut, only: 'images' });
    expect(existsSync(join(planOut, 'images.txt'))).toBe(true);
    expect(readFileSync(join(planOut, 'up.json'), 'utf8')).not.toContain('"image":');
  });
});

function edit(file: string, change: (text: string) => string): void {
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}

describe('up --format json', () => {
  const asJson = async (project: ProjectDouble, ...argv: string[]): Promise<{ code: number; report: unknown }> => {
    const policies = policiesFor(NO_HARBOR);
    const words = ['up', '--environment', 'prod', '--format', 'json', '--yes', '--policies', policies, ...argv];
    const { code, out } = await cli(words, project.env, project.directory);
    return { code, report: JSON.parse(out) };
  };

  it('is one document: steps with results, and what failed with its last lines', async () => {
    const project = projectWith(terraformPlan(['create']));
    project.write('fails/images', '');
    const { code, report } = await asJson(project, '--only', 'images');
    expect({ code, report }).toMatchObject({
      code: 1,
      report: {
        code: 1,
        stoppedAt: 'images',
        steps: [
          {
            id: 'images',
            result: 'failed',
            changes: { created: ['harbor-core'] },
            failure: { program: 'terraform', code: 1, lines: ['terraform-double: apply failed'] },
          },
        ],
      },
    });
  });

  it('contains the JSON report of a command that a step runs, or its text', () => {
    const reporter = new UpReporter();
    const step = { title: 'check', actions: [] };
    for (const [id, text] of [
      ['health', '{"healthy":false}'],
      ['apply', 'not JSON'],
      ['conform', ''],
    ] as const) {
      reporter.on({ type: 'up-step', number: 1, total: 3, step: { id, ...step } });
      reporter.output(text);
      reporter.on({ type: 'up-step-ended', step: id, result: 'failed' });
    }
    const { steps } = reporter.report('prod', 7);
    expect(steps.map(({ output }) => output)).toEqual([{ healthy: false }, 'not JSON', undefined]);
  });

  it('keeps what was done before a refusal', async () => {
    const project = projectWith(terraformPlan(['create']));
    project.write('left-out/harbor', '');
    const { code, report } = await asJson(project, '--from', 'images', '--to', 'harbor');
    expect({ code, report }).toMatchObject({
      code: 1,
      report: {
        code: 1,
        error: { code: 'USAGE', message: expect.stringContaining('no stack harbor') },
        steps: [{ result: 'done' }, { id: 'harbor', result: 'not-finished' }],
      },
    });
  });
});

describe('up --yes in CI', () => {
  const CI = { CI: 'true' };

  it.each([
    ['creates', ['create'], 0],
    ['replaces nothing unseen', ['delete', 'create'], 6],
    ['changes nothing in place', ['update'], 6],
    ['removes nothing', ['delete'], 6],
  ])('%s', async (_what, actions, code) => {
    const project = projectWith(terraformPlan(actions));
    const result = await up(project, NO_HARBOR, { env: CI, options: { only: 'images' } });
    expect(result.code).toBe(code);
    if (code !== 0) expect(result.err).toMatch(/\[plan-not-reviewed\] .*docker_container\.core.*\n?.*--plan-out DIR/);
    expect(applied(project)).toHaveLength(code === 0 ? 1 : 0);
  });
});

describe('up --clean', () => {
  const DIGEST = (letter: string): string => `sha256:${letter.repeat(64)}`;
  const image = (repository: string, digest: string, id: string, tag = '<none>'): string =>
    [repository, tag, digest, id].join('\t');
  const pins = (letter: string): string =>
    ['core', 'portal', 'registry']
      .map((id) => `    ${id}: { image: "goharbor/${id}:v2.14.4@${DIGEST(letter)}" }\n`)
      .join('');
  const commit = (project: ProjectDouble, images: string): void => {
    const { directory } = project;
    project.write('stacks/images.yaml', images);
    const git = ['-C', directory, '-c', 'user.name=x', '-c', 'user.email=x@example.com'];
    execFileSync('git', ['-C', directory, 'init', '-q']);
    execFileSync('git', [...git, 'add', 'stacks/images.yaml']);
    execFileSync('git', [...git, 'commit', '-qm', 'pins']);
  };
  const removed = (project: ProjectDouble): string[] =>
    project.started().flatMap((line) => /docker image rm ([^ ']+)/.exec(line)?.[1] ?? []);

  it('removes what earlier pins named, after verified pulls, and lists what someone else may have pulled', async () => {
    await withHarbor('v2.15.2', async ({ url }) => {
      const project = projectDouble();
      commit(project, imagesYaml().replace(/(portal:v2\.15\.2@sha256:)a{64}/, `$1${'e'.repeat(64)}`));
      const releases = imagesYaml().replace('harbor:\n', `harbor:\n  v2.14.4:\n${pins('b')}`);
      commit(project, releases);
      project.write(
        'images-on-host',
        [
          image('goharbor/core', DIGEST('a'), 'id-now'),
          image('goharbor/core', DIGEST('b'), 'id-release'),
          image('docker.io/goharbor/portal', DIGEST('e'), 'id-commit'),
          image('goharbor/registry', DIGEST('b'), 'id-used'),
          image('goharbor/core', DIGEST('c'), 'id-pulled-by-digest'),
          image('goharbor/portal', DIGEST('b'), 'id-tagged', 'v2.14.4'),
          image('goharbor/redis', '<none>', 'id-built'),
          image('goharbor/built-here', '<none>', 'id-other'),
          image('postgres', DIGEST('d'), 'id-foreign'),
        ].join('\n'),
      );
      project.write('used-images', 'goharbor/registry');
      const result = await up(project, url, { options: { clean: true } });
      expect(result.err).toMatch(new RegExp(`removed goharbor/core@${DIGEST('b')}\n`));
      expect(result.err).toMatch(/goharbor\/registry@sha256:b{64} is kept: .*in use/);
      expect(result.err.replace(/\s+/g, ' ')).toContain(
        '3 unused images kept that Breakwater may not have pulled (no earlier pin, or a tag); to remove on the host: ' +
          `docker image rm goharbor/core@${DIGEST('c')} goharbor/portal:v2.14.4 id-built`,
      );
      expect(result).toMatchObject({ code: 0 });
      expect(removed(project)).toEqual([
        `goharbor/core@${DIGEST('b')}`,
        `docker.io/goharbor/portal@${DIGEST('e')}`,
        `goharbor/registry@${DIGEST('b')}`,
      ]);
    });
  });

  it('without a Git repository, knows the pins of the file alone', async () => {
    await withHarbor('v2.15.2', async ({ url }) => {
      const project = projectDouble();
      project.write('images-on-host', image('goharbor/core', DIGEST('b'), 'id-old'));
      const result = await up(project, url, { options: { clean: true } });
      expect(result).toMatchObject({ code: 0, err: expect.stringMatching(/1 unused image kept/) });
      expect(removed(project)).toEqual([]);
    });
  });

  it('removes nothing if nothing was verified', async () => {
    const project = projectDouble();
    const result = await up(project, NO_HARBOR, { options: { clean: true, only: 'images' } });
    expect(result).toMatchObject({
      code: 0,
      err: expect.stringMatching(/nothing was removed, because conform did not run/),
    });
    expect(project.started().some((line) => line.includes('docker image'))).toBe(false);
  });
});

const OURS = 'container\tharbor-core\tid-core\tmaintainer=x,io.breakwater.spec=1\n';
const NETWORK = 'network\tharbor-internal\tid-net\ttrue\t10.213.10.0/24 \t';

describe('up --adopt-state', () => {
  const lost = (existing: string): ProjectDouble => {
    const project = projectWith(terraformPlan(['create']));
    const resource = {
      docker_network: {
        internal: { name: 'harbor-internal', internal: true, ipam_config: [{ subnet: '10.213.10.0/24' }] },
      },
      docker_container: { core: { name: 'harbor-core' }, portal: { name: 'harbor-portal' } },
      docker_image: { core: { name: 'core:2' } },
    };
    project.write('stack.json', JSON.stringify({ resource }));
    project.write('plan-adopted.json', REPLACES_CORE);
    project.write('existing', existing);
    return project;
  };
  const adopt = (project: ProjectDouble): Promise<CliResult> =>
    up(project, NO_HARBOR, { options: { adoptState: true, only: 'harbor' } });

  it('has Terraform import what the host has, prints the blocks, and leaves strangers alone', async () => {
    const project = lost(`${OURS}container\tstranger\tid-x\t\n${NETWORK}harbor-core \n`);
    const result = await adopt(project);
    expect(result).toMatchObject({ code: 0, err: expect.stringMatching(/harbor: its state takes over 2 resources/) });
    expect(result.out).toContain('import {\n  to = docker_container.core\n  id = "id-core"\n}\n');
    const file = join(project.directory, 'cdktf.out/stacks/harbor/adopt.tf.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      import: [
        { to: 'docker_network.internal', id: 'id-net' },
        { to: 'docker_container.core', id: 'id-core' },
      ],
    });
  });

  it.each([
    ['a container without a label of Breakwater', 'container\tharbor-core\tid-core\tmaintainer=x\n'],
    ['a network with a container of others', `container\tdb\tid-x\t\n${NETWORK}db \n`],
    ['a network with another subnet', NETWORK.replace('10.213.10', '172.18.0')],
    ['a network that is open', NETWORK.replace('true', 'false')],
  ])('never adopts %s', async (_what, existing) => {
    const project = lost(existing);
    await adopt(project);
    expect(existsSync(join(project.directory, 'cdktf.out/stacks/harbor/adopt.tf.json'))).toBe(false);
  });

  it('refuses a plan that needs the name of a container of others', async () => {
    const project = lost('container\tharbor-core\tid-core\tmaintainer=x\n');
    expect(await adopt(project)).toMatchObject({
      code: 6,
      err: expect.stringMatching(/\[name-taken\] harbor-core on vm\.corp\.internal: not created by Breakwater/),
    });
    expect(project.started().filter((line) => line.includes(' apply '))).toEqual([]);
  });

  it('without it, a plan that creates what runs already is refused', async () => {
    const project = lost(OURS);
    const only = { options: { only: 'harbor' } };
    expect(await up(project, NO_HARBOR, only)).toMatchObject({
      code: 6,
      err: expect.stringMatching(
        /\[not-in-state\] docker_container\.core would be created.* --from harbor --adopt-state/,
      ),
    });
    expect(project.started().filter((line) => line.includes(' apply '))).toEqual([]);
  });

  it('forgets the imports of an earlier run', async () => {
    const project = lost(OURS);
    project.write('cdktf.out/stacks/harbor/adopt.tf.json', '{}');
    project.remove('existing');
    expect(await up(project, NO_HARBOR, { options: { only: 'harbor' } })).toMatchObject({ code: 0 });
    expect(existsSync(join(project.directory, 'cdktf.out/stacks/harbor/adopt.tf.json'))).toBe(false);
  });

  it('creates what the host does not have', async () => {
    const project = lost('');
    expect(await adopt(project)).toMatchObject({ code: 0, out: '' });
    expect(existsSync(join(project.directory, 'cdktf.out/stacks/harbor/adopt.tf.json'))).toBe(false);
  });
});
