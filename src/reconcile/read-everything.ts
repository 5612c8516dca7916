import { projectShape } from '../kinds/support/project-shape';
import { HarborApiError, IdentityError } from '../errors';
import type { Client } from '../harbor/client';
import type { AnyKind, Live, Unreadable } from '../kinds/kind';
import { kindRanks } from '../plan/order';
import { createRefs } from './refs';
import { understand } from './understand';
import { oncePerKey } from '../once';
import { silentReporter, type Reporter } from './reporter';

/** The whole visible state. What the credentials may not see is named, not left out silently. */
export interface Everything {
  /** By kind, every object in Harbor that these credentials can see. */
  readonly current: ReadonlyMap<string, readonly Live<object>[]>;
  /** Kinds that these credentials may not read, with Harbor's message. */
  readonly unreadable: ReadonlyMap<string, string>;
  /** Objects that Harbor returned and that could not be understood. `current` contains none of them. */
  readonly unreadableObjects: readonly Unreadable[];
}

/** `client` decides what can be seen. */
export interface ReadEverythingOptions {
  readonly client: Client;
  readonly kinds: readonly AnyKind[];
  readonly reporter?: Reporter;
}

/**
 * Reads all kinds, also below every project, whatever is declared: for an export. Kinds that the credentials may not
 * read are reported and left out; a plan may not do that (see `readState`), because it would treat unread objects as
 * absent.
 * @throws HarborApiError, NetworkError
 */
export async function readEverything({
  client,
  kinds,
  reporter = silentReporter,
}: ReadEverythingOptions): Promise<Everything> {
  const ranks = kindRanks(kinds);
  const ordered = [...kinds].sort((a, b) => ranks.get(a.name)! - ranks.get(b.name)!);
  const projects = await client.list('/projects', { shape: projectShape });
  const parents = projects.map(({ name }) => name).filter((name) => name !== '');
  const wires = listOnce(client, kinds, parents);
  let done = 0;
  const listed = await Promise.all(
    ordered.map(async (kind) => {
      const found = await wires(kind.name).catch(forbidden);
      reporter.report({
        type: 'kind-read',
        kind: kind.name,
        count: typeof found === 'string' ? 0 : found.length,
        done: ++done,
        total: ordered.length,
      });
      return { kind, found };
    }),
  );
  return everythingOf(listed);
}

/** Each list is read once, also if a kind is read through another one. */
function listOnce(client: Client, kinds: readonly AnyKind[], parents: readonly string[]) {
  const answers = new Map<string, Promise<readonly unknown[]>>();
  return function wires<Wire>(name: string): Promise<readonly Wire[]> {
    const kind = kinds.find((one) => one.name === name);
    if (!kind) throw new Error(`there is no kind ${name}`);
    const answer = oncePerKey(answers, name, () => kind.list({ client, parents, everything: true, wires }));
    return answer as Promise<readonly Wire[]>;
  };
}

/** Harbor's own refusal in words. Other errors, and those of a proxy, must not lead to an incomplete export. */
function forbidden(error: unknown): string {
  const refused =
    error instanceof IdentityError ||
    (error instanceof HarborApiError && error.isHarbors && [401, 403, 412].includes(error.status));
  if (!refused) throw error;
  return error.message;
}

/** Dependencies come first, so that names of ids are known when they are needed. */
function everythingOf(
  listed: readonly { readonly kind: AnyKind; readonly found: readonly unknown[] | string }[],
): Everything {
  const refs = createRefs();
  const current = new Map<string, readonly Live<object>[]>();
  const unreadable = new Map<string, string>();
  const unreadableObjects: Unreadable[] = [];
  for (const { kind, found } of listed) {
    if (typeof found === 'string') {
      unreadable.set(kind.name, found);
      continue;
    }
    const understood = understand(kind, found, refs);
    current.set(kind.name, understood.live);
    unreadableObjects.push(...understood.unreadable);
  }
  return { current, unreadable, unreadableObjects };
}
