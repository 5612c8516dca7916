import { fieldsTooNew, objectsOutOfVersion, valuesGone } from '../../../../src/declaration/schema/field-versions';
import { loadDeclaration } from '../../../../src/declaration/load';
import { kinds } from '../../../../src/kinds';
import type { AnyKind, JsonSchema } from '../../../../src/kinds/kind';
import { policiesOnDisk, removePolicies } from '../support/policies-on-disk';

afterEach(removePolicies);

const kindOf = (name: string): AnyKind => kinds.find((kind) => kind.name === name)!;

describe('a field that a Harbor does not know', () => {
  it.each([
    ['project', { max_upstream_conn: 5 }, 'v2.13.5', ['max_upstream_conn']],
    ['project', { max_upstream_conn: 5 }, 'v2.14.4', []],
    ['project', { proxy_cache_local_on_not_found: true }, 'v2.14.4', ['proxy_cache_local_on_not_found']],
    ['project', { proxy_cache_local_on_not_found: true }, 'v2.15.0', ['proxy_cache_local_on_not_found']],
    ['project', { proxy_cache_local_on_not_found: true }, '2.15', []],
    ['project', { proxy_cache_local_on_not_found: true }, 'v2.15.2', []],
    ['project', { max_upstream_conn: 5, proxy_cache_local_on_not_found: true }, 'v2.16.0-c50c7ddd', []],
    ['project', { max_upstream_conn: 5 }, 'v2.9.1', ['max_upstream_conn']],
    ['project', { max_upstream_conn: 5 }, 'dev', []],
    ['registry', { ca_certificate: 'PEM' }, 'v2.14.4', ['ca_certificate']],
    ['gc-schedule', { delete_tag: true }, 'v2.14.4', ['delete_tag']],
    ['project', { proxy_cache_filter_pattern: '**' }, 'v2.15.2', ['proxy_cache_filter_pattern']],
    ['project', { proxy_cache_filter_kind: 'regex' }, 'v2.15.2', ['proxy_cache_filter_kind']],
    ['project', { proxy_referrer_api: true }, 'v2.15.2', ['proxy_referrer_api']],
    ['project', { proxy_cache_filter_pattern: '**', proxy_referrer_api: true }, '2.16', []],
    ['replication-policy', { single_active_replication: true }, 'v2.13.5', ['single_active_replication']],
  ])('%s %j on %s: %j', (kind, spec, version, expected) => {
    expect(fieldsTooNew(kindOf(kind), spec, version).map(({ field }) => field)).toEqual(expected);
  });

  it('does no harm if it declares the current value', () => {
    expect(fieldsTooNew(kindOf('project'), { max_upstream_conn: -1 }, 'v2.13.5')).toEqual([]);
    expect(fieldsTooNew(kindOf('gc-schedule'), { delete_tag: false }, 'v2.13.5')).toEqual([]);
    expect(fieldsTooNew(kindOf('registry'), { ca_certificate: '' }, 'v2.13.5')).toEqual([]);
  });

  it.each(kinds.filter(({ since }) => since).map((kind) => [kind.name, kind] as const))(
    '%s says since when of fields that its schema has',
    (_name, kind) => {
      const { schema } = kind.placements[0]!;
      const forms = [schema, ...((schema['oneOf'] ?? []) as JsonSchema[])];
      const properties = forms.flatMap((form) => Object.keys(form['properties'] ?? {}));
      expect(properties).toEqual(expect.arrayContaining(Object.keys(kind.since!)));
    },
  );
});

describe('a value that a Harbor does not offer any more', () => {
  it.each([
    ['quay', 'v2.13.5', []],
    ['quay', '2.14', ['type']],
    ['gitlab', 'v2.16.0-c50c7ddd', ['type']],
    ['dtr', 'v2.14.4', ['type']],
    ['docker-hub', 'v2.14.4', []],
  ])('%s on %s: %j', (type, version, expected) => {
    const found = valuesGone(kindOf('registry'), { name: 'up', type }, version);
    expect(found.map(({ field }) => field)).toEqual(expected);
    expect(found.map(({ severity }) => severity)).toEqual(expected.map(() => 'warning'));
  });

  it.each(kinds.filter(({ until }) => until).map((kind) => [kind.name, kind] as const))(
    '%s names values that its schema has',
    (_name, kind) => {
      const properties = kind.placements[0]!.schema['properties'] as Record<string, { enum?: readonly string[] }>;
      for (const value of Object.keys(kind.until!)) {
        const [field = '', text] = value.split('=');
        expect(properties[field]?.enum).toContain(text);
      }
    },
  );
});

const policies = (version: string): Record<string, string> => ({
  'a.yaml': [
    `harbor: { url: https://h.example.com${version} }`,
    'registries: { up: { type: docker-registry, url: https://up.example.com } }',
    'projects:',
    '  cache:',
    '    registry: up',
    '    max_upstream_conn: 5',
  ].join('\n'),
});

describe('a declaration', () => {
  const load = async (version: string) => loadDeclaration({ directory: policiesOnDisk(policies(version)), kinds });

  it('is compared with the version that it declares', async () => {
    const { declaration, diagnostics } = await load(', version: "2.13"');
    expect(declaration).toBeUndefined();
    expect(diagnostics).toEqual([
      expect.objectContaining({
        rule: 'field-too-new',
        severity: 'error',
        path: 'projects.cache.max_upstream_conn',
        message: expect.stringContaining('Harbor 2.13 accepts max_upstream_conn but drops it: it needs Harbor 2.14'),
        at: expect.objectContaining({ line: 6 }),
      }),
    ]);
  });

  it.each(['', ', version: "2.14"', ', version: v2.15.2'])('is fine with%s', async (version) => {
    expect((await load(version)).diagnostics).toEqual([]);
  });

  it.each([', version: 2.13', ', version: "latest"'])(
    'with%s is malformed, and nothing else is reported',
    async (version) => {
      const { diagnostics } = await load(version);
      expect(diagnostics.map(({ path }) => path)).toEqual(['harbor.version']);
    },
  );

  it('is compared with the version that a Harbor returns, with the position of each object', async () => {
    const { declaration } = await load('');
    expect(objectsOutOfVersion(declaration!.objects, kinds, 'v2.15.2')).toEqual([]);
    expect(objectsOutOfVersion(declaration!.objects, kinds, 'v2.13.5')).toEqual([
      expect.objectContaining({
        rule: 'field-too-new',
        message: 'project/cache: Harbor 2.13.5 accepts max_upstream_conn but drops it: it needs Harbor 2.14',
        at: expect.objectContaining({ line: 4 }),
      }),
    ]);
  });
});
