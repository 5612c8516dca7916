import fc from 'fast-check';
import { PlanRefusedError } from '../../src/errors';
import type { Plan } from '../../src/plan/plan';
import type { ApplyReport } from '../../src/reconcile/result';
import { declare } from '../support/declare';
import { applyTo, planFor } from '../support/reconcile';
import type { StoreDouble } from '../support/store-double';
import { cases, specsOf, storeOf, type Case } from './worlds';

const KINDS = ['shelf', 'box', 'limit', 'tidy', 'label'];

function declarationOf({ declared, prune, protect }: Case) {
  return declare(specsOf(declared), { prune, protect });
}

/** Everything in the store, by address, without what only the store knows. */
function contents(store: StoreDouble): Map<string, object> {
  return new Map(
    KINDS.flatMap((kind) =>
      [...store.all(kind)].map(([identity, thing]): [string, object] => [
        `${kind}/${identity}`,
        structuredClone(thing),
      ]),
    ),
  );
}

/** Addresses that the plan may touch: its own, and what lives in what goes. */
function reachOf(plan: Plan): (address: string) => boolean {
  const own = new Set(plan.changes.map(({ address }) => address));
  const made = plan.changes
    .filter(({ action, kind }) => kind === 'box' && action !== 'update')
    .map(({ identity }) => identity);
  return (address) =>
    own.has(address) || made.some((box) => address.split('/')[1] === box && !address.startsWith('box/'));
}

function counted({ ok, failed, stale, skipped, unknown }: ApplyReport): string[] {
  return [...ok, ...failed, ...stale, ...skipped, ...unknown].map(({ address }) => address).sort();
}

