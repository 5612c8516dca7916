import { secretNames, writePolicies } from '../../../src/export';
import { importText } from '../../../src/import';
import type { JsonObject } from '../../../src/json';
import { kinds } from '../../../src/kinds';

const PROJECT = { harbor_project: { p: { name: 'p' } } };
const REGISTRY = { harbor_registry: { hub: { name: 'hub', provider_name: 'docker-hub' } } };

/** What is declared after an import of one resource, by address, and what the report says was left out. */
async function imported(file: string, document: unknown) {
  const names = secretNames();
  const { objects, leftOut } = importText(file, JSON.stringify(document), kinds, names);
  const policies = await writePolicies(objects, { kinds, origin: 'Imported.', secrets: names });
  return {
    specs: new Map(policies.declaration.objects.map(({ address, spec }) => [address, spec as JsonObject])),
    left: [...leftOut, ...policies.leftOut].map(({ address, field, reason }) => `${address} ${field ?? ''}: ${reason}`),
    secrets: policies.secrets,
  };
}

function terraform(type: string, body: object) {
  return imported('main.tf.json', { resource: { ...PROJECT, ...REGISTRY, [type]: { ...ofType(type), main: body } } });
}

function ofType(type: string): object {
  return { ...PROJECT, ...REGISTRY }[type as 'harbor_project'] ?? {};
}

const UNKNOWN = '${var.unknown}';

describe('a field whose value is not known stays undeclared', () => {
  it.each<[string, object, string, readonly string[]]>([
    ['harbor_project', { name: 'x', public: UNKNOWN }, 'project/x', ['public']],
    ['harbor_project', { name: 'x', public: 'maybe' }, 'project/x', ['public']],
    ['harbor_project', { name: 'x', vulnerability_scanning: UNKNOWN }, 'project/x', ['auto_scan']],
    ['harbor_project', { name: 'x', deployment_security: UNKNOWN }, 'project/x', ['severity', 'prevent_vul']],
    ['harbor_project', { name: 'x', cve_allowlist: [UNKNOWN] }, 'project/x', ['cve_allowlist']],
    ['harbor_registry', { name: 'x', provider_name: 'docker-hub', insecure: UNKNOWN }, 'registry/x', ['insecure']],
    [
      'harbor_config_system',
      { project_creation_restriction: UNKNOWN, read_only: true },
      'configuration/harbor',
      ['project_creation_restriction'],
    ],
    [
      'harbor_config_system',
      { storage_per_project: UNKNOWN, read_only: true },
      'configuration/harbor',
      ['storage_per_project'],
    ],
    ['harbor_config_auth', { auth_mode: UNKNOWN, oidc_verify_cert: true }, 'configuration/harbor', ['auth_mode']],
    [
      'harbor_config_security',
      { cve_allowlist: ['CVE-2026-12345'], expires_at: UNKNOWN },
      'cve-allowlist/system',
      ['expires_at'],
    ],
    ['harbor_user', { username: 'x', email: 'x@example.com', full_name: 'X', admin: UNKNOWN }, 'user/x', ['sysadmin']],
  ])('%s %j', async (type, body, address, fields) => {
    const { specs, left } = await terraform(type, body);
    expect(specs.get(address)).toBeDefined();
    for (const field of fields) expect(specs.get(address)).not.toHaveProperty(field);
    expect(left).toHaveLength(1);
  });

  it('and so does the quota of a project', async () => {
    const { specs } = await terraform('harbor_project', { name: 'x', storage_quota: UNKNOWN });
    expect([specs.has('project/x'), specs.has('quota/x')]).toEqual([true, false]);
  });
});

const project_id = '${harbor_project.p.id}';
const rule = { n_days_since_last_pull: 30 };
const robot = {
  name: 'x',
  level: 'system',
  permissions: [{ kind: 'project', namespace: '*', access: [{ resource: 'repository', action: 'pull' }] }],
};
const replication = {
  name: 'x',
  action: 'pull',
  registry_id: '${harbor_registry.hub.id}',
  filters: [{ name: 'library/**' }],
};
const [permission] = robot.permissions;

