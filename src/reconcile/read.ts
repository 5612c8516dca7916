import type { Declaration } from '../declaration/declaration';
import { BreakwaterError, HarborApiError, IdentityError } from '../errors';
import type { Client } from '../harbor/client';
import { addressOf, type AnyKind, type Live, type Unreadable } from '../kinds/kind';
import { kindRanks } from '../plan/order';
import type { Unseen } from '../plan/plan';
import { createRefs, type LearningRefs } from './refs';
import { askByName, MAY_HIDE, type AskContext } from './ask-by-name';
import { understand } from './understand';
import { oncePerKey } from '../once';
import { silentReporter, type Reporter } from './reporter';

/** What decides which kinds, and objects below which parents, are read. */
export interface ReadOptions {
  readonly client: Client;
  readonly kinds: readonly AnyKind[];
  readonly declaration: Declaration;
  /** The previous declaration: its objects are read as well. */
  readonly base?: Pick<Declaration, 'objects' | 'parents'> | undefined;
  readonly reporter?: Reporter;
  /** See `ReadContext.hurry`. */
  readonly hurry?: boolean;
  /**
   * Whether Harbor may leave objects out of a list because these credentials do not see them. Asked only if a declared
   * object is not in such a list. Default: no.
   */
  readonly mayHide?: () => Promise<boolean>;
}

/** What a plan is made from. All kinds were read within one run, but not at one moment. */
export interface State {
  /** By kind: all objects of the kinds that are declared or pruned. */
  readonly current: ReadonlyMap<string, readonly Live<object>[]>;
  readonly refs: LearningRefs;
  /** Objects of the same kinds that could not be understood. `current` contains none of them. */
  readonly unreadable: readonly Unreadable[];
  /** Declared objects that were not found, and of which it is unknown whether they exist. */
  readonly doubts: readonly Unreadable[];
}

/** Objects of kinds without declared objects, and kinds that could not be read. */
export interface Beyond {
  readonly beyond: ReadonlyMap<string, readonly Live<object>[]>;
  readonly unseen: readonly Unseen[];
}

/**
 * Reads kinds that are neither declared nor pruned, only to report what exists. Kinds that exist only below projects
 * are not read, because they would cost one request per project. Kinds and objects that cannot be read are reported,
 * and kinds whose list may lack some.
 * @param state is read at the same time: during its largest lists Harbor sleeps
 * @throws NetworkError, and what `state` throws
 */
export async function readBeyond(
  { client, kinds, declaration, base, mayHide }: ReadOptions,
  state: Promise<Pick<State, 'refs'>>,
): Promise<Beyond> {
  const ranks = kindRanks(kinds);
  const others = kinds
    .filter((kind) => kind.deletable && !isAsked(kind.name, declaration, base) && kind.placements.some(isAtTop))
    .sort((a, b) => ranks.get(a.name)! - ranks.get(b.name)!);
  const wires = listOnce(client, kinds, new Map());
  const [{ refs }, ...answers] = await Promise.all([state, ...others.map((kind) => wires(kind.name).catch(refusalOf))]);
  const beyond = new Map<string, readonly Live<object>[]>();
  const unseen: Unseen[] = [];
  for (const [i, kind] of others.entries()) {
    const answer = answers[i] ?? [];
    if (answer instanceof BreakwaterError) unseen.push({ kind: kind.name, reason: answer.message });
    else {
      const { live, unreadable } = understand(kind, answer, refs);
      beyond.set(kind.name, live);
      const damaged = unreadable.filter(({ leftOver }) => leftOver !== true);
      if (damaged.length > 0) unseen.push({ kind: kind.name, reason: damaged.map(unreadableText).join(', ') });
    }
  }
  const hiding = (await mayHide?.()) ? kinds.filter((kind) => kind.isTaken !== undefined) : [];
  return { beyond, unseen: [...unseen, ...hiding.map(({ name }) => ({ kind: name, reason: MAY_HIDE }))] };
}

function unreadableText({ address, reason }: Unreadable): string {
  return `${address} cannot be read: ${reason}`;
}

/** Kinds that these credentials cannot see. @throws all other errors */
function refusalOf(error: unknown): BreakwaterError {
  if (error instanceof HarborApiError || error instanceof IdentityError) return error;
  throw error;
}

