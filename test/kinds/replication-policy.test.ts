import type { ReplicationPolicyWire } from '../../src/kinds/support/replication-wire';
import { replicationPolicy } from '../../src/kinds/replication-policy';
import type { ReplicationSpec } from '../../src/kinds/support/replication-spec';
import { compare } from '../../src/plan/diff';
import { withDouble } from './support/harbor-double';
import { tableRefs } from './support/table-refs';

const refs = tableRefs();
/** As recorded: both sides in full, this Harbor as id 0. */
const local = {
  id: 0,
  name: 'Local',
  type: 'harbor',
  url: 'http://harbor.example.com',
  insecure: true,
  status: 'healthy',
  credential: { access_secret: '*****', type: 'secret' },
};
const hub = { id: 1, name: 'docker-hub', type: 'docker-hub', url: 'https://hub.docker.com', credential: {} };
const stored: ReplicationPolicyWire = {
  id: 5,
  name: 'nightly-base',
  description: 'd',
  src_registry: hub,
  dest_registry: local,
  dest_namespace: 'base',
  dest_namespace_replace_count: 1,
  filters: [
    { type: 'name', value: 'library/**' },
    { type: 'tag', value: 'v*', decoration: 'matches' },
  ],
  trigger: { type: 'scheduled', trigger_settings: { cron: '0 0 2 * * *' } },
  enabled: true,
  override: true,
  speed: 0,
  copy_by_chunk: false,
  single_active_replication: false,
};
const nightly: ReplicationSpec = {
  name: 'nightly-base',
  from: 'docker-hub',
  filters: [
    { type: 'tag', value: 'v*' },
    { type: 'name', value: 'library/**' },
  ],
  trigger: { scheduled: '0 0 2 * * *' },
};

describe('reading', () => {
  it('names the side that is not this Harbor, and fills in every default', () => {
    expect(replicationPolicy.fromWire(stored, refs)).toEqual({
      identity: 'nightly-base',
      id: 5,
      spec: {
        name: 'nightly-base',
        from: 'docker-hub',
        description: 'd',
        filters: [
          { type: 'name', value: 'library/**' },
          { type: 'tag', value: 'v*', decoration: 'matches' },
        ],
        dest_namespace: 'base',
        dest_namespace_replace_count: 1,
        trigger: { scheduled: '0 0 2 * * *' },
        override: true,
        enabled: true,
        deletion: false,
        speed: 0,
        copy_by_chunk: false,
        single_active_replication: false,
      },
    });
  });

  it.each<[string, Partial<ReplicationPolicyWire>, Partial<ReplicationSpec>]>([
    ['a push', { src_registry: local, dest_registry: hub }, { to: 'docker-hub' }],
    [
      'a registry that was not read, by the name that Harbor says with it',
      { src_registry: { ...hub, id: 99, name: 'elsewhere' } },
      { from: 'elsewhere' },
    ],
    ['a registry without any name', { src_registry: { id: 99 } }, { from: '(id 99)' }],
    ['no filters, which Harbor answers as null', { filters: null }, { filters: [] }],
    [
      'filters that let everything pass for none',
      {
        filters: [
          { type: 'name', value: '' },
          { type: 'label', value: [], decoration: 'excludes' },
        ],
      },
      { filters: [] },
    ],
    ['an event', { trigger: { type: 'event_based' } }, { trigger: 'event_based' }],
    ['a schedule that lost its time', { trigger: { type: 'scheduled' } }, { trigger: { scheduled: '' } }],
  ])('reads %s', (_what, wire, spec) => {
    expect(replicationPolicy.fromWire({ ...stored, ...wire }, refs).spec).toMatchObject(spec);
  });

  it('reads fields that Harbor omits as their defaults, also a missing trigger', () => {
    const { id, name, src_registry, filters } = stored;
    const { spec } = replicationPolicy.fromWire({ id, name, src_registry: src_registry!, filters }, refs);
    expect(spec).toMatchObject({ trigger: 'manual', enabled: false, override: false, deletion: false });
    // Before 2.14 there is no such field: a declared `true` has to show as different.
    expect(spec.single_active_replication).toBe(false);
  });

  it('asks for a stable order, and finds a policy by its whole name', async () => {
    const answers = { 'GET /replication/policies': [{ ...stored, id: 4, name: 'nightly-base-2' }, stored] };
    await withDouble({ answers }, async ({ context, queries }) => {
      expect((await replicationPolicy.read(context, 'nightly-base'))?.id).toBe(5);
      expect(await replicationPolicy.read(context, 'nightly')).toBeUndefined();
      expect(queries()[0]).toContain('sort=id');
    });
  });
});