describe('an object whose restricting parts are not all known is omitted', () => {
  it.each<[string, string, object, string]>([
    [
      'a loop of rules',
      'harbor_retention_policy',
      { scope: project_id, schedule: 'Daily', dynamic: { rule: {} } },
      'retention/p',
    ],
    [
      'rules next to a loop of rules',
      'harbor_retention_policy',
      { scope: project_id, schedule: 'Daily', rule, dynamic: [{ rule: [{}] }] },
      'retention/p',
    ],
    [
      'a pattern',
      'harbor_retention_policy',
      { scope: project_id, schedule: 'Daily', rule: { ...rule, tag_matching: UNKNOWN } },
      'retention/p',
    ],
    [
      'a part of a rule without a place',
      'harbor_retention_policy',
      { scope: project_id, schedule: 'Daily', rule: { ...rule, only_signed: true } },
      'retention/p',
    ],
    ['a time', 'harbor_retention_policy', { scope: project_id, schedule: UNKNOWN, rule }, 'retention/p'],
    [
      'a pattern of what is immutable',
      'harbor_immutable_tag_rule',
      { project_id, tag_excluding: UNKNOWN },
      'immutable',
    ],
    ['how long a robot lives', 'harbor_robot_account', { ...robot, duration: UNKNOWN }, 'robot/x'],
    ['all permissions', 'harbor_robot_account', { ...robot, permissions: UNKNOWN }, 'robot/x'],
    ['a loop of permissions', 'harbor_robot_account', { ...robot, dynamic: { permissions: {} } }, 'robot/x'],
    [
      'a loop of pairs',
      'harbor_robot_account',
      { ...robot, permissions: [{ ...permission, dynamic: { access: {} } }] },
      'robot/x',
    ],
    [
      'a namespace',
      'harbor_robot_account',
      { ...robot, permissions: [...robot.permissions, { ...permission, namespace: UNKNOWN }] },
      'robot/x',
    ],
    [
      'a deny of what is allowed',
      'harbor_robot_account',
      {
        ...robot,
        permissions: [
          ...robot.permissions,
          { kind: 'project', namespace: 'p', access: [{ resource: 'repository', action: 'pull', effect: 'deny' }] },
        ],
      },
      'robot/x',
    ],
    ['a loop of filters', 'harbor_replication', { ...replication, dynamic: { filters: {} } }, 'replication-policy/x'],
    ['a filter', 'harbor_replication', { ...replication, filters: [{ name: UNKNOWN }] }, 'replication-policy/x'],
    [
      'one of several labels',
      'harbor_replication',
      { ...replication, filters: [{ labels: ['a', UNKNOWN] }] },
      'replication-policy/x',
    ],
    [
      'a filter without a place',
      'harbor_replication',
      { ...replication, filters: [{ name: 'a/**' }, { resource: 'chart' }] },
      'replication-policy/x',
    ],
    ['when it runs', 'harbor_replication', { ...replication, schedule: UNKNOWN }, 'replication-policy/x'],
    ['where to', 'harbor_replication', { ...replication, dest_namespace: UNKNOWN }, 'replication-policy/x'],
    ['when garbage goes', 'harbor_garbage_collection', { schedule: UNKNOWN }, 'gc-schedule/harbor'],
    [
      'when all is scanned',
      'harbor_interrogation_services',
      { vulnerability_scan_policy: UNKNOWN },
      'scan-all-schedule/harbor',
    ],
  ])('%s', async (_what, type, body, address) => {
    const { specs, left } = await terraform(type, body);
    expect([...specs.keys()].filter((one) => one.startsWith(address))).toEqual([]);
    expect(left).toHaveLength(1);
  });

  it.each<[string, string, object, string]>([
    ['retention', 'harbor_retention_policy', { scope: project_id, schedule: 'Daily', rule }, 'retention/p'],
    ['robot', 'harbor_robot_account', robot, 'robot/x'],
    ['replication', 'harbor_replication', replication, 'replication-policy/x'],
  ])('and %s is not where all is known', async (_what, type, body, address) => {
    const { specs, left } = await terraform(type, body);
    expect([specs.has(address), left]).toEqual([true, []]);
  });
});

describe('lists whose keys repeat', () => {
  it('are put together: two blocks of one namespace', async () => {
    const push = { ...permission, access: [{ resource: 'repository', action: 'push' }] };
    const { specs } = await terraform('harbor_robot_account', { ...robot, permissions: [...robot.permissions, push] });
    expect(specs.get('robot/x')).toMatchObject({ projects: { '*': ['repository:pull', 'repository:push'] } });
  });

  it('report contradictions', async () => {
    const { specs, left } = await terraform('harbor_project', { name: 'p', public: true });
    expect(specs.get('project/p')).toMatchObject({ public: false });
    expect(left).toEqual(['project/p public: it is declared more than once: the first value is kept']);
  });
});