function isAtTop({ path }: { readonly path: string }): boolean {
  return !path.includes('*.');
}

/**
 * Reads exactly what a plan needs: the kinds that are declared or pruned, and those that they refer to. All kinds at
 * the same time, each once.
 * @throws HarborApiError, NetworkError. An incomplete state is not returned, because unseen objects would be created
 * again
 */
export async function readState({
  client,
  kinds,
  declaration,
  base,
  reporter = silentReporter,
  hurry = false,
  mayHide = async () => false,
}: ReadOptions): Promise<State> {
  const asked = kinds.filter(({ name }) => isAsked(name, declaration, base));
  const needed = withDependencies(asked, kinds);
  const wires = listOnce(client, kinds, parentsOf(declaration, base), hurry);
  let read = 0;
  const listed = await Promise.all(
    needed.map(async (kind) => {
      const found = await wires(kind.name);
      reporter.report({ type: 'kind-read', kind: kind.name, count: found.length, done: ++read, total: needed.length });
      return { kind, found };
    }),
  );
  return stateOf(listed, asked, { declaration, client, mayHide });
}

/** Declared, pruned, external or removed since the base. */
function isAsked(name: string, { prune, objects, external = [] }: Declaration, base: ReadOptions['base']): boolean {
  return prune.includes(name) || [...objects, ...external, ...(base?.objects ?? [])].some(({ kind }) => kind === name);
}

type Parents = Declaration['parents'];

/** For a kind below another one: the parents for which it is, or was, declared. */
function parentsOf({ parents }: Declaration, base: ReadOptions['base']): Parents {
  if (!base) return parents;
  const names = [...new Set([...parents.keys(), ...base.parents.keys()])];
  return new Map(
    names.map((kind) => [kind, [...new Set([...(parents.get(kind) ?? []), ...(base.parents.get(kind) ?? [])])]]),
  );
}

/**
 * Also kinds that are only referred to: a project needs the ids of its registries. In the order in which names
 * become known.
 */
function withDependencies(asked: readonly AnyKind[], kinds: readonly AnyKind[]): AnyKind[] {
  const names = new Set<string>();
  const add = (kind: AnyKind | undefined): void => {
    if (!kind || names.has(kind.name)) return;
    names.add(kind.name);
    for (const needed of kind.dependsOn) add(kinds.find(({ name }) => name === needed));
  };
  asked.forEach(add);
  const ranks = kindRanks(kinds);
  return kinds.filter(({ name }) => names.has(name)).sort((a, b) => ranks.get(a.name)! - ranks.get(b.name)!);
}

/**
 * A kind may be read through another one (a retention through its project): the second caller gets the first result.
 */
function listOnce(client: Client, kinds: readonly AnyKind[], parentsOfKinds: Parents, hurry = false) {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]));
  const answers = new Map<string, Promise<readonly unknown[]>>();
  return function wires<Wire>(name: string): Promise<readonly Wire[]> {
    const kind = byName.get(name);
    if (!kind) throw new Error(`there is no kind ${name}`);
    const parents = parentsOfKinds.get(name) ?? [];
    const answer = oncePerKey(answers, name, () => kind.list({ client, parents, hurry, wires }));
    return answer as Promise<readonly Wire[]>;
  };
}

/** Dependencies first, so that names of ids are known when they are needed. */
async function stateOf(
  listed: readonly { readonly kind: AnyKind; readonly found: readonly unknown[] }[],
  asked: readonly AnyKind[],
  context: Pick<AskContext, 'declaration' | 'client' | 'mayHide'>,
): Promise<State> {
  const refs = createRefs();
  const current = new Map<string, readonly Live<object>[]>();
  const unreadable: Unreadable[] = [];
  const doubts: Unreadable[] = [];
  for (const { kind, found } of listed) {
    const { live, unreadable: damaged } = understand(kind, found, refs);
    const seen = [
      ...live.map(({ identity }) => addressOf(kind.name, identity)),
      ...damaged.map(({ address }) => address),
    ];
    const overlooked = await askByName(kind, seen, { ...context, current, refs });
    if (!asked.includes(kind)) continue;
    current.set(kind.name, [...live, ...overlooked.live]);
    unreadable.push(...damaged, ...overlooked.unreadable);
    doubts.push(...overlooked.doubts);
  }
  return { current, refs, unreadable, doubts };
}
