import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Declaration } from '../../src/declaration/declaration';
import { kinds } from '../../src/kinds';
import type { PlanInput } from '../../src/plan/make-plan';
import type { ApplyReport } from '../../src/reconcile/result';
import type { Json, JsonObject } from '../../src/json';
import type { Pruned } from '../kinds/kit';
import { kitted } from '../kinds/kits';
import { merged } from '../kinds/support/merged';
import { startWorld, type TestWorld } from '../kinds/support/world';
import { cli, directoryWith } from '../support/cli';
import { declarationIn, startSandboxRun, type SandboxRun } from '../support/sandbox-run';

/*
 * Who owns what, with no state file: names that change, objects that were there before, and what may be deleted.
 * Every row starts from a Harbor of its own.
 */
let world: TestWorld;
let run: SandboxRun;
let directory: string;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  await world.close();
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
  const { plan, report } = await run.planAndApply(await declared(document), options);
  expect(plan.refusals).toEqual([]);
  const { failed, stale, skipped, unknown, differences } = report;
  expect([failed, stale, skipped, unknown, differences]).toEqual([[], [], [], [], []]);
  return report;
}

const registry = (): object => ({ type: 'docker-registry', url: world.upstream });
const renamings = kitted.flatMap(({ kit }) => kit.renamed ?? []);

describe.each(renamings.map((row) => [row.address('…'), row] as const))(
  '%s',
  (_address, { document: documentOf, address }) => {
    const document = (name: string, from?: string): object => documentOf(name, from, world);

    it('is renamed in place, with everything that refers to it, and nothing else changes', async () => {
      await brought(document('before'));
      const ids = (await run.plan(await declared(document('before')))).changes;
      expect(ids).toEqual([]);
      const declaration = await declared(document('after', 'before'));
      const { plan, report } = await run.planAndApply(declaration);
      expect(plan.changes.map(({ action, address: at }) => [action, at])).toEqual([['update', address('after')]]);
      expect(plan.changes[0]?.fields.filter(({ writeOnly }) => !writeOnly)).toEqual([
        { path: 'name', before: 'before', after: 'after', why: 'renamed' },
      ]);
      expect(report.ok.map(({ detail }) => detail)).toEqual([expect.stringContaining('renamed from')]);
      expect([report.failed, report.stale, report.differences]).toEqual([[], [], []]);
      const second = await run.plan(declaration, { mode: 'sync' });
      expect(second.changes).toEqual([]);
      expect(second.warnings).toEqual([
        { address: address('after'), level: 'info', message: expect.stringContaining('is already renamed') },
      ]);
      expect((await run.plan(await declared(document('after')))).changes).toEqual([]);
    });

    it('is created under its new name if the old one is not', async () => {
      const declaration = await declared(document('after', 'before'));
      const plan = await run.plan(declaration);
      expect(plan.changes.find(({ address: at }) => at === address('after'))?.action).toBe('create');
      expect(plan.warnings.map(({ level, message }) => [level, message])).toContainEqual([
        'info',
        expect.stringMatching(/does not exist, so this object is created with its new name/),
      ]);
    });

    it('a rename that someone else made in the meantime is as declared', async () => {
      await brought(document('before'));
      const declaration = await declared(document('after', 'before'));
      const { plan, report } = await run.planAndApply(declaration);
      expect(report.failed).toEqual([]);
      const again = await run.apply(declaration, plan);
      expect(again.ok.map(({ adopted }) => adopted)).toEqual([true]);
      expect([again.failed, again.stale, again.differences]).toEqual([[], [], []]);
    });
  },
);

it('refuses if Harbor has both names', async () => {
  const groups = { a: { type: 'oidc' }, b: { type: 'oidc' } };
  await brought({ groups });
  const plan = await run.plan(await declared({ groups: { b: { type: 'oidc', renamed_from: 'a' } } }));
  expect(plan.refusals).toMatchObject([{ rule: 'rename-clash', address: 'user-group/b' }]);
  expect(plan.changes).toEqual([]);
});

interface Prunable extends Pruned {
  readonly kind: string;
}

const prunables: readonly Prunable[] = kitted.flatMap(({ name, kit }) =>
  (kit.pruned ?? []).map((row) => ({ ...row, kind: name })),
);

/** One object of every kind that Harbor can delete, beside what they need. */
const everything = (): Tree =>
  merged([
    { projects: { library: {}, plain: {} } },
    ...prunables.map(({ container, value }) => {
      // Below the root `kept` has to be there too, so that no list of it is empty.
      const named = (names: readonly ('kept' | 'spare')[]): JsonObject =>
        Object.fromEntries(names.map((name) => [name, value(world, name)]));
      const isRoot = container[0] !== 'projects';
      const list = value(world, 'spare');
      const held = Array.isArray(list) ? list : named(isRoot ? ['kept', 'spare'] : ['spare']);
      return container.reduceRight<Json>((below, key) => ({ [key]: below }), held) as JsonObject;
    }),
  ]);

