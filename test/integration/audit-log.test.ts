import { join } from 'node:path';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { cli, directoryWith } from '../support/cli';

const ENV = { HARBOR_PASSWORD: 'Harbor12345', ROBOT: 'Rob0t-5ecret-1' };
const TIME = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d UTC`;
let sandbox: Sandbox;
let directory: string;

async function call(method: string, path: string, body: object): Promise<void> {
  const answer = await fetch(`${sandbox.url}/api/v2.0${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from('admin:Harbor12345').toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  });
  expect(answer.ok).toBe(true);
}

const policies = (more = '', login = 'username: admin, password: { env: HARBOR_PASSWORD }'): string =>
  directoryWith({
    'a.yaml': [
      `harbor: { url: "${sandbox.url}", ${login} }`,
      'defaults: { project: { public: false } }',
      'projects:',
      '  one: { auto_scan: true }',
      'configuration: { self_registration: false }',
      more,
    ].join('\n'),
    'instances/edge.yaml': 'projects: { one: { auto_scan: false } }\n',
  });

beforeAll(async () => {
  sandbox = await startSandbox({ password: ENV.HARBOR_PASSWORD, timeScale: 0.01 });
  directory = policies();
  const argv = ['apply', '--yes', '--policies', directory, '--journal', join(directory, 'j')];
  expect(await cli(argv, ENV)).toMatchObject({ code: 0 });
});
afterAll(() => sandbox.close());

describe('who created it, and when', () => {
  it('asks the audit log only if something is not declared or differs', async () => {
    const { out, err } = await cli(['plan', '--policies', directory, '--format', 'json'], ENV);
    expect((JSON.parse(out) as { history: object }).history).toEqual({ objects: [] });
    expect(err).not.toContain('audit');
  });

  it('is shown for objects created and changed by hand; what the log does not record is unknown', async () => {
    await call('POST', '/projects', { project_name: 'shadow-it', metadata: { public: 'true' } });
    await call('POST', '/robots', {
      name: 'evil',
      level: 'system',
      duration: -1,
      permissions: [
        {
          kind: 'project',
          namespace: '*',
          access: [
            { resource: 'repository', action: 'push' },
            { resource: 'repository', action: 'pull' },
          ],
        },
      ],
    });
    await call('POST', '/labels', { name: 'mine', scope: 'g' });
    await call('PUT', '/configurations', { self_registration: true });
    await call('PUT', '/projects/one', { metadata: { public: 'true', auto_scan: 'false' } });
    const { out } = await cli(['drift', '--policies', directory], ENV);
    expect(out).toMatch(new RegExp(String.raw`project/shadow-it \(created by admin, ${TIME}\)`));
    expect(out).toMatch(new RegExp(String.raw`robot/evil \(created by admin, ${TIME}\)`));
    expect(out).toContain("Harbor's audit log does not show who created 1 of them: it records only projects");
    expect(out).toMatch(new RegExp(String.raw`configuration/harbor[^]*last changed by admin, ${TIME}`));
    const json = JSON.parse((await cli(['drift', '--policies', directory, '--format', 'json'], ENV)).out) as {
      unmanaged: { address: string; created?: { by: string; at: string } }[];
    };
    const made = new Map(json.unmanaged.map(({ address, created }) => [address, created]));
    expect(made.get('project/shadow-it')).toEqual({ by: 'admin', at: expect.stringMatching(/^\d{4}-.*Z$/) });
    expect(made.get('label/mine')).toBeUndefined();
    expect(made.get('project/library')).toBeUndefined();
  });

  it('is unknown to a robot that may not read the log, and that is reported', async () => {
    const login = 'robot: { name: "robot$reader", secret: { env: ROBOT } }';
    const readers = policies(
      'robots: { reader: { duration: 30, secret: { env: ROBOT }, system: [{ resource: project, action: list }, { resource: registry, action: list }], projects: { "*": [{ resource: project, action: read }] } } }',
    );
    expect(
      (
        await cli(
          ['apply', '--yes', '--target', 'robot/reader', '--policies', readers, '--journal', join(readers, 'j')],
          ENV,
        )
      ).code,
    ).toBe(0);
    const seen = directoryWith({ 'a.yaml': `harbor: { url: "${sandbox.url}", ${login} }\nprojects: { one: {} }\n` });
    const { out } = await cli(['drift', '--policies', seen], ENV);
    expect(out).toMatch(
      /Harbor's audit log does not show who created 2 of them: it returned no entry \(the permission audit-log:list/,
    );
  });
});

describe('plan --explain', () => {
  it.each([
    ['text', /auto_scan = false -> true\n +declared at .*a\.yaml:4\n +~ public +.*\n +from defaults, at .*a\.yaml:2/],
    ['markdown', /# auto_scan: declared at .*a\.yaml:4[^]*# public: from defaults, at .*a\.yaml:2/],
  ])('shows in %s where each value is written, and what is unknown', async (format, words) => {
    const { code, out } = await cli(['plan', '--explain', '--policies', directory, '--format', format], ENV);
    expect(code).toBe(0);
    expect(out).toMatch(words);
    expect(out).toMatch(/project\/one[^]*created by admin, [^]*Harbor's audit log does not show who changed it/);
  });

  it('reports in JSON, also for an overlay', async () => {
    const { out } = await cli(
      [
        'plan',
        '--explain',
        '--instance',
        'edge',
        '--policies',
        directory,
        '--format',
        'json',
        '--target',
        'project/one',
      ],
      ENV,
    );
    const { changes } = JSON.parse(out) as { changes: { fields: { path: string; from: object }[] }[] };
    expect(changes[0]!.fields.map(({ path, from }) => [path, from])).toEqual([
      ['public', { source: 'defaults', at: expect.objectContaining({ line: 2 }) }],
    ]);
    await call('PUT', '/projects/one', { metadata: { auto_scan: 'true' } });
    const again = await cli(
      ['plan', '--explain', '--instance', 'edge', '--policies', directory, '--target', 'project/one'],
      ENV,
    );
    expect(again.out).toMatch(/auto_scan = true -> false\n +from an overlay, at .*edge\.yaml:1/);
  });

  it('saves a plan that apply accepts', async () => {
    const file = join(directory, 'plan.json');
    expect((await cli(['plan', '--explain', '--policies', directory, '--out', file], ENV)).code).toBe(0);
    expect(await cli(['apply', file, '--policies', directory, '--journal', join(directory, 'j')], ENV)).toMatchObject({
      code: 0,
    });
  });
});
