import { importText, type Importable } from '../../../src/import';
import { kinds } from '../../../src/kinds';

const specs = ({ objects }: Importable): Record<string, object> =>
  Object.fromEntries(objects.map(({ kind, spec }) => [`${kind.name}/${kind.identity(spec)}`, spec]));
const left = ({ leftOut }: Importable): string[] =>
  leftOut.map(({ address, field, reason }) => `${address}${field === undefined ? '' : ` ${field}`}: ${reason}`);
const terraform = (document: object): Importable => importText('main.tf.json', JSON.stringify(document), kinds);

describe('a configuration in JSON', () => {
  it.each<[string, object]>([
    [
      'a list of blocks',
      { resource: [{ harbor_project: { a: { name: 'a' } } }, { harbor_project: { b: { name: 'b' } } }] },
    ],
    ['a list of names', { resource: { harbor_project: [{ a: { name: 'a' } }, { b: { name: 'b' } }] } }],
    ['lists at each level', { resource: [{ harbor_project: [{ a: [{ name: 'a' }] }, { b: [{ name: 'b' }] }] }] }],
  ])('is read with %s', (_case, document) => {
    expect(Object.keys(specs(terraform(document)))).toEqual(expect.arrayContaining(['project/a', 'project/b']));
  });

  it('names the modules that it calls, because their resources are in other files', () => {
    const imported = terraform({
      module: { cache: { source: './m' } },
      resource: { harbor_project: { a: { name: 'a' } } },
    });
    expect(left(imported)).toEqual([expect.stringMatching(/^module\.cache: what is in a module is not in this file/)]);
  });

  it('takes words that every object has for words', () => {
    const imported = terraform({
      resource: {
        harbor_registry: { r: { name: 'r', provider_name: 'constructor' } },
        harbor_garbage_collection: { g: { schedule: 'toString' } },
        harbor_config_auth: { a: { auth_mode: 'ldap_auth', ldap_scope: 'valueOf' } },
      },
    });
    expect(specs(imported)).toMatchObject({
      'registry/r': { type: 'constructor' },
      'gc-schedule/harbor': { cron: 'toString' },
    });
    expect(left(imported)).toEqual([
      'harbor_config_auth.a ldap_scope: "valueOf" is not one of base, onelevel, subtree',
    ]);
  });
});

describe('a retention rule with more than the provider sends', () => {
  const rule = (more: object): Importable =>
    terraform({
      resource: {
        harbor_project: { p: { name: 'p' } },
        harbor_retention_policy: {
          p: { scope: '${harbor_project.p.id}', schedule: 'Daily', rule: { repo_matching: '**', ...more } },
        },
      },
    });
  it.each<[string, object, object, readonly string[]]>([
    [
      'counts',
      { n_days_since_last_push: 5, most_recently_pushed: 3, always_retain: true },
      { template: 'nDaysSinceLastPush', params: { nDaysSinceLastPush: 5 } },
      [
        'harbor_retention_policy.p rule[0] most_recently_pushed: the provider sends only n_days_since_last_push',
        'harbor_retention_policy.p rule[0] always_retain: the provider sends only n_days_since_last_push',
      ],
    ],
    [
      'patterns',
      { always_retain: true, tag_matching: 'a', tag_excluding: 'b' },
      { template: 'always', tags_exclude: 'b' },
      ['harbor_retention_policy.p rule[0] tag_matching: the provider sends only tag_excluding'],
    ],
  ])('is imported as it is in Harbor, and is reported: %s', (_case, more, expected, told) => {
    const imported = rule(more);
    const { rules } = specs(imported)['retention/p'] as { readonly rules: readonly Record<string, unknown>[] };
    expect(rules[0]).toMatchObject(expected);
    expect(rules[0]).not.toHaveProperty('tags', 'a');
    expect(left(imported)).toEqual(told);
  });

  it('an immutability rule with both patterns, too', () => {
    const imported = terraform({
      resource: {
        harbor_project: { p: { name: 'p' } },
        harbor_immutable_tag_rule: {
          r: { project_id: '${harbor_project.p.id}', tag_matching: 'a', repo_matching: 'b', repo_excluding: 'c' },
        },
      },
    });
    expect(Object.values(specs(imported))).toContainEqual(
      expect.objectContaining({ tags: 'a', repositories_exclude: 'c' }),
    );
    expect(left(imported)).toEqual([
      'harbor_immutable_tag_rule.r repo_matching: the provider sends only repo_excluding',
    ]);
  });
});

it.each([
  [
    'spec.system',
    'goharbor.io/v1alpha1',
    'spec: { system: [{ auth_mode: db_auth }], projects: [] }',
    'it is not a map',
  ],
  ['spec', 'goharbor.io/v1alpha1', 'spec: [a]', 'it is not a map'],
  ['spec', 'goharbor.io/v1beta1', '', 'it is empty'],
  ['spec.configuration', 'goharbor.io/v1beta1', 'spec: { configuration: [a] }', 'it is not a map'],
])('%s of %s that is not a map is reported: %s', (address, apiVersion, spec, why) => {
  const text = `apiVersion: ${apiVersion}\nkind: HarborConfiguration\n${spec}\n`;
  expect(left(importText('x.yaml', text, kinds))).toEqual([`${address}: ${why}: nothing of it is imported`]);
});
