import { replicationPolicyShape } from '../../src/kinds/support/replication-wire';
import fc from 'fast-check';
import type { KindKit } from './kit';
import {
  anyName,
  anyText,
  flag,
  map,
  named as namedOf,
  one,
  pattern,
  registryName,
  shortName,
  some,
  writtenText,
} from './support/arbitraries';
import { byId, named, whole } from './support/by-hand';
import { under } from './support/written';

const decoration = fc.constantFrom('matches', 'excludes');
const labels = fc.array(shortName, { minLength: 1, maxLength: 3 });
const filters = fc.oneof(
  fc.record({ type: fc.constant('name'), value: pattern }),
  fc.record({ type: fc.constant('resource'), value: fc.constantFrom('image', 'artifact') }),
  fc.record({ type: fc.constant('tag'), value: pattern, decoration }, { requiredKeys: ['type', 'value'] }),
  fc.record({ type: fc.constant('label'), value: labels, decoration }, { requiredKeys: ['type', 'value'] }),
);
const optional = fc.record(
  {
    description: anyText,
    filters: fc.array(filters, { maxLength: 4 }),
    dest_namespace: fc.constantFrom('', 'base', 'base/mirror'),
    dest_namespace_replace_count: fc.integer({ min: -1, max: 127 }),
    trigger: fc.constantFrom<unknown>('manual', 'event_based', { scheduled: ' 0  15 2 * * 1' }),
    override: fc.boolean(),
    enabled: fc.boolean(),
    deletion: fc.boolean(),
    speed: fc.integer({ min: -1, max: 2 ** 31 - 1 }),
    copy_by_chunk: fc.boolean(),
    single_active_replication: fc.boolean(),
  },
  some,
);
const library = { type: 'name', value: 'library/**' };
const up = (upstream: string) => ({ up: { type: 'docker-registry', url: upstream } });

export const kit: KindKit = {
  specs: optional.chain((rest) =>
    fc
      .oneof(fc.record({ name: anyName, from: registryName }), fc.record({ name: anyName, to: registryName }))
      .map((own) => ({ ...own, ...rest })),
  ),
  answered: {
    added: () => ({ id: 8 }),
    always: ['dest_namespace_replace_count', 'speed', 'copy_by_chunk', 'single_active_replication'],
  },
  recorded: { path: /^\/replication\/policies(\/<id>)?$/, shape: replicationPolicyShape },
  places: {
    'replications.*': {
      defaults: 'replication',
      valid: [
        { from: 'x' },
        {
          to: 'x',
          trigger: 'event_based',
          filters: [{ type: 'label', value: ['a'], decoration: 'excludes' }],
          speed: -1,
        },
        { from: 'x', trigger: { scheduled: '0 0 2 * * *' }, dest_namespace_replace_count: 0 },
      ],
      invalid: [
        [{ from: 'x', trigger: 'hourly' }, 'an unknown trigger'],
        [{ from: 'x', trigger: {} }, 'no schedule'],
        [{ from: 'x', filters: [{ type: 'tag', value: '' }] }, 'an empty pattern'],
        [{ from: 'x', filters: [{ type: 'repository', value: 'x' }] }, 'an unknown filter'],
        [{ from: 'x', dest_namespace_replace_count: 128 }, 'more than an int8'],
        [{ src_registry: { id: 1 } }, 'a numeric id'],
      ],
    },
  },
  declared: () => ({
    replications: {
      base: {
        from: 'up',
        description: 'ours',
        filters: [library],
        dest_namespace: 'base',
        dest_namespace_replace_count: 1,
        trigger: { scheduled: '0 0 2 * * *' },
        override: true,
        enabled: true,
        deletion: false,
        speed: 10,
        copy_by_chunk: true,
        single_active_replication: true,
      },
    },
  }),
  byHand: {
    changes: whole(
      'replication-policy/base',
      { list: '/replication/policies', find: named('base'), path: byId('/replication/policies') },
      {
        description: { description: 'by hand' },
        filters: { filters: [] },
        dest_namespace: { dest_namespace: 'elsewhere' },
        dest_namespace_replace_count: { dest_namespace_replace_count: 2 },
        trigger: { trigger: { type: 'manual' } },
        override: { override: false },
        enabled: { enabled: false },
        deletion: { deletion: true, replicate_deletion: true },
        speed: { speed: 99 },
        copy_by_chunk: { copy_by_chunk: false },
        single_active_replication: { single_active_replication: false },
      },
    ),
    untried: {
      from: 'turned round in test/integration/replication.test.ts',
      to: 'turned round in test/integration/replication.test.ts',
    },
  },
  dropped: {
    single_active_replication: ({ upstream }) => ({
      registries: up(upstream),
      replications: { r: { from: 'up', single_active_replication: true } },
    }),
  },
  renamed: [
    {
      address: (name) => `replication-policy/${name}`,
      document: (name, from, { upstream }) => ({
        registries: up(upstream),
        replications: under(name, { from: 'up' }, from),
      }),
    },
  ],
  pruned: [{ address: 'replication-policy/spare', container: ['replications'], value: () => ({ from: 'kept' }) }],
  lives: [
    {
      spec: () => ({
        name: 'nightly-base',
        from: 'up',
        filters: [{ type: 'tag', value: '*-rc*', decoration: 'excludes' }, library],
        dest_namespace: 'base',
        trigger: { scheduled: '0 0 2 * * *' },
        speed: 1024,
      }),
      change: { filters: [], trigger: 'manual', enabled: false, override: true, speed: -1, description: 'by hand' },
    },
    {
      spec: () => ({ name: 'outward', to: 'up', trigger: 'event_based', deletion: true }),
      change: {
        trigger: { scheduled: '0 30 1 * * 0' },
        deletion: false,
        single_active_replication: true,
        dest_namespace: 'copies/here',
        dest_namespace_replace_count: 1,
        copy_by_chunk: true,
      },
    },
  ],
  drawn: () => ({
    root: {
      replications: namedOf({
        base: map(
          { from: 'up' },
          {
            filters: one([library], []),
            dest_namespace: one('base', 'mirror'),
            trigger: one<unknown>('manual', { scheduled: '0 0 2 * * *' }),
            override: flag,
            description: writtenText,
          },
        ),
      }),
    },
  }),
};