describe('normal form', () => {
  const differs = (a: ReplicationSpec, b: ReplicationSpec) =>
    compare(replicationPolicy.normalise(a), replicationPolicy.normalise(b), replicationPolicy).length > 0;
  const labels = (value: string[], decoration?: string): ReplicationSpec => ({
    ...nightly,
    filters: [{ type: 'label', value, ...(decoration === undefined ? {} : { decoration }) }],
  });

  it.each<[string, ReplicationSpec, ReplicationSpec, boolean]>([
    ['the order of filters', nightly, { ...nightly, filters: [...nightly.filters!].reverse() }, false],
    ['matches, written or not', labels(['a'], 'matches'), labels(['a']), false],
    ['the order of labels', labels(['a', 'b', 'a']), labels(['b', 'a']), false],
    ['excludes', labels(['a'], 'excludes'), labels(['a']), true],
    ['spaces in the schedule', { ...nightly, trigger: { scheduled: ' 0 0  2 * * *' } }, nightly, false],
    ['another schedule', { ...nightly, trigger: { scheduled: '0 0 3 * * *' } }, nightly, true],
    ['a schedule or none', { ...nightly, trigger: 'manual' }, nightly, true],
    ['no limit, in two spellings', { ...nightly, speed: -1 }, { ...nightly, speed: 0 }, false],
    ['a filter less', { ...nightly, filters: nightly.filters!.slice(1) }, nightly, true],
  ])('%s', (_what, a, b, expected) => {
    expect(differs(a, b)).toBe(expected);
  });

  it('shows no limit as a word', () => {
    expect([replicationPolicy.show!('speed', 0), replicationPolicy.show!('speed', 100)]).toEqual([
      'unlimited',
      undefined,
    ]);
  });
});

describe('writing', () => {
  it('creates an enabled policy by default, which Harbor would not', async () => {
    await withDouble({}, async ({ context, written }) => {
      expect(await replicationPolicy.create(context, nightly, new Map())).toEqual({ id: 77 });
      expect(written()).toEqual([
        {
          call: 'POST /replication/policies',
          by: 'robot',
          body: {
            name: 'nightly-base',
            src_registry: { id: 1 },
            description: '',
            filters: [
              { type: 'name', value: 'library/**' },
              { type: 'tag', value: 'v*', decoration: 'matches' },
            ],
            dest_namespace: '',
            dest_namespace_replace_count: -1,
            trigger: { type: 'scheduled', trigger_settings: { cron: '0 0 2 * * *' } },
            override: false,
            enabled: true,
            deletion: false,
            speed: 0,
            copy_by_chunk: false,
            single_active_replication: false,
          },
        },
      ]);
    });
  });

  // PUT takes what is not sent for empty, false or none.
  it('sends the whole policy on an update, with the live values of undeclared fields', async () => {
    const live = replicationPolicy.fromWire(stored, refs);
    const merged = { ...live.spec, enabled: false };
    await withDouble({}, async ({ context, written }) => {
      await replicationPolicy.update(context, { live, merged, changed: ['enabled'] });
      expect(written()).toEqual([
        {
          call: 'PUT /replication/policies/5',
          by: 'robot',
          body: { id: 5, ...replicationPolicy.toWire(merged, refs) },
        },
      ]);
      expect(written()[0]?.body).toMatchObject({ enabled: false, override: true, dest_namespace: 'base' });
    });
  });

  it.each<[string, Partial<ReplicationPolicyWire>, Partial<ReplicationSpec>, object, string]>([
    ['pull to push', {}, { to: 'quay' }, { dest_registry: { id: 2 } }, 'src_registry'],
    [
      'push to pull',
      { src_registry: local, dest_registry: hub },
      { from: 'quay' },
      { src_registry: { id: 2 } },
      'dest_registry',
    ],
  ])('reverses a policy, from %s, with one side only', async (_what, wire, declared, sent, gone) => {
    const live = replicationPolicy.fromWire({ ...stored, ...wire }, refs);
    await withDouble({}, async ({ context, written }) => {
      await replicationPolicy.update(context, { live, merged: { ...live.spec, ...declared }, changed: [] });
      expect(written()[0]?.body).toMatchObject(sent);
      expect(written()[0]?.body).not.toHaveProperty(gone);
    });
  });

  it('refers to the registry that it needs first', () => {
    expect(replicationPolicy.references(nightly)).toEqual([
      { kind: 'registry', identity: 'docker-hub', field: 'from' },
    ]);
    expect(replicationPolicy.references({ name: 'x', to: 'quay' })).toEqual([
      { kind: 'registry', identity: 'quay', field: 'to' },
    ]);
  });
});

