import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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

const stepsOf = ({ directory }: ProjectDouble, machine: string): string[] => {
  const { steps } = JSON.parse(readFileSync(join(directory, 'plan', machine, 'up.json'), 'utf8')) as {
    steps: { id: string }[];
  };
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

  it('is no single JSON document', async () => {
    expect(await up(pair(), '--format', 'json')).toMatchObject({
      code: 1,
      out: expect.stringContaining('prod is a pair: a JSON document is that of one machine'),
    });
  });
});
