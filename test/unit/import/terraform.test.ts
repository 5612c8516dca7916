import fc from 'fast-check';
import { DeclarationError } from '../../../src/errors';
import { writePolicies } from '../../../src/export';
import { importText } from '../../../src/import';
import type { JsonObject } from '../../../src/json';
import { kinds } from '../../../src/kinds';

type Attributes = Record<string, unknown>;
/** The same things in all three forms: attributes, with references as that form has them. */
function things(registry: unknown, project: unknown, namespace: unknown): Record<string, Attributes> {
  return {
    harbor_registry: {
      name: 'hub',
      provider_name: 'docker-registry',
      endpoint_url: 'https://registry.example.com',
      access_id: 'bot',
      access_secret: 'Canary-5eCr3t-Value',
    },
    harbor_project: {
      name: 'proxy',
      registry_id: registry,
      public: 'true',
      vulnerability_scanning: false,
      deployment_security: 'high',
      storage_quota: 5,
      force_destroy: true,
      cve_allowlist: ['CVE-2026-1'],
    },
    harbor_project_member_group: { project_id: project, group_name: 'platform', type: 'oidc', role: 'limitedguest' },
    harbor_project_member_user: { project_id: project, user_name: 'alice', role: 'projectadmin' },
    harbor_retention_policy: {
      scope: project,
      schedule: 'Daily',
      rule: [
        { n_days_since_last_pull: 30, tag_matching: '**', repo_matching: '**', untagged_artifacts: false },
        { always_retain: true, repo_excluding: 'library/**' },
      ],
    },
    harbor_robot_account: {
      name: 'ci',
      level: 'system',
      duration: 30,
      secret: 'Canary-5eCr3t-Value',
      permissions: [
        { kind: 'system', namespace: '/', access: [{ resource: 'registry', action: 'list', effect: 'allow' }] },
        {
          kind: 'project',
          namespace,
          access: [
            { resource: 'repository', action: 'pull', effect: 'allow' },
            { resource: 'repository', action: 'push', effect: 'deny' },
          ],
        },
      ],
    },
    harbor_label: { name: 'approved', color: '#00B588', project_id: project },
    harbor_immutable_tag_rule: { project_id: project, tag_matching: 'v*', repo_matching: '**' },
    harbor_config_auth: {
      auth_mode: 'oidc_auth',
      oidc_endpoint: 'https://dex.example.com',
      oidc_client_id: 'harbor',
      oidc_client_secret: 'Canary-5eCr3t-Value',
      oidc_verify_cert: true,
    },
    harbor_config_system: { robot_token_expiration: 90, storage_per_project: 100, robot_name_prefix: 'bot-' },
    harbor_garbage_collection: { schedule: '0 0 4 * * *', delete_untagged: true, workers: 4 },
    harbor_interrogation_services: { vulnerability_scan_policy: 'Weekly', default_scanner: 'Clair' },
    harbor_replication: {
      name: 'base',
      action: 'pull',
      registry_id: registry,
      schedule: '0 15 2 * * *',
      filters: [{ name: 'library/**' }, { tag: 'v*', decoration: 'excludes' }],
    },
    harbor_user: { username: 'bob', full_name: 'Bob', email: 'bob@example.com', password: 'Canary-5eCr3t-Value' },
    harbor_project_webhook: {
      name: 'ci',
      project_id: project,
      notify_type: 'http',
      address: 'https://ci.example.com/hook',
      events_types: ['PUSH_ARTIFACT'],
      auth_header: 'Canary-5eCr3t-Value',
    },
    harbor_tasks: { vulnerability_scan_policy: 'Daily' },
  };
}

const ids: Record<string, Attributes> = {
  harbor_registry: { registry_id: 3, id: '/registries/3' },
  harbor_project: { project_id: 7, id: '/projects/7' },
};
const resolved = things(3, '/projects/7', 'proxy');