describe('hazards', () => {
  const hazards = (
    live: Partial<ReplicationPolicyWire>,
    desired: Partial<ReplicationSpec>,
    action: 'update' | 'delete',
  ) =>
    replicationPolicy.hazards!({
      action,
      live: replicationPolicy.fromWire({ ...stored, ...live }, refs),
      desired: { name: 'nightly-base', ...desired },
      changed: Object.keys(desired),
      identity: {},
      current: [],
      planned: [],
      assumed: [],
      others: () => undefined,
    });
  const push = { src_registry: local, dest_registry: hub };
  const onEvents = { ...push, trigger: { type: 'event_based' } };

  it.each<[string, Partial<ReplicationPolicyWire>, Partial<ReplicationSpec>]>([
    ['an event that a declared single active one meets', onEvents, { single_active_replication: true }],
    [
      'a single active one that a declared event meets',
      { ...push, single_active_replication: true },
      { trigger: 'event_based' },
    ],
    ['an event of a policy that is turned round to pull', onEvents, { from: 'quay' }],
  ])('refuses, never to be allowed, %s', (_what, live, desired) => {
    expect(hazards(live, desired, 'update')).toEqual([
      expect.objectContaining({ rule: 'replication-trigger', enforcement: 'hard-mandatory' }),
    ]);
    expect(hazards(live, desired, 'delete')).toEqual([]);
  });

  it.each<[string, Partial<ReplicationPolicyWire>, Partial<ReplicationSpec>]>([
    ['turned round with a trigger of its own', onEvents, { from: 'quay', trigger: 'manual' }],
    ['a deletion that has no effect', { deletion: true }, { description: 'x' }],
  ])('accepts what is %s', (_what, live, desired) => {
    expect(hazards(live, desired, 'update')).toEqual([]);
  });
});

