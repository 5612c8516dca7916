import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Declaration } from '../../src/declaration/declaration';
import { kinds } from '../../src/kinds';
import type { PlanInput } from '../../src/plan/make-plan';
import type { ApplyReport } from '../../src/reconcile/result';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/sandbox/fixture-upstream';
import { startScannerAdapter, type ScannerAdapter } from '../../src/sandbox/scanner-adapter';
import { declarationIn, startSandboxRun, type SandboxRun } from '../support/sandbox-run';

/*
 * Who owns what, with no state file: names that change, objects that were there before, and what may be deleted.
 * Every row starts from a Harbor of its own.
 */
let upstream: FixtureUpstream;
let adapter: ScannerAdapter;
let run: SandboxRun;
let directory: string;
beforeAll(async () => {
  upstream = await startFixtureUpstream();
  adapter = await startScannerAdapter();
});
afterAll(async () => {
  await adapter.close();
  await upstream.close();
});
beforeEach(async () => {
  run = await startSandboxRun();
  directory = await mkdtemp(join(tmpdir(), 'breakwater-ownership-'));
});
afterEach(async () => {
  await run.close();
  await rm(directory, { recursive: true });
});

async function declared(document: object): Promise<Declaration> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'policies.yaml'), JSON.stringify(document));
  return declarationIn(directory);
}

async function brought(document: object, options: Partial<PlanInput> = {}): Promise<ApplyReport> {
  const declaration = await declared(document);
  const plan = await run.plan(declaration, options);
  expect(plan.refusals).toEqual([]);
  const report = await run.apply(declaration, plan);
  const { failed, stale, skipped, unknown, differences } = report;
  expect([failed, stale, skipped, unknown, differences]).toEqual([[], [], [], [], []]);
  return report;
}

const registry = (): object => ({ type: 'docker-registry', url: upstream.url });
const secretFree = { event_types: ['PUSH_ARTIFACT'], targets: [{ type: 'http', address: 'https://ci.example.com' }] };

interface Renaming {
  readonly kind: string;
  /** The document with the object under a name, and whatever refers to it. */
  readonly document: (name: string, from?: string) => object;
  readonly address: (name: string) => string;
}

const named = (name: string, value: object, from?: string): object => ({
  [name]: from === undefined ? value : { ...value, renamed_from: from },
});
const renamings: readonly Renaming[] = [
  {
    kind: 'registry',
    document: (name, from) => ({
      registries: named(name, registry(), from),
      projects: { prx: { registry: name, public: true } },
      replications: { nightly: { from: name, dest_namespace: 'base' } },
    }),
    address: (name) => `registry/${name}`,
  },
  {
    kind: 'user-group',
    document: (name, from) => ({
      groups: named(name, { type: 'oidc' }, from),
      projects: { plain: { members: [{ group: name, role: 'maintainer' }] } },
    }),
    address: (name) => `user-group/${name}`,
  },
  {
    kind: 'label',
    document: (name, from) => ({ labels: named(name, { color: '#0065AB' }, from) }),
    address: (name) => `label/${name}`,
  },
  {
    kind: 'label',
    document: (name, from) => ({ projects: { plain: { labels: named(name, { color: '#0065AB' }, from) } } }),
    address: (name) => `label/plain/${name}`,
  },
  {
    kind: 'webhook',
    document: (name, from) => ({ projects: { plain: { webhooks: named(name, secretFree, from) } } }),
    address: (name) => `webhook/plain/${name}`,
  },
  {
    kind: 'replication-policy',
    document: (name, from) => ({ registries: { up: registry() }, replications: named(name, { from: 'up' }, from) }),
    address: (name) => `replication-policy/${name}`,
  },
  {
    kind: 'scanner',
    document: (name, from) => ({
      scanners: named(name, { url: adapter.url }, from),
      projects: { plain: { scanner: name } },
    }),
    address: (name) => `scanner/${name}`,
  },
];

it('has a row for every kind that Harbor can rename', () => {
  const able = kinds.filter(({ renames }) => renames === true).map(({ name }) => name);
  expect([...new Set(renamings.map(({ kind }) => kind))].sort()).toEqual(able.sort());
});

describe.each(renamings.map((row) => [row.address('…'), row] as const))('%s', (_address, { document, address }) => {
  it('is renamed in place, with all that refers to it, and that is all', async () => {
    await brought(document('before'));
    const ids = (await run.plan(await declared(document('before')))).changes;
    expect(ids).toEqual([]);
    const declaration = await declared(document('after', 'before'));
    const plan = await run.plan(declaration);
    expect(plan.changes.map(({ action, address: at }) => [action, at])).toEqual([['update', address('after')]]);
    expect(plan.changes[0]?.fields.filter(({ writeOnly }) => !writeOnly)).toEqual([
      { path: 'name', before: 'before', after: 'after', why: 'renamed' },
    ]);
    const report = await run.apply(declaration, plan);
    expect(report.ok.map(({ detail }) => detail)).toEqual([expect.stringContaining('renamed from')]);
    expect([report.failed, report.stale, report.differences]).toEqual([[], [], []]);
    const second = await run.plan(declaration, { mode: 'sync' });
    expect(second.changes).toEqual([]);
    expect(second.warnings).toEqual([
      { address: address('after'), level: 'info', message: expect.stringContaining('can be removed') },
    ]);
    expect((await run.plan(await declared(document('after')))).changes).toEqual([]);
  });

  it('is created under its new name where the old one is not', async () => {
    const declaration = await declared(document('after', 'before'));
    const plan = await run.plan(declaration);
    expect(plan.changes.find(({ address: at }) => at === address('after'))?.action).toBe('create');
    expect(plan.warnings.map(({ level, message }) => [level, message])).toContainEqual([
      'info',
      expect.stringMatching(/there is no .* to rename/),
    ]);
  });

  it('a rename that somebody else made meanwhile is found as wanted', async () => {
    await brought(document('before'));
    const declaration = await declared(document('after', 'before'));
    const plan = await run.plan(declaration);
    expect((await run.apply(declaration, plan)).failed).toEqual([]);
    const again = await run.apply(declaration, plan);
    expect(again.ok.map(({ adopted }) => adopted)).toEqual([true]);
    expect([again.failed, again.stale, again.differences]).toEqual([[], [], []]);
  });
});

it('refuses where Harbor has both names', async () => {
  const groups = { a: { type: 'oidc' }, b: { type: 'oidc' } };
  await brought({ groups });
  const plan = await run.plan(await declared({ groups: { b: { type: 'oidc', renamed_from: 'a' } } }));
  expect(plan.refusals).toMatchObject([{ rule: 'rename-clash', address: 'user-group/b' }]);
  expect(plan.changes).toEqual([]);
});