const state = {
  version: 4,
  terraform_version: '1.11.4',
  resources: [
    ...Object.entries(resolved).map(([type, attributes]) => ({
      mode: 'managed',
      type,
      name: 'main',
      instances: [{ attributes: { ...attributes, ...ids[type] } }],
    })),
    { mode: 'managed', type: 'null_resource', name: 'other', instances: [{ attributes: { id: '1' } }] },
  ],
};
const shown = {
  format_version: '1.0',
  values: {
    root_module: {
      resources: [],
      child_modules: [
        {
          resources: Object.entries(resolved).map(([type, attributes]) => ({
            address: `module.cache.${type}.main`,
            mode: 'managed',
            type,
            values: { ...attributes, ...ids[type] },
          })),
        },
      ],
    },
  },
};
const expressions = things(
  '${harbor_registry.main.registry_id}',
  '${harbor_project.main.id}',
  '${harbor_project.main.name}',
);
const configuration = {
  terraform: { required_providers: { harbor: { source: 'goharbor/harbor' } } },
  resource: Object.fromEntries(Object.entries(expressions).map(([type, body]) => [type, { main: [body] }])),
};

const forms = [
  ['a state', state],
  ['a shown state', shown],
  ['a configuration', configuration],
] as const;

async function imported(document: object): Promise<{ specs: Map<string, object>; left: string[]; files: string }> {
  const { objects, leftOut } = importText('terraform.json', JSON.stringify(document), kinds);
  const policies = await writePolicies(objects, { kinds, origin: 'Imported.' });
  return {
    specs: new Map(policies.declaration.objects.map(({ address, spec }) => [address, spec])),
    left: [...leftOut, ...policies.leftOut].map(({ address, field = '' }) => `${address} ${field}`.trim()),
    files: policies.files.map(({ text }) => text).join('\n'),
  };
}

describe.each(forms)('%s', (_form, document) => {
  it.each<[string, object]>([
    ['registry/hub', { type: 'docker-registry', credential: { access_key: 'bot' } }],
    ['project/proxy', { name: 'proxy', registry: 'hub', public: true, prevent_vul: true, severity: 'high' }],
    ['project/proxy', { reuse_sys_cve_allowlist: false, cve_allowlist: { items: ['CVE-2026-1'] } }],
    ['webhook/proxy/ci', { event_types: ['PUSH_ARTIFACT'] }],
    ['quota/proxy', { project: 'proxy', storage_limit: 5 * 1024 ** 3 }],
    ['user-group/platform', { type: 'oidc' }],
    ['project-member/proxy/group:platform', { role: 'limitedGuest' }],
    ['project-member/proxy/user:alice', { role: 'projectAdmin' }],
    [
      'retention/proxy',
      {
        schedule: '0 0 0 * * *',
        rules: expect.arrayContaining([
          expect.objectContaining({ template: 'nDaysSinceLastPull', untagged: false, tags: '**' }),
          expect.objectContaining({ template: 'always', repositories_exclude: 'library/**' }),
        ]),
      },
    ],
    ['robot/ci', { duration: 30, system: ['registry:list'], projects: { proxy: ['repository:pull'] } }],
    ['label/proxy/approved', { color: '#00B588' }],
    [
      'configuration/harbor',
      {
        auth_mode: 'oidc_auth',
        oidc_client_id: 'harbor',
        oidc_client_secret: { env: 'OIDC_CLIENT_SECRET' },
        robot_token_duration: 90,
        storage_per_project: 100 * 1024 ** 3,
        project_creation_restriction: 'adminonly',
        robot_name_prefix: 'bot-',
      },
    ],
    ['gc-schedule/harbor', { cron: '0 0 4 * * *', delete_untagged: true, workers: 4 }],
    ['scan-all-schedule/harbor', { cron: '0 0 0 * * 0' }],
    ['replication-policy/base', { from: 'hub', dest_namespace_replace_count: 0, override: true }],
  ])('declares %s', async (address, spec) => {
    expect((await imported(document)).specs.get(address)).toMatchObject(spec);
  });

  it('reports what stays behind, and keeps its secrets', async () => {
    const { left, files } = await imported(document);
    expect(left.map((line) => line.replace('module.cache.', ''))).toEqual([
      'harbor_robot_account.main permissions[1] access[1] effect',
      'harbor_interrogation_services.main default_scanner',
      'harbor_project_webhook.main auth_header',
      'harbor_tasks.main',
      // Harbor makes users only where it keeps their passwords, and this one asks a provider.
      'user/bob',
    ]);
    expect(files).not.toContain('Canary');
    expect(files).toContain('{ env: ROBOT_CI_SECRET }');
  });
});

