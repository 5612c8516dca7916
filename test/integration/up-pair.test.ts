import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PairReport } from '../../src/app/up/report';
import { cli, directoryWith } from '../support/cli';
import { preparedJson, projectDouble, type ProjectDouble } from './up-doubles';

jest.setTimeout(120_000);

const ENVIRONMENT = `
topology: pair
harbor:
  version: v2.15.2
  hostname: harbor.corp.internal
  database: { host: db.corp.internal }
  redis: { addresses: ['redis.corp.internal:6379'] }
  storage: { s3: { bucket: layers, region: eu, regionendpoint: 'https://s3.corp.internal' } }
host: { addresses: [a.corp.internal, b.corp.internal] }
pair: { keepalived: { virtual_address: 10.20.0.10/24, interface: eth0, addresses: [10.20.0.11, 10.20.0.12] } }
edge: { certificate: { acme: { email: a@corp.internal, dns_provider: route53 } } }
`;
const POLICIES = directoryWith({
  'harbor.yaml':
    'harbor: { url: "https://harbor.corp.internal", username: admin, password: { env: HARBOR_PASSWORD } }\n' +
    'projects: { library: { public: true } }\n',
});

function pair(version = 'v2.15.2'): ProjectDouble {
  const project = projectDouble(ENVIRONMENT, version);
  for (const name of ['prod-a', 'prod-b']) project.write(`stacks/prepared/${name}.json`, preparedJson(version));
  return project;
}

function up({ directory, env }: ProjectDouble, ...options: readonly string[]) {
  return cli(['up', '--policies', POLICIES, ...options], { ...env, HARBOR_PASSWORD: 'Harbor12345' }, directory);
}

const planOf = ({ directory }: ProjectDouble, machine: string): string =>
  readFileSync(join(directory, 'plan', machine, 'up.json'), 'utf8');

const stepsOf = (project: ProjectDouble, machine: string): string[] => {
  const { steps } = JSON.parse(planOf(project, machine)) as { steps: { id: string }[] };
  return steps.map(({ id }) => id);
};

/** What was changed, in order: Terraform, and the playbook by its machine. */
const changes = (project: ProjectDouble): string[] =>
  project.started().flatMap((line) => {
    const [, stack] = /stacks\/(\w+) apply/.exec(line) ?? [];
    const [, machine] = /playbooks\/host\.yml (?!.*--check).*"breakwater_node":"(.)"/.exec(line) ?? [];
    return [stack, machine].filter((part) => part !== undefined);
  });

describe('a plan of a pair', () => {
  it('covers both machines, and is applied to one after the other', async () => {
    const project = pair();
    const planned = await up(project, '--to', 'harbor', '--plan-out', 'plan');
    expect({ code: planned.code, err: planned.err }).toEqual({ code: 0, err: expect.stringContaining('prod-b:') });
    expect([stepsOf(project, 'prod-a'), stepsOf(project, 'prod-b')]).toEqual(
      Array(2).fill(['host', 'images', 'harbor']),
    );
    expect(changes(project)).toEqual([]);

    const applied = await up(project, '--apply', 'plan');
    expect({ code: applied.code, err: applied.err }).toEqual({ code: 0, err: expect.stringContaining('prod-b:') });
    // The doubles of both machines have one state, so that the second has nothing to apply.
    expect(changes(project)).toEqual(['a', 'images', 'harbor', 'b']);
  });

  it('is read completely before the first machine is changed', async () => {
    const project = pair();
    await up(project, '--to', 'harbor', '--plan-out', 'plan');
    project.write('plan/prod-b/up.json', '{}');
    project.started();
    const refused = await up(project, '--apply', 'plan');
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('plan/prod-b/up.json') });
    expect(changes(project)).toEqual([]);
    expect(existsSync(join(project.directory, 'done'))).toBe(false);
  });

  it('of an upgrade moves the address away from the first machine only', async () => {
    const project = pair('v2.14.4');
    const planned = await up(project, '--to', 'harbor', '--without-backup', 'a test', '--plan-out', 'plan');
    expect({ code: planned.code, err: planned.err }).toEqual({ code: 0, err: expect.stringContaining('prod-b:') });
    expect(stepsOf(project, 'prod-a')).toEqual(['before', 'drain', 'host', 'images', 'harbor']);
    expect(stepsOf(project, 'prod-b')).toEqual(['host', 'images', 'harbor']);
  });
});