describe('any declaration and any live state', () => {
  it('one apply makes it so, the next plan is empty, and nothing else is touched', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const [store, declaration] = [storeOf(one.live), declarationOf(one)];
        const plan = await planFor(store, declaration, { mode: one.mode });
        const before = contents(store);
        if (plan.refusals.length > 0) {
          await expect(applyTo(store, declaration, plan)).rejects.toThrow(PlanRefusedError);
          expect(contents(store)).toEqual(before);
          return;
        }
        const report = await applyTo(store, declaration, plan);
        expect(report.ok.map(({ address }) => address).sort()).toEqual(
          plan.changes.map(({ address }) => address).sort(),
        );
        expect(report.differences).toEqual([]);
        expect((await planFor(store, declaration, { mode: one.mode })).changes).toEqual([]);
        const mine = reachOf(plan);
        const untouched = [...before].filter(([address]) => !mine(address));
        const after = contents(store);
        expect(untouched.map(([address]) => [address, after.get(address)])).toEqual(untouched);
      }),
      { numRuns: 400 },
    );
  });

  it('deletes only in mode sync, only pruned kinds, never what is declared or protected', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const declaration = declarationOf(one);
        const plan = await planFor(storeOf(one.live), declaration, { mode: one.mode });
        const declared = new Set(declaration.objects.map(({ address }) => address));
        for (const { action, kind, address } of plan.changes) {
          if (action !== 'delete') continue;
          expect([one.mode, one.prune.includes(kind), declared.has(address)]).toEqual(['sync', true, false]);
        }
        for (const { action, address } of plan.changes)
          if (action === 'replace' && one.protect.includes(address))
            expect(plan.refusals.map(({ rule }) => rule)).toContain('protected');
      }),
    );
  });

  it('are sorted so that every change follows what it needs, with deletions last', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const { changes } = await planFor(storeOf(one.live), declarationOf(one), { mode: one.mode });
        const position = new Map(changes.map(({ address }, index) => [address, index]));
        for (const [index, { dependsOn }] of changes.entries())
          for (const needed of dependsOn) expect(position.get(needed)).toBeLessThan(index);
        const firstDelete = changes.findIndex(({ action }) => action === 'delete');
        if (firstDelete >= 0) expect(changes.slice(firstDelete).every(({ action }) => action === 'delete')).toBe(true);
      }),
    );
  });

  it('gives the same bytes in any order of keys and objects', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.infiniteStream(fc.nat()), async (one, numbers) => {
        const shuffled = { ...one, declared: shuffle(one.declared, numbers), live: shuffle(one.live, numbers) };
        const [a, b] = [one, shuffled].map((each) => declarationOf(each));
        const plain = await planFor(storeOf(one.live), a!, { mode: one.mode });
        const other = await planFor(storeOf(shuffled.live), b!, { mode: one.mode });
        expect(JSON.stringify(other)).toBe(JSON.stringify(plain));
      }),
    );
  });

  it('reports every change once with any failures, and a second run without faults converges', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.infiniteStream(fc.integer({ min: 0, max: 9 })), async (one, dice) => {
        const [store, declaration] = [storeOf(one.live), declarationOf(one)];
        const plan = await planFor(store, declaration, { mode: one.mode });
        fc.pre(plan.refusals.length === 0);
        store.fault = () => FAULTS[dice.next().value as number];
        const report = await applyTo(store, declaration, plan);
        expect(counted(report)).toEqual(plan.changes.map(({ address }) => address).sort());
        expect(report.differences).toEqual([]);
        store.fault = () => undefined;
        const second = await planFor(store, declaration, { mode: one.mode });
        fc.pre(second.refusals.length === 0);
        const rest = await applyTo(store, declaration, second);
        expect([...rest.failed, ...rest.stale, ...rest.unknown]).toEqual([]);
        expect((await planFor(store, declaration, { mode: one.mode })).changes).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('refuses exactly the changes whose declared fields someone edited since the plan, and names the field', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.boolean(), async (one, unmanaged) => {
        const [store, declaration] = [storeOf(one.live), declarationOf(one)];
        const plan = await planFor(store, declaration, { mode: one.mode });
        fc.pre(plan.refusals.length === 0);
        const edited = plan.changes.flatMap(({ action, kind, identity, address, desired, bornOf }) => {
          const field = EDITABLE[kind]!;
          const thing = store.all(kind).get(identity);
          const isDeclared = desired?.[field] !== undefined;
          // What comes with a new box is the new box's: there is nobody's edit to lose.
          if (action !== 'update' || bornOf || !thing || isDeclared === unmanaged) return [];
          thing[field] = edit(thing[field]);
          return [{ address, field }];
        });
        const report = await applyTo(store, declaration, plan);
        const skipped = new Set(report.skipped.map(({ address }) => address));
        const met = unmanaged ? [] : edited.filter(({ address }) => !skipped.has(address));
        const expected = met.map(({ address, field }) => `${address} ${field}`).sort();
        expect(report.stale.map(({ address, field }) => `${address} ${field}`).sort()).toEqual(expected);
        expect(report.failed).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

/** A field of each kind, and a value that nobody declares or has. */
const EDITABLE: Readonly<Record<string, string>> = {
  shelf: 'url',
  box: 'open',
  limit: 'bytes',
  tidy: 'days',
  label: 'colour',
};

function edit(value: unknown): unknown {
  return typeof value === 'number' ? value + 1_000 : `edited ${String(value)}`;
}

/** Half of the writes go well; the rest covers what a network and a busy Harbor do. */
const FAULTS: readonly ReturnType<StoreDouble['fault']>[] = [
  undefined,
  undefined,
  undefined,
  undefined,
  undefined,
  { status: 500 },
  { status: 503, afterEffect: true },
  { reset: 'before' },
  { reset: 'after' },
  { status: 403 },
];

/** The same value with its keys, and the items of its lists of objects, in another order. */
function shuffle<T>(value: T, numbers: Iterator<number>): T {
  const drawn = <U>(items: U[]): U[] => {
    const keyed = items.map((item) => [numbers.next().value as number, item] as const);
    return keyed.sort(([a], [b]) => a - b).map(([, item]) => item);
  };
  const walk = (inner: unknown): unknown => {
    if (Array.isArray(inner)) return inner.some((item) => typeof item === 'object') ? drawn(inner.map(walk)) : inner;
    if (typeof inner !== 'object' || inner === null) return inner;
    return Object.fromEntries(drawn(Object.entries(inner)).map(([key, item]) => [key, walk(item)]));
  };
  return walk(value) as T;
}
