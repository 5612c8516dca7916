import { compareText } from '../compare-text';
import type { Declaration, DeclaredObject } from '../declaration/declaration';
import type { Client } from '../harbor/client';
import type { AnyKind, Live } from '../kinds/kind';
import { mapBounded } from '../map-bounded';
import type { LearningRefs } from './refs';

/** Harbor's longest page. What fits on one page was seen at one moment. */
const PAGE = 100;
/** More missing objects are new, not overlooked; a create of one that is there after all is adopted. */
const ASK_AT_MOST = 100;
const SIDE_BY_SIDE = 6;

export interface AskContext {
  readonly declaration: Declaration;
  /** What was read so far: the kinds that this one needs. */
  readonly current: ReadonlyMap<string, readonly Live<object>[]>;
  readonly client: Client;
  readonly refs: LearningRefs;
}

/**
 * A long list shifts when somebody deletes and creates while its pages are read, and then lacks an object that is
 * there. So what is declared and was not seen is asked for by its name, before a plan calls it new.
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

/** Nothing lives in what is not there. */
function ownerIsThere({ spec }: DeclaredObject, kind: AnyKind, current: AskContext['current']): boolean {
  const owner = kind.references(spec).find((to) => to.owner);
  const owners = owner && current.get(owner.kind);
  return owners === undefined || owners.some(({ identity }) => identity === owner?.identity);
}
