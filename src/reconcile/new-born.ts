import type { Client } from '../harbor/client';
import type { AnyKind, Live, NewBorn } from '../kinds/kind';
import type { Change, Plan } from '../plan/plan';

/** What Harbor created together with the objects of this run, known without reading each of them. */
export interface NewBorns {
  /** Undefined if it has to be read: its parent is not among the newest, or it has undeclared fields. */
  find(change: Change, kind: AnyKind): Promise<Live<object> | undefined>;
}

/**
 * Reads all objects of a kind at once, when the first of them is needed: all their parents exist by then, because they
 * belong to an earlier stage of the plan.
 */
export function newBorns(plan: Plan, client: Client): NewBorns {
  const desired = new Map(plan.changes.map((change) => [change.address, change.desired]));
  const found = new Map<string, Promise<ReadonlyMap<string, NewBorn>>>();
  return {
    async find({ bornOf, identity, desired: wanted }, kind) {
      const { bornWith } = kind;
      const spec = bornWith?.spec?.((bornOf !== undefined && desired.get(bornOf)) || {}) as object | undefined;
      if (!spec || !wanted || !bornWith?.newest) return undefined;
      // Undeclared values are kept, so they must be known and not assumed.
      if (Object.keys(spec).some((field) => !Object.hasOwn(wanted, field))) return undefined;
      const all = found.get(kind.name) ?? askFor(plan, kind, client);
      found.set(kind.name, all);
      const one = (await all).get(identity);
      return one && { ...one, identity, spec: kind.normalise(spec) as object };
    },
  };
}

const NONE: ReadonlyMap<string, NewBorn> = new Map();
const PAGE = 100;

/** Only if it needs fewer requests than reading each object. A failed list costs nothing else. */
async function askFor(plan: Plan, { name, bornWith }: AnyKind, client: Client): Promise<ReadonlyMap<string, NewBorn>> {
  const created = plan.changes.filter(
    ({ kind, action }) => kind === bornWith?.kind && (action === 'create' || action === 'replace'),
  ).length;
  const needed = plan.changes.filter(({ kind, bornOf }) => kind === name && bornOf !== undefined).length;
  if (Math.ceil(created / PAGE) >= needed) return NONE;
  return bornWith!.newest!({ client }, created).catch(() => NONE);
}