it('keeps users if Harbor has the passwords, and not the passwords', async () => {
  const { specs, files } = await imported({ resource: { harbor_user: { bob: resolved['harbor_user'] } } });
  expect(specs.get('user/bob')).toMatchObject({ realname: 'Bob', password: { env: 'USER_BOB_PASSWORD' } });
  expect(files).not.toContain('Canary');
});

describe('what only Terraform knows', () => {
  it.each<[string, JsonObject, string]>([
    ['a repeated resource', { for_each: '${var.upstreams}', name: '${each.key}' }, 'harbor_project.main'],
    ['an unknown registry', { name: 'p', registry_id: '${module.hub.id}' }, 'harbor_project.main'],
    ['a computed name', { name: '${var.name}' }, 'harbor_project.main'],
  ])('leaves %s out', (_what, body, address) => {
    const text = JSON.stringify({ resource: { harbor_project: { main: body } } });
    expect(importText('main.tf.json', text, kinds)).toEqual({
      objects: [],
      external: [],
      leftOut: [{ address, line: 1, reason: expect.any(String) }],
    });
  });

  it('leaves a computed setting out, and keeps the rest', () => {
    const body = { name: 'p', public: '${var.public}' };
    const text = JSON.stringify({ resource: { harbor_project: { main: body } } });
    const { objects, leftOut } = importText('main.tf.json', text, kinds);
    expect(leftOut).toEqual([{ address: 'harbor_project.main', field: 'public', line: 1, reason: expect.any(String) }]);
    expect(objects).toHaveLength(2);
  });

  it('looks names up in data sources', () => {
    const resource = { harbor_label: { main: { name: 'l', project_id: '${data.harbor_project.p.id}' } } };
    const data = { harbor_project: { p: { name: 'library' } } };
    const { objects } = importText('main.tf.json', JSON.stringify({ resource, data }), kinds);
    expect(objects.map(({ spec }) => spec)).toEqual([{ name: 'l', project: 'library' }]);
  });
});

describe('other files', () => {
  it.each(['', '[]', 'null', '{"version": 3}', 'a: 1', '{ "resource": ', 'kind: HarborConfiguration', '%YAML 1.1'])(
    'are refused with a reason: %j',
    (text) => {
      expect(() => importText('x', text, kinds)).toThrow(DeclarationError);
    },
  );

  it('are refused and never crash the reader, with any value anywhere', () => {
    const types = Object.keys(resolved);
    const keys = [...new Set(Object.values(resolved).flatMap((one) => Object.keys(one))), 'access', 'kind', 'scope'];
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(
          'proxy',
          'hub',
          'constructor',
          'toString',
          'system',
          'project',
          '/projects/7',
          '${x.y.z}',
          '',
          3,
          7,
          -1,
          true,
          null,
        ),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    const body = fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 8, noNullPrototype: true });
    const resource = fc.dictionary(fc.constantFrom(...types), fc.record({ main: body }), { noNullPrototype: true });
    return fc.assert(
      fc.asyncProperty(resource, async (random) => {
        const { objects } = importText('main.tf.json', JSON.stringify({ resource: random }), kinds);
        const harbor = { url: 'https://harbor.example.com' };
        const { declaration } = await writePolicies(objects, { kinds, origin: 'Imported.', harbor });
        expect(declaration.objects.length).toBeLessThanOrEqual(objects.length);
      }),
      { numRuns: 300 },
    );
  });
});
