import { DeclarationError } from '../../../src/errors';
import { importText, type Importable } from '../../../src/import';
import { kinds } from '../../../src/kinds';

const read = (text: string, file = 'input'): Importable => importText(file, text, kinds);
const specs = ({ objects }: Importable): Record<string, object> =>
  Object.fromEntries(objects.map(({ kind, spec }) => [`${kind.name} ${kind.identity(spec)}`, spec]));
const settings = (imported: Importable): object | undefined => specs(imported)['configuration harbor'];
const told = ({ leftOut }: Importable): string[] =>
  leftOut.map(({ line, address, field, reason }) => `${line ?? '?'} ${address} ${field ?? '*'}: ${reason}`);

describe("settings of Harbor's core", () => {
  const JSON_TEXT =
    '{"auth_mode":"oidc_auth","oidc_verify_cert":"true","token_expiration":"60","oidc_client_secret":"s3cr3t"}';
  const SPEC = {
    auth_mode: 'oidc_auth',
    oidc_verify_cert: true,
    token_expiration: 60,
    oidc_client_secret: { env: 'CONFIGURATION_HARBOR_OIDC_CLIENT_SECRET' },
  };

  it.each([
    ['a file of settings', JSON_TEXT],
    [
      'values of the Helm chart',
      `externalURL: https://h.example.com\ncore:\n  configureUserSettings: |\n    ${JSON_TEXT}\n`,
    ],
    ['values with a map', `core:\n  configureUserSettings: ${JSON_TEXT}\n`],
    ['a ConfigMap', `kind: ConfigMap\napiVersion: v1\ndata:\n  CONFIG_OVERWRITE_JSON: '${JSON_TEXT}'\n`],
    [
      'a container',
      `spec:\n  containers:\n    - env:\n        - { name: CONFIG_OVERWRITE_JSON, value: '${JSON_TEXT}' }\n`,
    ],
    ['a Compose file', `services:\n  core:\n    environment:\n      - 'CONFIG_OVERWRITE_JSON=${JSON_TEXT}'\n`],
    ['an env file', `CORE_SECRET=x\nCONFIG_OVERWRITE_JSON=${JSON_TEXT}\nLOG_LEVEL=info\n`],
    [
      'the operator',
      `apiVersion: goharbor.io/v1beta1\nkind: HarborConfiguration\nspec:\n  configuration:\n    authMode: oidc_auth\n    oidcVerifyCert: true\n    tokenExpiration: 60\n    oidcClientSecret: secret-in-kubernetes\n`,
    ],
  ])('%s', (_name, text) => {
    const imported = read(text);
    expect(settings(imported)).toEqual(SPEC);
    expect(JSON.stringify(imported.objects)).not.toMatch(/s3cr3t|secret-in-kubernetes/);
    expect(told(imported)).toEqual([expect.stringMatching(/oidc_client_secret: its value is not copied/)]);
  });

  it('takes the URL from the values of the chart', () => {
    expect(
      read(`externalURL: https://h.example.com\ncore: { configureUserSettings: '{"read_only":false}' }\n`).harbor,
    ).toEqual({
      url: 'https://h.example.com',
    });
  });

  it('reads every form that Harbor stores as text', () => {
    const text = JSON.stringify({
      disabled_audit_log_event_types: 'pull_artifact, create_artifact',
      oidc_extra_redirect_parms: '{"prompt":"login"}',
      storage_per_project: '1073741824',
      ldap_scope: '2',
      oidc_scope: 'openid,profile',
      banner_message: '{"message":"hello","type":"info","closable":true}',
    });
    const { banner_message: banner, ...others } = settings(read(text)) as Record<string, unknown>;
    expect(JSON.parse(banner as string)).toMatchObject({ message: 'hello', closable: true });
    expect(others).toEqual({
      disabled_audit_log_event_types: ['pull_artifact', 'create_artifact'],
      oidc_extra_redirect_parms: { prompt: 'login' },
      storage_per_project: 1073741824,
      ldap_scope: 2,
      oidc_scope: 'openid,profile',
    });
  });

  it.each([
    ['read_only', { read_only: 'perhaps' }, /1 settings read_only: "perhaps" is not true or false/],
    [
      'a setting that is gone',
      { auth_mode: 'db_auth', email_host: 'x' },
      /email_host: the declaration has no such field/,
    ],
  ])('names %s', (_name, value, words) => {
    expect(told(read(JSON.stringify(value)))).toEqual([expect.stringMatching(words)]);
  });

  it.each([
    [
      "core:\n  configureUserSettings: '{{ .Values.x | toJson }}'\n",
      /2 core\.configureUserSettings \*: it is a template/,
    ],
    ["core:\n  configureUserSettings: '{auth_mode: x'\n", /2 core\.configureUserSettings \*: it is not JSON: /],
  ])('%j', (text, words) => {
    expect(told(read(text))).toEqual([expect.stringMatching(words)]);
  });
});