type Tree = Record<string, unknown>;

/** A copy in which `change` has been made to what holds `last`. */
function changed(tree: Tree, path: readonly string[], change: (parent: Tree, last: string) => void): Tree {
  const copy = structuredClone(tree);
  const last = path.at(-1) ?? '';
  change(
    path.slice(0, -1).reduce<Tree>((at, key) => at[key] as Tree, copy),
    last,
  );
  return copy;
}

/** The list stays, and does not name the object any more. */
function emptied(tree: Tree, { container }: Prunable): Tree {
  return changed(tree, container, (parent, last) => {
    const list = parent[last];
    if (Array.isArray(list)) parent[last] = [];
    else delete (list as Tree)['spare'];
  });
}

describe('deleting objects that are no longer declared', () => {
  let full: SandboxRun;
  beforeAll(async () => {
    full = await startSandboxRun();
    const folder = await mkdtemp(join(tmpdir(), 'breakwater-ownership-'));
    await writeFile(join(folder, 'policies.yaml'), JSON.stringify(everything()));
    const declaration = await declarationIn(folder);
    const report = await full.apply(declaration, await full.plan(declaration));
    expect([...report.failed, ...report.skipped, ...report.stale, ...report.unknown]).toEqual([]);
    await rm(folder, { recursive: true });
  });
  afterAll(async () => {
    await full.close();
  });

  /** Addresses that would be deleted, and the rules that refuse. */
  async function deletesOf(tree: Tree, options: Partial<PlanInput> = {}): Promise<{ gone: string[]; rules: string[] }> {
    const plan = await full.plan(await declared(tree), { mode: 'sync', ...options });
    const gone = plan.changes.filter(({ action }) => action === 'delete').map(({ address }) => address);
    return { gone, rules: plan.refusals.map(({ rule }) => rule) };
  }

  const rows = prunables.map((row) => [row.address, row] as const);

  it.each(rows)('%s is deleted only with prune of its kind and --mode sync', async (address, row) => {
    const tree = emptied(everything(), row);
    const others = Object.fromEntries(
      prunables.filter(({ kind }) => kind !== row.kind).map(({ kind }) => [kind, true]),
    );
    expect((await deletesOf(tree)).gone).toEqual([]);
    expect((await deletesOf({ ...tree, prune: others })).gone).toEqual([]);
    expect((await deletesOf({ ...tree, prune: { [row.kind]: true } }, { mode: 'upsert-only' })).gone).toEqual([]);
    expect((await deletesOf({ ...tree, prune: { [row.kind]: true } })).gone).toEqual([
      expect.stringContaining(address),
    ]);
  });

  const lists = rows.filter(([, { kind, container }]) =>
    container[0] === 'projects' ? kind !== 'project' : twoPlaced(kind),
  );

  it.each(lists)('%s stays if its list is not declared', async (_address, row) => {
    const tree = changed(everything(), row.container, (parent, last) => delete parent[last]);
    expect((await deletesOf({ ...tree, prune: { [row.kind]: true } })).gone).toEqual([]);
  });

  const children = rows.filter(([, { container }]) => container.length > 2);

  it.each(children)('%s stays in a protected project', async (address, row) => {
    const tree = changed(emptied(everything(), row), ['projects', 'plain', 'protect'], (parent, last) => {
      parent[last] = true;
    });
    const { gone, rules } = await deletesOf({ ...tree, prune: { [row.kind]: true } });
    expect(gone).toEqual([expect.stringContaining(address)]);
    expect(rules).toContain('protected');
  });

  it.each(children)('%s stays by default of its project', async (_address, row) => {
    const tree = changed(everything(), ['projects', 'plain'], (parent, last) => delete parent[last]);
    expect((await deletesOf({ ...tree, prune: { [row.kind]: true } })).gone).toEqual([]);
  });

  const names = kinds.filter(({ deletable }) => !deletable).map(({ name }) => name);

  it.each(names)('prune accepts no %s: Harbor cannot delete it', async (name) => {
    await expect(declared({ ...everything(), prune: { [name]: true } })).rejects.toThrow(/unknown key/);
  });
});

/** Of the whole Harbor, and of a project. */
function twoPlaced(kind: string): boolean {
  return (kinds.find(({ name }) => name === kind)?.placements.length ?? 0) > 1;
}

