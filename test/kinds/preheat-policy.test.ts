import { preheatPolicy, type OwnedPolicyWire, type PreheatPolicySpec } from '../../src/kinds/preheat-policy';
import { withDouble } from './support/harbor-double';
import { tableRefs } from './support/table-refs';

const refs = tableRefs();
const spec: PreheatPolicySpec = {
  project: 'team-a',
  name: 'base',
  provider: 'p2p',
  filters: [{ type: 'tag', value: 'v*' }],
};
const wire: OwnedPolicyWire = { id: 4, project: 'team-a', name: 'base', provider_id: 41, filters: '[]', trigger: '' };

it.each<[string, PreheatPolicySpec['trigger']]>([
  ['', 'manual'],
  ['{"type":"manual"}', 'manual'],
  ['{"type":"event_based"}', 'event_based'],
  ['{"type":"scheduled","trigger_setting":{"cron":"0 0  2 * * *"}}', { scheduled: '0 0 2 * * *' }],
])('reads the trigger %j as %j', (trigger, expected) => {
  expect(preheatPolicy.fromWire({ ...wire, trigger }, refs).spec.trigger).toEqual(expected);
});

it('writes what Harbor keeps as JSON in a string', () => {
  const sent = preheatPolicy.toWire(
    { ...spec, trigger: { scheduled: '0 0 2 * * *' }, extra_attrs: { scope: 'x' } },
    refs,
  );
  expect(sent).toEqual({
    project: 'team-a',
    name: 'base',
    provider_id: 41,
    filters: '[{"type":"tag","value":"v*"}]',
    trigger: '{"type":"scheduled","trigger_setting":{"cron":"0 0 2 * * *"}}',
    enabled: true,
    extra_attrs: '{"scope":"x"}',
  });
});

it('names the instance by what is known of it', () => {
  expect(preheatPolicy.fromWire(wire, refs).spec.provider).toBe('p2p');
  expect(preheatPolicy.fromWire({ ...wire, provider_id: 9, provider_name: 'old' }, refs).spec.provider).toBe('old');
  expect(preheatPolicy.fromWire({ ...wire, provider_id: 9 }, refs).spec.provider).toBe('(id 9)');
});

it('asks once for each project that declares some', async () => {
  const answers = { 'GET /projects/team-a/preheat/policies': [wire] };
  const projects = ['team-a', 'other'].map((name) => ({ project_id: 8, name, repo_count: 0, metadata: {} }));
  await withDouble({ answers }, async ({ read, calls }) => {
    await preheatPolicy.list(read(['team-a'], { project: projects }));
    expect(calls()).toEqual(['GET /projects/team-a/preheat/policies']);
  });
});

it('is changed by the id in the body', async () => {
  const answers = { 'GET /projects/team-a': { project_id: 8 } };
  await withDouble({ answers }, async ({ context, written }) => {
    const live = preheatPolicy.fromWire(wire, refs);
    await preheatPolicy.update(context, { live, merged: { ...live.spec, enabled: false }, changed: ['enabled'] });
    expect(written()).toMatchObject([
      { call: 'PUT /projects/team-a/preheat/policies/base', body: { id: 4, project_id: 8, enabled: false } },
    ]);
  });
});

it.each<[Partial<PreheatPolicySpec>, string[]]>([
  [{}, []],
  [{ name: 'a/b' }, ['preheat-name']],
  [{ filters: [{ type: 'tag', value: true }] }, ['preheat-filter']],
  [{ filters: [{ type: 'repository', value: '' }] }, ['preheat-filter']],
  [
    {
      filters: [
        { type: 'signature', value: true },
        { type: 'vulnerability', value: 3 },
      ],
    },
    [],
  ],
  [{ filters: [...spec.filters, { type: 'tag', value: 'w*' }] }, ['preheat-filter']],
  [{ trigger: { scheduled: '@daily' } }, ['bad-cron']],
  [{ trigger: { scheduled: '0 0 2 * * *' } }, []],
])('check of %j: %j', (more, rules) => {
  const found = preheatPolicy.check!({ ...spec, ...more }, { declared: () => undefined });
  expect(found.map(({ rule }) => rule)).toEqual(rules);
});

it('lives in its project, and needs its instance', () => {
  expect(preheatPolicy.references(spec)).toEqual([
    { kind: 'project', identity: 'team-a', field: '', owner: true },
    { kind: 'preheat-instance', identity: 'p2p', field: 'provider' },
  ]);
});