describe('up --format json of a pair', () => {
  const asJson = async (
    project: ProjectDouble,
    ...options: string[]
  ): Promise<{ code: number; report: PairReport }> => {
    const { code, out } = await up(project, '--format', 'json', ...options);
    return { code, report: JSON.parse(out) as PairReport };
  };
  const resultsOf = ({ machines }: PairReport): Record<string, string[]> =>
    Object.fromEntries(
      machines.map(({ environment, steps }) => [environment, steps.map(({ id, result }) => `${id} ${result}`)]),
    );

  it('is one document with the plan of each machine, and then with what was applied on each', async () => {
    const project = pair();
    const planned = await asJson(project, '--to', 'harbor', '--plan-out', 'plan');
    expect(planned).toMatchObject({ code: 0, report: { schemaVersion: 1, environment: 'prod', code: 0 } });
    expect(planned.report.machines.map(({ plan }) => plan?.environment)).toEqual(['prod-a', 'prod-b']);
    expect(planned.report).not.toHaveProperty('stoppedAt');

    const { code, report } = await asJson(project, '--apply', 'plan');
    expect({ code, results: resultsOf(report) }).toEqual({
      code: 0,
      // The doubles of both machines have one state, so that the second has nothing to apply.
      results: {
        'prod-a': ['host done', 'images done', 'harbor done'],
        'prod-b': ['host done', 'images unchanged', 'harbor unchanged'],
      },
    });
  });

  it('names the machine that failed, and does not begin the other one', async () => {
    const project = pair();
    await up(project, '--to', 'harbor', '--plan-out', 'plan');
    project.write('fails/images', '');
    const { code, report } = await asJson(project, '--apply', 'plan');
    expect({ code, report }).toMatchObject({ code: 1, report: { code: 1, stoppedAt: 'prod-a' } });
    expect(resultsOf(report)).toEqual({ 'prod-a': ['host done', 'images failed'] });
  });

  it('keeps what was done on the first machine if the second is refused', async () => {
    const project = pair();
    await up(project, '--to', 'images', '--plan-out', 'plan');
    project.write(
      'plan/prod-b/up.json',
      planOf(project, 'prod-b').replace('"environment": "prod-b"', '"environment": "prod-a"'),
    );
    const { code, report } = await asJson(project, '--apply', 'plan');
    expect({ code, report }).toMatchObject({
      code: 6,
      report: {
        code: 6,
        stoppedAt: 'prod-b',
        error: { code: 'PLAN_REFUSED', refusals: [{ rule: 'plan-outdated' }] },
      },
    });
    expect(resultsOf(report)).toEqual({ 'prod-a': ['host done', 'images done'] });
  });

  it('is the error alone if nothing was begun', async () => {
    const project = pair();
    project.write('plan/prod-a/up.json', '{}');
    const { code, report } = await asJson(project, '--apply', 'plan', '--environment', 'prod');
    expect({ code, report }).toEqual({ code: 1, report: { schemaVersion: 1, error: expect.anything() } });
  });

  it('has the commands of both machines with --dry-run', async () => {
    const { code, report } = await asJson(pair(), '--to', 'host', '--dry-run');
    expect(code).toBe(0);
    const commands = report.machines.map((machine) => String(machine.commands?.['host']));
    expect(commands).toEqual([expect.stringMatching(/"a"|node.*a/), expect.stringMatching(/"b"|node.*b/)]);
  });
});