describe('plan --base', () => {
  const SECRETS = { HARBOR_PASSWORD: 'Harbor12345' };
  const policies = (groups: object): string =>
    JSON.stringify({
      harbor: { url: run.sandbox.url, username: 'admin', password: { env: 'HARBOR_PASSWORD' } },
      groups,
    });

  it('shows a pull request what already exists in Harbor', async () => {
    await brought({ groups: { here: { type: 'oidc' } } });
    const before = directoryWith({ 'a.yaml': policies({}) });
    const after = directoryWith({ 'a.yaml': policies({ here: { type: 'oidc' }, fresh: { type: 'oidc' } }) });
    const { out, code } = await cli(['plan', '--policies', after, '--base', before], SECRETS);
    expect(code).toBe(0);
    expect(out).toMatch(/= user-group\/here.*\n *\(adopted: it exists in Harbor, as declared\)/);
    expect(out).toContain('1 adopted');
    const known = await cli(['plan', '--policies', after, '--base', after], SECRETS);
    expect(known.out).not.toContain('adopted');
  });

  it('treats a directory without policies as an empty declaration', async () => {
    await brought({ groups: { here: { type: 'oidc' } } });
    const after = directoryWith({ 'a.yaml': policies({ here: { type: 'oidc' } }) });
    const { out, code } = await cli(
      ['plan', '--policies', after, '--base', directoryWith({ 'README.md': '' })],
      SECRETS,
    );
    expect(code).toBe(0);
    expect(out).toContain('1 adopted');
  });

  it('ends if the base cannot be read', async () => {
    const after = directoryWith({ 'a.yaml': policies({}) });
    const broken = directoryWith({ 'a.yaml': 'nonsense: true' });
    const { code, err } = await cli(['plan', '--policies', after, '--base', broken], SECRETS);
    expect(code).toBe(1);
    expect(err).toContain('--base');
  });
});

it('a saved plan with a rename is applied, and only as long as the object is as it was', async () => {
  const label = (name: string, more: object = {}): object => ({ labels: { [name]: { color: '#0065AB', ...more } } });
  await brought(label('before'));
  const declaration = await declared(label('after', { renamed_from: 'before' }));
  const plan = await run.plan(declaration);
  await brought(label('before', { color: '#FF8400' }));
  const report = await run.apply(declaration, plan);
  expect(report.stale).toMatchObject([{ address: 'label/after', field: 'color' }]);
});

it('a name that was taken meanwhile is stale, and nothing is written', async () => {
  const label = (name: string, more: object = {}): object => ({ labels: { [name]: { color: '#0065AB', ...more } } });
  await brought(label('before'));
  const declaration = await declared(label('after', { renamed_from: 'before' }));
  const plan = await run.plan(declaration);
  await brought(label('after'));
  const report = await run.apply(declaration, plan);
  expect(report.stale).toMatchObject([{ address: 'label/after', field: 'name' }]);
});

it('after any renames and adoptions, one apply converges and the next plan is empty', async () => {
  const names = ['a', 'b', 'c', 'd'];
  const step = fc.record({
    group: fc.constantFrom(...names),
    registry: fc.constantFrom(...names),
    public: fc.boolean(),
    stray: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 5 }), async (steps) => {
      const fresh = await startSandboxRun();
      try {
        let last: (typeof steps)[number] | undefined;
        for (const next of steps) {
          const from = (old: string | undefined, now: string) => (old && old !== now ? { renamed_from: old } : {});
          if (next.stray)
            await fresh.client.post('/labels', { name: `stray-${next.group}`, scope: 'g' }).catch(() => {});
          const declaration = await declared({
            registries: { [next.registry]: { ...registry(), ...from(last?.registry, next.registry) } },
            groups: { [next.group]: { type: 'oidc', ...from(last?.group, next.group) } },
            labels: { [`stray-${next.group}`]: { color: '#0065AB' } },
            projects: {
              prx: { registry: next.registry, public: next.public, members: [{ group: next.group, role: 'guest' }] },
            },
          });
          const { plan, report } = await fresh.planAndApply(declaration);
          expect(plan.refusals).toEqual([]);
          const kindsMade = plan.changes.filter(({ action }) => action === 'create').map(({ kind }) => kind);
          if (last) expect(kindsMade.filter((kind) => kind !== 'label')).toEqual([]);
          expect([report.failed, report.stale, report.skipped, report.unknown, report.differences]).toEqual([
            [],
            [],
            [],
            [],
            [],
          ]);
          expect((await fresh.plan(declaration)).changes).toEqual([]);
          last = next;
        }
      } finally {
        await fresh.close();
      }
    }),
    { numRuns: 12 },
  );
}, 60_000);