describe('labels that were written as text', () => {
  it.each([
    ['prod', ['prod']],
    ['[prod signed]', ['prod', 'signed']],
    [
      ['prod', 'signed'],
      ['prod', 'signed'],
    ],
  ])('%j', async (value, expected) => {
    const { specs } = await harborConfiguration([{ type: 'label', value }]);
    expect(specs.get('replication-policy/r')).toMatchObject({ filters: [{ type: 'label', value: expected }] });
  });

  it.each([
    [{ type: 'resource', value: 'chart' }],
    [{ type: 'name', value: 'a/**', negate: true }],
    [{ type: 'name' }],
  ])('and a filter that has no place leaves out the replication: %j', async (filter) => {
    const { specs, left } = await harborConfiguration([{ type: 'tag', value: 'v*' }, filter]);
    expect([...specs.keys()]).toEqual(['registry/other']);
    expect(left).toHaveLength(1);
  });
});

function harborConfiguration(filters: readonly object[]) {
  return imported('c.yaml', {
    apiVersion: 'goharbor.io/v1alpha1',
    kind: 'HarborConfiguration',
    spec: {
      registries: [{ name: 'other', type: 'harbor', url: 'https://other.example.com' }],
      replicationPolicies: [{ name: 'r', mode: 'pull', registry: 'other', filters }],
    },
  });
}

describe('secrets', () => {
  it('have a variable each, and those that have one keep it', async () => {
    const webhook = (project: string, name: string) => ({
      name,
      events: ['PUSH_ARTIFACT'],
      targets: [{ notifyType: 'http', endpoint: 'https://x.example.com', authHeaderFrom: { env: `OF_${project}` } }],
    });
    const document = {
      apiVersion: 'goharbor.io/v1alpha1',
      kind: 'HarborConfiguration',
      spec: { projects: ['A', 'B'].map((p) => ({ name: p.toLowerCase(), webhooks: [webhook(p, 'w')] })) },
    };
    expect((await imported('c.yaml', document)).secrets.map(({ env }) => env)).toEqual(['OF_A', 'OF_B']);
  });

  it('of preheat instances are distinguished', async () => {
    const instance = (name: string) => ({
      name,
      vendor: 'dragonfly',
      endpoint: `https://${name}.example.com`,
      auth_mode: 'OAUTH',
    });
    const { secrets } = await imported('main.tf.json', {
      resource: { harbor_preheat_instance: { a: instance('p-2'), b: instance('p.2') } },
    });
    expect(secrets.map(({ env, address }) => [env, address])).toEqual([
      ['PREHEAT_INSTANCE_P_2_TOKEN', 'preheat-instance/p-2'],
      ['PREHEAT_INSTANCE_P_2_TOKEN_2', 'preheat-instance/p.2'],
    ]);
  });
});

describe('several documents in one file', () => {
  const one = (name: string) =>
    `apiVersion: goharbor.io/v1alpha1\nkind: HarborConfiguration\nspec: { projects: [{ name: ${name} }] }\n`;

  it.each([
    ['', [one('a'), one('b')], ['project/a', 'project/b'], 0],
    ['---\n', [one('a'), `# nothing\n`, one('b')], ['project/a', 'project/b'], 0],
    ['', [one('a'), 'kind: Secret\n'], ['project/a'], 1],
  ])('are read one by one: %j %j', (before, documents, addresses, unread) => {
    const { objects, leftOut } = importText('c.yaml', before + documents.join('---\n'), kinds);
    expect(objects.map(({ kind, spec }) => `${kind.name}/${kind.identity(spec)}`)).toEqual(addresses);
    expect(leftOut).toHaveLength(unread);
  });

  it('have their findings at the line of the file', () => {
    expect(() => importText('c.yaml', `${one('a')}---\nspec:\n\tx: 1\n`, kinds)).toThrow(
      expect.objectContaining({
        diagnostics: [expect.objectContaining({ rule: 'yaml-syntax', at: expect.objectContaining({ line: 6 }) })],
      }),
    );
  });
});
