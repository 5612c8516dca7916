import { compareText } from '../compare-text';
import type { Declaration, DeclaredObject } from '../declaration/declaration';
import { HarborApiError } from '../errors';
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
  /** See `ReadOptions.mayHide`. */
  readonly mayHide: () => Promise<boolean>;
}

/** What is known of the objects that were not seen. */
export interface Sought extends Understood {
  /** They may exist: Harbor did not say whether their names are taken. */
  readonly doubts: readonly Unreadable[];
}

/** One declared object that was not seen. Empty: Harbor does not have it. */
interface Answered {
  readonly found?: Live<object>;
  readonly unreadable?: string;
  readonly doubt?: string;
}

/** What may be missing from a list of projects: Harbor refuses that list to nobody. */
export const MAY_HIDE = 'only the projects that these credentials are known to see: others may exist';

const HIDDEN =
  'it exists, but these credentials do not see it: grant them access to it, or declare a system administrator';

/**
 * Declared objects that a list does not contain are not always missing, and a plan would create them:
 *
 *     a list that may hide objects    its names are tried: taken, free, or unknown if Harbor does not answer that
 *     a list of many pages            shifts while objects are deleted and created: they are requested by name
 *     any other list                  they are missing
 */
export async function askByName(
  kind: AnyKind,
  /** Addresses. */
  seen: readonly string[],
  context: AskContext,
): Promise<Sought> {
  const { declaration, current, refs } = context;
  const known = new Set(seen);
  const missing = declaration.objects.filter(
    (object) => object.kind === kind.name && !known.has(object.address) && ownerIsThere(object, kind, current),
  );
  const hides = kind.isTaken !== undefined && missing.length > 0 && (await context.mayHide());
  const asked = hides ? missing : seen.length < PAGE ? [] : missing.slice(0, ASK_AT_MOST);
  const answers = await mapBounded(asked, SIDE_BY_SIDE, async ({ identity, address }) => {
    const answer = hides ? await whereHidden(kind, identity, context) : await read(kind, identity, context);
    return { address, ...answer };
  });
  const told = (which: 'unreadable' | 'doubt'): Unreadable[] =>
    answers.flatMap(({ address, [which]: reason }) =>
      reason === undefined ? [] : [{ kind: kind.name, address, reason }],
    );
  const live = answers.flatMap(({ found }) => (found ? [found] : []));
  for (const { identity, id } of live) refs.learn(kind.name, identity, id);
  return {
    live: live.sort((a, b) => compareText(a.identity, b.identity)),
    unreadable: told('unreadable'),
    doubts: told('doubt'),
  };
}

async function read(kind: AnyKind, identity: string, { client, refs }: AskContext): Promise<Answered> {
  const found = (await kind.read({ client, refs }, identity)) as Live<object> | undefined;
  if (!found) return {};
  return found.faults ? { unreadable: found.faults.reason } : { found };
}

/** A name that is taken can be that of an object which a shifting list lacks, so it is read. */
async function whereHidden(kind: AnyKind, identity: string, context: AskContext): Promise<Answered> {
  try {
    if (!(await kind.isTaken!(context, identity))) return {};
  } catch (error) {
    if (!(error instanceof HarborApiError)) throw error;
    return { doubt: error.message };
  }
  try {
    return await read(kind, identity, context);
  } catch (error) {
    if (error instanceof HarborApiError && error.isHarbors && REFUSED.includes(error.status))
      return { unreadable: HIDDEN };
    throw error;
  }
}

const REFUSED = [401, 403];

/** A missing parent has no children. */
function ownerIsThere({ spec }: DeclaredObject, kind: AnyKind, current: AskContext['current']): boolean {
  const owner = kind.references(spec).find((to) => to.owner);
  const owners = owner && current.get(owner.kind);
  return owners === undefined || owners.some(({ identity }) => identity === owner?.identity);
}
