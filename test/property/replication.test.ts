import fc from 'fast-check';
import { kinds } from '../../src/kinds';
import { replicationPolicy } from '../../src/kinds/replication-policy';
import type { ReplicationSpec } from '../../src/kinds/support/replication-spec';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { declare } from '../support/declare';
import { startSandboxRun, type SandboxRun } from '../support/sandbox-run';

/*
 * One Harbor for all: every step declares other fields of the same policies, so that each plan starts from what
 * the steps before it left behind.
 */
let upstream: FixtureUpstream;
let run: SandboxRun;
beforeAll(async () => {
  [upstream, run] = await Promise.all([startFixtureUpstream(), startSandboxRun()]);
});
afterAll(async () => {
  await run.close();
  await upstream.close();
});

const pattern = fc.constantFrom('library/**', '{a,b}/*', 'v1.*', '<&>');
const decoration = fc.constantFrom('matches', 'excludes');
const filter = fc.oneof(
  fc.record({ type: fc.constant('name'), value: pattern }),
  fc.record({ type: fc.constant('tag'), value: pattern, decoration }, { requiredKeys: ['type', 'value'] }),
  fc.record({
    type: fc.constant('label'),
    value: fc.subarray(['x', 'y', 'z'], { minLength: 1 }),
    decoration,
  }),
);
const FIELDS: { readonly [Field in keyof ReplicationSpec]?: fc.Arbitrary<unknown> } = {
  description: fc.constantFrom('', 'one', 'two'),
  filters: fc.array(filter, { maxLength: 3 }),
  dest_namespace: fc.constantFrom('', 'base', 'base/mirror'),
  dest_namespace_replace_count: fc.constantFrom(-1, 0, 3),
  trigger: fc.constantFrom<unknown>(
    'manual',
    'event_based',
    { scheduled: '0 0 2 * * *' },
    { scheduled: '0 30  2 * * 1' },
  ),
  override: fc.boolean(),
  enabled: fc.boolean(),
  deletion: fc.boolean(),
  speed: fc.constantFrom(-1, 0, 512),
  copy_by_chunk: fc.boolean(),
  single_active_replication: fc.boolean(),
};
const side = fc.constantFrom('from', 'to');
const policy = (name: string): fc.Arbitrary<ReplicationSpec> =>
  fc
    .tuple(side, fc.constantFrom('r1', 'r2'), fc.record(FIELDS, { requiredKeys: [] }))
    .map(([key, registry, fields]) => ({ name, [key]: registry, ...fields }) as ReplicationSpec)
    .filter((spec) => isClean(spec));

function isClean(spec: ReplicationSpec): boolean {
  const findings = replicationPolicy.check!(spec, { declared: () => undefined });
  return findings.every(({ severity }) => severity === 'warning');
}

function declarationOf(policies: readonly ReplicationSpec[]): ReturnType<typeof declare> {
  const registries = ['r1', 'r2'].map((name) => ({ name, type: 'docker-registry', url: upstream.url }));
  return declare({ registry: registries, 'replication-policy': policies }, { prune: ['replication-policy'], kinds });
}

const someOf = fc.subarray(['p1', 'p2']).chain((names) => fc.tuple(...names.map(policy)));
const steps = fc.array(someOf, { minLength: 1, maxLength: 4 });

it('with any next declaration, one apply converges or the plan names the reason', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (next) => {
      for (const policies of next) {
        const declaration = declarationOf(policies);
        const plan = await run.plan(declaration, { mode: 'sync' });
        // The guard refuses what the fields that are not declared make impossible.
        if (plan.refusals.length > 0) continue;
        const report = await run.apply(declaration, plan);
        expect(report.failed.map(({ address, detail }) => `${address}: ${detail}`)).toEqual([]);
        expect(report.differences).toEqual([]);
        expect((await run.plan(declaration, { mode: 'sync' })).changes).toEqual([]);
      }
    }),
    { numRuns: 60, endOnFailure: true },
  );
}, 120_000);

/** Every field that can be declared, and a change of it through Harbor's API. */
const DRIFTS: readonly (readonly [field: keyof ReplicationSpec, declared: unknown, changed: object])[] = [
  ['description', 'one', { description: 'two' }],
  ['filters', [{ type: 'name', value: 'a' }], { filters: [{ type: 'name', value: 'b' }] }],
  ['dest_namespace', 'base', { dest_namespace: 'elsewhere' }],
  ['dest_namespace_replace_count', 1, { dest_namespace_replace_count: 0 }],
  ['trigger', { scheduled: '0 0 2 * * *' }, { trigger: { type: 'manual' } }],
  ['override', true, { override: false }],
  ['enabled', true, { enabled: false }],
  ['deletion', true, { deletion: false }],
  ['speed', 512, { speed: 0 }],
  ['copy_by_chunk', true, { copy_by_chunk: false }],
  ['single_active_replication', true, { single_active_replication: false }],
];

it('has a drift for every field', () => {
  expect(DRIFTS.map(([field]) => field).sort()).toEqual(Object.keys(FIELDS).sort());
});

it.each(DRIFTS)('a manual change of %s is detected, and nothing else', async (field, declared, changed) => {
  const spec = { name: 'drifting', to: 'r1', [field]: declared };
  const declaration = declarationOf([spec]);
  await run.apply(declaration, await run.plan(declaration));
  const all = await run.client.list<{ id: number; name: string }>('/replication/policies');
  const stored = all.find(({ name }) => name === 'drifting')!;
  await run.client.put(`/replication/policies/${stored.id}`, { ...stored, ...changed });
  const { changes } = await run.plan(declaration);
  expect(changes.map(({ address, fields }) => [address, ...fields.map(({ path }) => path)])).toEqual([
    ['replication-policy/drifting', field],
  ]);
  await run.client.delete(`/replication/policies/${stored.id}`);
});
