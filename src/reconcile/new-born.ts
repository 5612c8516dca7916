import type { Client } from '../harbor/client';
import type { AnyKind, Live, NewBorn } from '../kinds/kind';
import type { Change, Plan } from '../plan/plan';

/** What Harbor made together with the objects that this run created, known without reading each of them. */
export interface NewBorns {
  /** Undefined where it has to be read: its parent is not among the newest, or something in it is not declared. */
  find(change: Change, kind: AnyKind): Promise<Live<object> | undefined>;
}

/**
 * Asks for all objects of a kind at once, when the first of them is needed: all their parents are created by then,
 * because they are an earlier stage of the plan.
 */
export function newBorns(plan: Plan, client: Client): NewBorns {
  const desired = new Map(plan.changes.map((change) => [change.address, change.desired]));
  const found = new Map<string, Promise<ReadonlyMap<string, NewBorn>>>();
  return {
    async find({ bornOf, identity, desired: wanted }, kind) {
      const { bornWith } = kind;
      const spec = bornWith?.spec?.((bornOf !== undefined && desired.get(bornOf)) || {}) as object | undefined;
      if (!spec || !wanted || !bornWith?.newest) return undefined;
      // What is not declared is kept as it is, so it must be known and not assumed.
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

/** Only where it is fewer calls than reading each object. A list that cannot be had costs nothing but these calls. */
async function askFor(plan: Plan, { name, bornWith }: AnyKind, client: Client): Promise<ReadonlyMap<string, NewBorn>> {
  const created = plan.changes.filter(
    ({ kind, action }) => kind === bornWith?.kind && (action === 'create' || action === 'replace'),
  ).length;
  const needed = plan.changes.filter(({ kind, bornOf }) => kind === name && bornOf !== undefined).length;
  if (Math.ceil(created / PAGE) >= needed) return NONE;
  return bornWith!.newest!({ client }, created).catch(() => NONE);
}
