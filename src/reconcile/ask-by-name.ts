import { compareText } from '../compare-text';
import type { Declaration, DeclaredObject } from '../declaration/declaration';
import type { Client } from '../harbor/client';
import type { AnyKind, Live } from '../kinds/kind';
import { mapBounded } from '../map-bounded';
import type { LearningRefs } from './refs';

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
): Promise<Live<object>[]> {
  if (seen.length < PAGE) return [];
  const known = new Set(seen);
  const missing = declaration.objects.filter(
    (object) => object.kind === kind.name && !known.has(object.address) && ownerIsThere(object, kind, current),
  );
  const asked = await mapBounded(
    missing.slice(0, ASK_AT_MOST),
    SIDE_BY_SIDE,
    ({ identity }) => kind.read({ client, refs }, identity) as Promise<Live<object> | undefined>,
  );
  const found = asked.flatMap((live) => (live && live.faults === undefined ? [live] : []));
  for (const { identity, id } of found) refs.learn(kind.name, identity, id);
  return found.sort((a, b) => compareText(a.identity, b.identity));
}

/** A missing parent has no children. */
function ownerIsThere({ spec }: DeclaredObject, kind: AnyKind, current: AskContext['current']): boolean {
  const owner = kind.references(spec).find((to) => to.owner);
  const owners = owner && current.get(owner.kind);
  return owners === undefined || owners.some(({ identity }) => identity === owner?.identity);
}
