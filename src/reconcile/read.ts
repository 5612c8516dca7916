import type { Declaration } from '../declaration/declaration';
import type { Client } from '../harbor/client';
import { addressOf, type AnyKind, type Live, type Unreadable } from '../kinds/kind';
import { kindRanks } from '../plan/order';
import { createRefs, type LearningRefs } from './refs';
import { askByName } from './ask-by-name';
import { understand } from './understand';
import { silentReporter, type Reporter } from './reporter';

export interface ReadOptions {
  readonly client: Client;
  readonly kinds: readonly AnyKind[];
  readonly declaration: Declaration;
  readonly reporter?: Reporter;
}

export interface State {
  /** By kind: everything that was found of the kinds that are declared or pruned. */
  readonly current: ReadonlyMap<string, readonly Live<object>[]>;
  readonly refs: LearningRefs;
  /** What Harbor returned and could not be understood, of the same kinds. None of it is in `current`. */
  readonly unreadable: readonly Unreadable[];
}

/**
 * Reads what a plan needs and nothing else: the kinds that are declared or pruned, and those whose names
 * theirs refer to. All kinds at the same time, each once.
 * @throws HarborApiError, NetworkError. Half a state is none: objects that were not seen would be created again
 */
export async function readState({
  client,
  kinds,
  declaration,
  reporter = silentReporter,
}: ReadOptions): Promise<State> {
  const asked = kinds.filter(
    ({ name }) => declaration.prune.includes(name) || declaration.objects.some(({ kind }) => kind === name),
  );
  const needed = withDependencies(asked, kinds);
  const wires = listOnce(client, kinds, declaration);
  let read = 0;
  const listed = await Promise.all(
    needed.map(async (kind) => {
      const found = await wires(kind.name);
      reporter.report({ type: 'kind-read', kind: kind.name, count: found.length, done: ++read, total: needed.length });
      return { kind, found };
    }),
  );
  return stateOf(listed, asked, declaration, client);
}

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

/** A kind may be found through another (a retention through its project): whoever asks second gets the first one's answer. */
function listOnce(client: Client, kinds: readonly AnyKind[], declaration: Declaration) {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]));
  const answers = new Map<string, Promise<readonly unknown[]>>();
  return function wires<Wire>(name: string): Promise<readonly Wire[]> {
    const kind = byName.get(name);
    if (!kind) throw new Error(`there is no kind ${name}`);
    const parents = declaration.parents.get(name) ?? [];
    const answer = answers.get(name) ?? kind.list({ client, parents, wires });
    answers.set(name, answer);
    return answer as Promise<readonly Wire[]>;
  };
}

/** Dependencies first, so that every id has its name by the time it is met. */
async function stateOf(
  listed: readonly { readonly kind: AnyKind; readonly found: readonly unknown[] }[],
  asked: readonly AnyKind[],
  declaration: Declaration,
  client: Client,
): Promise<State> {
  const refs = createRefs();
  const current = new Map<string, readonly Live<object>[]>();
  const unreadable: Unreadable[] = [];
  for (const { kind, found } of listed) {
    const { live, unreadable: damaged } = understand(kind, found, refs);
    const seen = [
      ...live.map(({ identity }) => addressOf(kind.name, identity)),
      ...damaged.map(({ address }) => address),
    ];
    const overlooked = await askByName(kind, seen, { declaration, current, client, refs });
    if (!asked.includes(kind)) continue;
    current.set(kind.name, [...live, ...overlooked]);
    unreadable.push(...damaged);
  }
  return { current, refs, unreadable };
}
