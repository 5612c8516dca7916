import { compareText } from '../compare-text';
import type { Declaration, DeclaredObject } from '../declaration/declaration';
import type { Client } from '../harbor/client';
import type { AnyKind, Live, Unreadable } from '../kinds/kind';
import { mapBounded } from '../map-bounded';
import type { LearningRefs } from './refs';
import type { Understood } from './understand';

/** Harbor's longest page. A single page is consistent in itself. */
const PAGE = 100;
/** With more missing objects than this, they are new, not overlooked; creating an existing one adopts it. */
const ASK_AT_MOST = 100;
const SIDE_BY_SIDE = 6;

/** The state of the read so far. `refs` learns the ids of what is found. */
export interface AskContext {
  readonly declaration: Declaration;
  /** The kinds that were read before and that this one needs. */
  readonly current: ReadonlyMap<string, readonly Live<object>[]>;
  readonly client: Client;
  readonly refs: LearningRefs;
}

/**
 * A long list shifts if objects are deleted and created while its pages are read, and then lacks an existing object. So
 * declared objects that were not seen are requested by name before a plan calls them new.
 */
export async function askByName(
  kind: AnyKind,
  /** Addresses. */
  seen: readonly string[],
  { declaration, current, client, refs }: AskContext,
): Promise<Understood> {
  if (seen.length < PAGE) return { live: [], unreadable: [] };
  const known = new Set(seen);
  const missing = declaration.objects.filter(
    (object) => object.kind === kind.name && !known.has(object.address) && ownerIsThere(object, kind, current),
  );
  const asked = await mapBounded(missing.slice(0, ASK_AT_MOST), SIDE_BY_SIDE, async ({ identity, address }) => ({
    address,
    found: await kind.read({ client, refs }, identity),
  }));
  const unreadable = asked.flatMap(({ address, found }): Unreadable[] =>
    found?.faults ? [{ kind: kind.name, address, reason: found.faults.reason }] : [],
  );
  const live = asked.flatMap(({ found }): Live<object>[] => (found && !found.faults ? [found as Live<object>] : []));
  for (const { identity, id } of live) refs.learn(kind.name, identity, id);
  return { live: live.sort((a, b) => compareText(a.identity, b.identity)), unreadable };
}

/** A missing parent has no children. */
function ownerIsThere({ spec }: DeclaredObject, kind: AnyKind, current: AskContext['current']): boolean {
  const owner = kind.references(spec).find((to) => to.owner);
  const owners = owner && current.get(owner.kind);
  return owners === undefined || owners.some(({ identity }) => identity === owner?.identity);
}
