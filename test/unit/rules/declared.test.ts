import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Declaration } from '../../../src/declaration/declaration';
import { declarationFrom, loadDeclaration } from '../../../src/declaration/load';
import { sourceText } from '../../../src/declaration/yaml/source-text';
import { kinds } from '../../../src/kinds';
import { judgeDeclared, judgePlan, rules } from '../../../src/rules';
import type { PlannedChange } from '../../../src/rules/rule';
import type { Plan } from '../../../src/plan/plan';

const TODAY = '2026-11-28';
const ROOT = resolve(__dirname, '../../..');

async function declaration(document: object): Promise<Declaration> {
  const file = sourceText('policies/a.yaml', JSON.stringify(document, null, 1));
  const loaded = await declarationFrom({ policies: [file], overlays: [], diagnostics: [] }, ROOT, kinds);
  expect(loaded.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return loaded.declaration!;
}

async function found(document: object): Promise<string[]> {
  return judgeDeclared(await declaration(document), TODAY).diagnostics.map(({ rule }) => rule);
}

describe.each(rules.flatMap(({ id, declared }) => (declared ? [[id, declared] as const] : [])))('%s', (id, rule) => {
  it('finds its bad example, with the place of the object', async () => {
    const { diagnostics } = judgeDeclared(await declaration(rule.bad), TODAY);
    const own = diagnostics.filter((one) => one.rule === id);
    expect(own.length).toBeGreaterThan(0);
    for (const { at, hint } of own) {
      expect(at?.file).toBe('policies/a.yaml');
      expect(hint).toBeTruthy();
    }
  });

  it('finds nothing in its good example', async () => {
    expect(await found(rule.good)).not.toContain(id);
  });
});

const planOf = (changes: readonly PlannedChange[]) =>
  ({ changes, target: { url: 'https://h.example.com' } }) as unknown as Pick<Plan, 'changes' | 'target'>;

describe.each(rules.flatMap(({ id, planned }) => (planned ? [[id, planned] as const] : [])))(
  '%s on a plan',
  (id, rule) => {
    const found = (changes: readonly PlannedChange[], waivers: object[] = []) =>
      judgePlan(planOf(changes), { waivers } as unknown as Declaration, TODAY).filter((one) => one.rule === id);

    it('finds its bad example, and nothing in its good one', () => {
      expect(found(rule.bad)).toEqual(rule.bad.map(({ address }) => expect.objectContaining({ address })));
      expect(found(rule.good)).toEqual([]);
    });

    it('is waived by the exact address until a day', () => {
      const [{ address }] = rule.bad as [PlannedChange];
      const waiver = { rule: id, object: address, reason: 'moved to another network', owner: 'platform' };
      expect(found(rule.bad, [{ ...waiver, expires: TODAY }])[0]).toMatchObject({ waived: { owner: 'platform' } });
      expect(found(rule.bad, [{ ...waiver, expires: '2026-11-27' }])[0]).not.toHaveProperty('waived');
    });
  },
);

it('a finding about a field points at its line, also in defaults', async () => {
  const document = {
    defaults: { project: { public: true } },
    registries: {
      up: {
        type: 'docker-registry',
        url: 'https://up.example.com',
        credential: { access_key: 'bot', access_secret: { env: 'S' } },
        insecure: true,
      },
    },
    projects: { p: { registry: 'up' } },
  };
  const { diagnostics } = judgeDeclared(await declaration(document), TODAY);
  const lines = JSON.stringify(document, null, 1).split('\n');
  const lineOf = (id: string) => lines[(diagnostics.find(({ rule }) => rule === id)?.at?.line ?? 0) - 1];
  expect([lineOf('HP015'), lineOf('HP023')]).toEqual([
    expect.stringContaining('"insecure"'),
    expect.stringContaining('"public"'),
  ]);
});

it('every file of a rule is in the catalogue, under its id, once', () => {
  const files = readdirSync(join(ROOT, 'src/rules')).filter((name) => /^hp\d{3}-/.test(name));
  // Whatever a rule judges, it has examples of, and they are its test.
  expect(rules.filter(({ declared, planned, deployed }) => !declared && !planned && !deployed)).toEqual([]);
  expect(rules.map(({ id }) => id)).toEqual(files.map((name) => name.slice(0, 5).toUpperCase()).sort());
});

describe('waivers', () => {
  const bad = rules.find(({ id }) => id === 'HP023')!.declared!.bad;
  const waiver = {
    rule: 'HP023',
    object: 'project/p',
    reason: 'the account sees nothing private',
    owner: 'platform',
    expires: '2027-03-01',
  };
  const judged = async (waivers: object[], today = TODAY) => {
    const { diagnostics, waived } = judgeDeclared(await declaration({ ...bad, waivers }), today);
    const about = diagnostics.filter(({ rule }) => rule === 'HP023' || rule.startsWith('HP09'));
    return { rules: about.map(({ rule }) => rule), waived: waived.map(({ by }) => by.owner), about };
  };

  it('hold until their last day, and what they hold stays listed', async () => {
    expect(await judged([waiver], '2027-03-01')).toMatchObject({ rules: [], waived: ['platform'] });
  });

  it.each<[string, object, string, string[]]>([
    ['expired', {}, '2027-03-02', ['HP023', 'HP091']],
    ['of another object', { object: 'registry/up' }, TODAY, ['HP023', 'HP092']],
    ['of what is not declared', { object: 'project/*' }, TODAY, ['HP023', 'HP090']],
    ['of no rule', { rule: 'HP999' }, TODAY, ['HP023', 'HP090']],
    ['of a rule about stacks', { rule: 'HP034' }, TODAY, ['HP023', 'HP090']],
    ['until a day that does not exist', { expires: '2027-02-30' }, TODAY, ['HP090']],
  ])('%s', async (_what, change, today, expected) => {
    const { rules: ids, about } = await judged([{ ...waiver, ...change }], today);
    expect(ids.sort()).toEqual(expected);
    expect(about.find(({ rule }) => rule.startsWith('HP09'))?.at).toMatchObject({ file: 'policies/a.yaml' });
  });
});

it('a waiver of what only a plan can show is neither idle nor unknown', async () => {
  const waivers = [
    {
      rule: 'HP052',
      object: 'project/gone',
      reason: 'opened for the public release',
      owner: 'platform',
      expires: TODAY,
    },
  ];
  expect(judgeDeclared(await declaration({ projects: { p: {} }, waivers }), TODAY).diagnostics).toEqual([]);
});

describe('inputs of the same kind as the examples', () => {
  const account = { access_key: 'bot', access_secret: { env: 'S' } };
  const behind = (registry: object, project: object) => ({
    registries: { up: { type: 'docker-registry', url: 'https://registry.example.com', ...registry } },
    projects: { p: { registry: 'up', ...project } },
  });
  const robot = (fields: object) => ({ robots: { r: { duration: 90, secret: { env: 'S' }, ...fields } } });

  it.each<[string, string, object]>([
    [
      'HP013',
      'a system robot that pushes into a cache',
      {
        ...behind({}, {}),
        ...robot({ projects: { p: [{ resource: 'repository', action: 'push' }] } }),
      },
    ],
    ['HP019', 'Docker Hub as a plain registry', behind({ url: 'https://registry-1.docker.io' }, {})],
    ['HP027', 'a quota without a limit', behind({}, { storage_limit: 'unlimited', retention: { rules: [] } })],
    [
      'HP041',
      'an ECR as a plain registry with the key of a user',
      behind(
        {
          url: 'https://123456789012.dkr.ecr.eu-west-1.amazonaws.com',
          credential: { ...account, access_key: 'AKIA1' },
        },
        {},
      ),
    ],
    [
      'HP043',
      'the folder of the discovery document',
      { configuration: { oidc_endpoint: 'https://idp.example.com/.well-known' } },
    ],
    ['HP018', 'the host in IPv6', behind({ url: 'https://[::ffff:127.0.0.1]' }, {})],
    ['HP018', 'the host in hexadecimal', behind({ url: 'https://0x7f000001' }, {})],
    ['HP018', 'a name of the host with a dot', behind({ url: 'https://registry.localhost.' }, {})],
    ['HP018', 'the metadata service of Alibaba', behind({ url: 'https://100.100.100.200' }, {})],
    [
      'HP023',
      'the role of the machine',
      behind({ type: 'aws-ecr', url: 'https://1.dkr.ecr.eu-west-1.amazonaws.com' }, { public: true }),
    ],
    [
      'HP041',
      'a token of Google',
      behind({ url: 'https://europe-docker.pkg.dev', credential: { ...account, access_key: 'oauth2accesstoken' } }, {}),
    ],
    [
      'HP041',
      'the password of AWS behind another name',
      behind({ url: 'https://ecr.example.com', credential: { ...account, access_key: 'AWS' } }, {}),
    ],
    [
      'HP042',
      'the same domain with its port',
      {
        projects: {
          a: { conformance: { pull: ['x:1'], mirrors: [{ domain: 'm.example.com' }] } },
          b: { conformance: { pull: ['x:1'], mirrors: [{ domain: 'm.example.com:443' }] } },
        },
      },
    ],
    [
      'HP045',
      'a disabled robot',
      {
        ...behind({}, { public: false }),
        ...robot({ disable: true, projects: { '*': [{ resource: 'repository', action: 'pull' }] } }),
      },
    ],
    [
      'HP045',
      'a robot that may only list',
      { ...behind({}, { public: false }), ...robot({ projects: { p: [{ resource: 'repository', action: 'list' }] } }) },
    ],
    [
      'HP020',
      'a webhook that carries its secret',
      { labels: { l: { color: '#00AB9A', description: 'see https://bot:hunter2hunter2@ci.example.com/x' } } },
    ],
    [
      'HP051',
      'a number in a separate field',
      {
        rules: { ceilings: { robot: { duration: 30 } } },
        ...robot({ projects: { p: [{ resource: 'repository', action: 'pull' }] } }),
      },
    ],
    [
      'HP049',
      'the name of a robot',
      {
        rules: { names: { robot: ['ci-*'] } },
        ...robot({ projects: { p: [{ resource: 'repository', action: 'pull' }] } }),
      },
    ],
    [
      'HP050',
      'retention, which is a separate object',
      { rules: { required: { project: ['retention'] } }, projects: { p: {} } },
    ],
    [
      'HP040',
      'a client',
      {
        harbor: { url: 'https://h.example.com' },
        clients: { nodes: { client: 'containerd', url: 'http://h.example.com' } },
      },
    ],
  ])('%s finds %s', async (id, _what, document) => {
    expect(await found(document)).toContain(id);
  });

  it.each<[string, string, object]>([
    ['HP023', 'an upstream without an account', behind({}, { public: true })],
    [
      'HP050',
      'a scanner and immutable tags, which are separate objects',
      {
        rules: { required: { project: ['scanner', 'immutable_tags'] } },
        projects: { p: { scanner: 'Trivy', immutable_tags: [{ tags: '**' }] } },
      },
    ],
    ['HP040', 'a sandbox on this machine', { harbor: { url: 'http://127.0.0.1:8080' } }],
    [
      'HP025',
      'a release that has no filters',
      {
        harbor: { url: 'https://h.example.com', version: '2.15.2' },
        ...behind({ credential: account }, { public: false }),
      },
    ],
    ['HP025', 'a release that is not known', behind({ credential: account }, { public: false })],
    [
      'HP013',
      'a robot that conform writes with',
      {
        ...behind(
          {},
          {
            conformance: { pull: ['x:1'], write_probe: { robot: 'robot$p+probe', secret: { env: 'S' } } },
            robots: {
              probe: {
                duration: 90,
                secret: { env: 'S' },
                access: [
                  { resource: 'repository', action: 'push' },
                  { resource: 'repository', action: 'pull' },
                ],
              },
            },
          },
        ),
      },
    ],
    [
      'HP020',
      'an access key, which is a name',
      behind(
        {
          type: 'aws-ecr',
          url: 'https://1.dkr.ecr.eu-west-1.amazonaws.com',
          credential: { ...account, access_key: 'AKIAIOSFODNN7EXAMPLE' },
        },
        {},
      ),
    ],
  ])('%s does not find %s', async (id, _what, document) => {
    expect(await found(document)).not.toContain(id);
  });
});

describe('the severity that an organisation gives', () => {
  const bad = rules.find(({ id }) => id === 'HP027')!.declared!.bad;
  const graded = async (severity: object) => {
    const { diagnostics } = judgeDeclared(await declaration({ ...bad, rules: { severity } }), TODAY);
    return diagnostics
      .filter(({ rule }) => ['HP027', 'HP093'].includes(rule))
      .map(({ rule, severity }) => `${rule} ${severity}`);
  };

  it('is raised', async () => {
    expect(await graded({ HP027: 'high' })).toEqual(['HP027 error']);
  });

  it.each<[string, object]>([
    ['lowered', { HP027: 'low' }],
    ['of no rule', { HP999: 'high' }],
  ])('is never %s', async (_what, severity) => {
    expect(await graded(severity)).toEqual(['HP027 warning', 'HP093 error']);
  });
});

it('the shipped policies break no rule that is not waived', async () => {
  const loaded = await loadDeclaration({ directory: join(ROOT, 'policies'), kinds });
  expect(judgeDeclared(loaded.declaration!, TODAY).diagnostics).toEqual([]);
  expect(readFileSync(join(ROOT, 'policies/waivers.yaml'), 'utf8')).toContain('reason:');
});

describe('a registry that is managed elsewhere', () => {
  const judged = async (project: object, more: object = {}) =>
    judgeDeclared(
      await declaration({
        registries: { gen: { external: true } },
        projects: { p: { registry: 'gen', ...project } },
        ...more,
      }),
      TODAY,
    );
  const waiver = {
    rule: 'HP023',
    object: 'project/p',
    reason: 'the account sees nothing',
    owner: 'me',
    expires: TODAY,
  };

  it('is not judged, and neither is a public project in front of it: both are reported', async () => {
    const { notJudged, diagnostics } = await judged({ public: true });
    expect(notJudged).toMatchObject([
      { address: 'registry/gen', rules: expect.arrayContaining(['HP017', 'HP022']) },
      { address: 'project/p', rules: ['HP023'] },
    ]);
    expect(diagnostics.map(({ rule }) => rule)).not.toContain('HP023');
  });

  it('a private project is judged with any registry', async () => {
    const { notJudged } = await judged({ public: false });
    expect(notJudged.map(({ address }) => address)).toEqual(['registry/gen']);
  });

  it('a waiver of what could not be judged is not called idle', async () => {
    const found = await judged({ public: true }, { waivers: [waiver] });
    expect(found.diagnostics.map(({ rule }) => rule)).not.toContain('HP092');
  });
});