describe('several documents', () => {
  it('are read one by one, each in its own format, and other documents are named by their line', () => {
    const imported = read(
      [
        'kind: Secret',
        'apiVersion: v1',
        '---',
        'apiVersion: goharbor.io/v1beta1',
        'kind: HarborConfiguration',
        'spec: { configuration: { readOnly: true } }',
        '---',
        'apiVersion: goharbor.io/v1alpha1',
        'kind: HarborConfiguration',
        'spec: { registries: [{ name: quay, type: docker-registry, url: "https://quay.io", shade: 1 }] }',
      ].join('\n'),
    );
    expect(Object.keys(specs(imported)).sort()).toEqual(['configuration harbor', 'registry quay']);
    expect(told(imported)).toEqual([
      expect.stringMatching(/document at line 1/),
      expect.stringMatching(/^10 registry quay shade: /),
    ]);
  });
});

describe('a plan of Terraform', () => {
  const resource = (values: object, over: object = {}): object => ({
    address: 'harbor_registry.quay',
    mode: 'managed',
    type: 'harbor_registry',
    name: 'quay',
    values: { provider_name: 'docker-registry', endpoint_url: 'https://quay.io', ...values },
    ...over,
  });
  const plan = {
    format_version: '1.2',
    planned_values: { root_module: { resources: [resource({ name: 'quay-new' })] } },
    resource_changes: [
      { address: 'harbor_registry.quay', type: 'harbor_registry', change: { actions: ['delete', 'create'] } },
      { address: 'harbor_label.x', type: 'harbor_label', change: { actions: ['no-op'] } },
      { address: 'aws_instance.x', type: 'aws_instance', change: { actions: ['create'] } },
    ],
    prior_state: {
      format_version: '1.0',
      values: {
        root_module: {
          resources: [resource({ name: 'quay' }), resource({ name: 'quay-old' }, { deposed_key: 'abcdef01' })],
        },
      },
    },
    configuration: {
      provider_config: {
        harbor: {
          expressions: { url: { constant_value: 'https://h.example.com/' }, username: { references: ['var.u'] } },
        },
      },
    },
  };

  it('is its prior state: what Harbor has, not what is wished', () => {
    const imported = read(JSON.stringify(plan));
    expect(Object.keys(specs(imported))).toEqual(['registry quay']);
    expect(imported.harbor).toEqual({ url: 'https://h.example.com/' });
    expect(told(imported).sort()).toEqual([
      expect.stringMatching(/^1 harbor_registry\.quay \*: a deposed instance/),
      expect.stringMatching(/harbor_registry\.quay \*: the plan would delete and create it/),
    ]);
  });
});