describe('check', () => {
  const declared: Readonly<Record<string, object>> = {
    'registry/docker-hub': { type: 'docker-hub' },
    'registry/other-harbor': { type: 'harbor' },
    'project/proxy.docker.io': { registry: 'docker-hub' },
    'project/base': {},
  };
  const check = (spec: Partial<ReplicationSpec>) =>
    replicationPolicy.check!({ name: 'x', ...spec }, { declared: (kind, identity) => declared[`${kind}/${identity}`] });
  const pull = { from: 'docker-hub' };
  const push = { to: 'docker-hub' };
  const value = 'x';

  it.each<[Partial<ReplicationSpec>, string, string | undefined, RegExp]>([
    [{}, 'replication-sides', undefined, /needs a registry/],
    [{ ...pull, ...push }, 'replication-sides', 'to', /either from or to/],
    [{ ...pull, name: 'x'.repeat(257) }, 'replication-name', undefined, /1 to 256/],
    [{ ...pull, trigger: { scheduled: '0 2 * * *' } }, 'bad-cron', 'trigger.scheduled', /six fields/],
    [{ ...pull, trigger: { scheduled: '5 0 2 * * *' } }, 'bad-cron', 'trigger.scheduled', /seconds/],
    [{ ...pull, trigger: { scheduled: '0 * 2 * * *' } }, 'bad-cron', 'trigger.scheduled', /minutes/],
    [{ ...pull, trigger: { scheduled: ' ' } }, 'bad-cron', 'trigger.scheduled', /must not be empty/],
    [{ ...pull, trigger: 'event_based' }, 'replication-trigger', 'trigger', /never start/],
    [
      { ...push, trigger: 'event_based', single_active_replication: true },
      'replication-trigger',
      'single_active_replication',
      /500/,
    ],
    [{ ...pull, trigger: 'manual', deletion: true }, 'replication-deletion', 'deletion', /no effect/],
    [
      { ...pull, filters: [{ type: 'name', value, decoration: 'excludes' }] },
      'replication-filter',
      'filters[0]',
      /only tag and label/,
    ],
    [{ ...pull, filters: [{ type: 'resource', value }] }, 'replication-filter', 'filters[0]', /image or artifact/],
    [{ ...push, filters: [{ type: 'label', value }] }, 'replication-filter', 'filters[0]', /a list: \[x\]/],
    [{ ...pull, filters: [{ type: 'tag', value: [value] }] }, 'replication-filter', 'filters[0]', /must be a string/],
    [
      { ...pull, filters: [{ type: 'name', value: 'x'.repeat(1000) }] },
      'replication-filter',
      'filters',
      /1024 characters as JSON, these have 1028/,
    ],
    [
      // As Go writes them, 200 characters are 1,200.
      { ...pull, filters: [{ type: 'name', value: '&'.repeat(200) }] },
      'replication-filter',
      'filters',
      /these have 1228/,
    ],
    [
      { ...pull, filters: [{ type: 'label', value: ['a'] }] },
      'replication-filter',
      'filters[0]',
      /only with another Harbor/,
    ],
    [{ ...pull, dest_namespace: 'Base' }, 'replication-namespace', 'dest_namespace', /lower-case/],
    [{ ...pull, dest_namespace: 'a//b' }, 'replication-namespace', 'dest_namespace', /lower-case/],
    [{ ...pull, dest_namespace: 'proxy.docker.io/x' }, 'replication-into-proxy', 'dest_namespace', /proxy cache/],
    [{ ...push, dest_namespace: 'team/base' }, 'replication-namespace', 'dest_namespace', /two parts/],
    [
      { ...pull, dest_namespace: '', dest_namespace_replace_count: 1 },
      'replication-namespace',
      'dest_namespace_replace_count',
      /no effect/,
    ],
    [{ ...push, copy_by_chunk: true }, 'replication-chunks', 'copy_by_chunk', /Harbor to Harbor/],
  ])('%j', (spec, rule, field, message) => {
    expect(check(spec)).toEqual([
      expect.objectContaining({
        rule,
        message: expect.stringMatching(message),
        ...(field === undefined ? {} : { field }),
      }),
    ]);
  });

  it.each<Partial<ReplicationSpec>>([
    nightly,
    { ...push, trigger: 'event_based', deletion: true },
    { ...push, dest_namespace: 'proxy.docker.io' },
    { ...pull, dest_namespace: 'base/mirror__2', dest_namespace_replace_count: 1 },
    { ...pull, dest_namespace_replace_count: -1 },
    { from: 'other-harbor', filters: [{ type: 'label', value: ['a'] }], copy_by_chunk: true },
    { from: 'declared-elsewhere', filters: [{ type: 'label', value: ['a'] }] },
    { ...pull, trigger: { scheduled: '0 */5 * * * *' }, single_active_replication: true },
  ])('accepts %j', (spec) => {
    expect(check(spec)).toEqual([]);
  });
});