describe('a real state', () => {
  const state = (...instances: readonly [string, string, object, object?][]): string =>
    JSON.stringify(
      {
        version: 4,
        resources: instances.map(([type, name, attributes, over]) => ({
          mode: 'managed',
          type,
          name,
          instances: [{ attributes, ...over }],
        })),
      },
      null,
      2,
    );
  const access = [{ resource: 'repository', action: 'pull', effect: 'allow' }];

  it('leaves a deposed instance out, with its line', () => {
    const text = state(
      ['harbor_label', 'a', { name: 'a' }],
      ['harbor_label', 'b', { name: 'b' }, { deposed: '1234abcd' }],
    );
    const imported = read(text);
    expect(Object.keys(specs(imported))).toEqual(['label a']);
    const line = text.split('\n').findIndex((one) => one.includes('"b"')) + 1;
    const [words = ''] = told(imported);
    expect(words).toMatch(/harbor_label\.b \*: a deposed instance/);
    expect(Math.abs(Number(words.split(' ')[0]) - line)).toBeLessThan(6);
  });

  it.each([
    ['ci', 'project', 'cache+ci'],
    ['cache+ci', 'project', 'cache+ci'],
    ['robot$cache+ci', 'project', 'cache+ci'],
    ['robot$ci', 'system', 'ci'],
  ])('a robot that is called %s at level %s', (name, level, identity) => {
    const permissions = [{ kind: 'project', namespace: 'cache', access }];
    const imported = read(state(['harbor_robot_account', 'ci', { name, level, duration: 30, permissions }]));
    expect(Object.keys(specs(imported))).toEqual([`robot ${identity}`]);
  });

  it.each(['None', 'none', 'Manual', 'manual', ''])('a schedule "%s" never comes due', (schedule) => {
    const text = state(
      ['harbor_garbage_collection', 'gc', { schedule }],
      [
        'harbor_registry',
        'r',
        { name: 'r', provider_name: 'docker-registry', registry_id: 3, endpoint_url: 'https://quay.io' },
      ],
      ['harbor_replication', 'x', { name: 'x', action: 'pull', registry_id: 3, schedule, filters: [{ name: 'a/**' }] }],
    );
    const all = specs(read(text));
    expect(JSON.stringify(all['gc-schedule gc'] ?? all)).not.toMatch(/none|manual.*cron/i);
    expect(all['replication-policy x']).toMatchObject({ trigger: 'manual' });
  });

  it('declares every filter of one block, and reports what the provider sent', () => {
    const filters = [{ name: 'library/**', tag: 'v1, v2', resource: 'image', labels: [], decoration: 'matches' }];
    const imported = read(
      state(
        [
          'harbor_registry',
          'r',
          { name: 'r', provider_name: 'docker-registry', registry_id: 3, endpoint_url: 'https://quay.io' },
        ],
        ['harbor_replication', 'x', { name: 'x', action: 'pull', registry_id: 3, schedule: 'manual', filters }],
      ),
    );
    expect(specs(imported)['replication-policy x']).toMatchObject({
      filters: [
        { type: 'name', value: 'library/**' },
        { type: 'tag', value: 'v1,v2', decoration: 'matches' },
        { type: 'resource', value: 'image' },
      ],
    });
    expect(told(imported)).toEqual([expect.stringMatching(/filters\[0\]: the provider sends only resource/)]);
  });
});

describe('what cannot be read', () => {
  it.each([
    ['main.tf', 'resource "harbor_project" "x" {\n  name = "x"\n}\n', /HCL.*terraform show -json > state\.json/],
    ['input', 'terraform {\n  required_providers { }\n}\nprovider "harbor" {\n  url = "x"\n}\n', /HCL/],
    [
      'terraform.tfstate',
      '{"serial":1,"lineage":"x","meta":{},"encrypted_data":"e","encryption_version":"v0"}',
      /tofu show -json/,
    ],
    ['plan.tfplan', 'PK\u0003\u0004rest', /terraform show -json plan\.tfplan/],
    ['old.tfstate', '{"version":3,"terraform_version":"0.11.1","modules":[]}', /state of version 3/],
  ])('%s names the command that makes a readable file', (file, text, words) => {
    expect(() => read(text, file)).toThrow(DeclarationError);
    expect(() => read(text, file)).toThrow(words);
  });
});
