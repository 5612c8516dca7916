import { compact } from '../compact';
import { existsSync } from 'node:fs';
import { parse } from 'yaml';
import { DeclarationError, UsageError } from '../errors';
import {
  cacheOf,
  noCache,
  renovateAliases,
  rewrite,
  takeInventory,
  waiversOf,
  type Cache,
  type Inventory,
  type InventoryWaiver,
} from '../inventory';
import { readBoundedYaml } from './bounded-yaml';
import { clusterImages, othersInCluster } from './cluster-images';
import type { AppContext } from './context';
import { loadFrom, type PolicySource } from './load';
import { namedPaths } from './named-paths';

const DEFAULT_POLICIES = 'policies';

/** Policies are optional here: without them every reference bypasses the cache. */
export interface InventoryOptions extends PolicySource {
  /** Harbor's host as clients use it; absent: as in the policies. */
  readonly harborUrl?: string;
}

/**
 * Which names belong to the cache.
 * @throws DeclarationError if existing or requested policies cannot be used
 */
export async function declaredCache({ emit }: AppContext, options: InventoryOptions): Promise<Cache> {
  const { declaration, diagnostics, sources } = await loadFrom(options);
  if (declaration) {
    const cache = cacheOf(declaration, options.harborUrl);
    if (cache.host === undefined)
      emit({ type: 'inventory-note', message: 'the policies declare no Harbor: pass --harbor-url' });
    return cache;
  }
  const isAbsent = diagnostics.every(({ rule }) => rule === 'no-policies');
  if (isAbsent && options.policies === DEFAULT_POLICIES) {
    emit({
      type: 'inventory-note',
      message: 'no policies found, so every reference counts as bypass; pass --policies',
    });
    return noCache;
  }
  emit({ type: 'findings', diagnostics, sources, usable: false });
  throw new DeclarationError(`${options.policies} cannot be used`, diagnostics, true);
}

/**
 * Every image reference in files, or in what runs in a cluster. Unreadable input is an event.
 * @param cluster output of `kubectl get pods,nodes -A -o json`
 * @throws UsageError
 */
export async function inventoryOf(
  { signal, emit }: AppContext,
  paths: readonly string[],
  cluster: string | undefined,
  cache: Cache,
): Promise<Inventory> {
  const inventory = await (cluster === undefined
    ? takeInventory(await namedPaths(paths), cache, { signal })
    : ofCluster(cluster, paths, cache));
  if (!signal.aborted) for (const problem of inventory.problems) emit({ type: 'inventory-problem', problem });
  return inventory;
}

/** @throws UsageError also if it is not what `kubectl` writes */
async function ofCluster(file: string, paths: readonly string[], cache: Cache): Promise<Inventory> {
  if (paths.length > 0) throw new UsageError('--from-cluster takes no paths', 'scan files in a separate run');
  const images = await clusterImages(file, cache);
  const problems = othersInCluster(images).map((message) => ({ file, message }));
  return { references: images.references, problems, skipped: {}, files: 1 };
}

const WAIVERS_HINT = 'see "Check in CI" in docs/guides/inventory.md';

/** @throws UsageError */
export async function inventoryWaivers(file: string): Promise<readonly InventoryWaiver[]> {
  const { waivers, problems } = waiversOf(parse(await readBoundedYaml(file, WAIVERS_HINT)));
  if (problems.length > 0) throw new UsageError(`${file}: ${problems.join('; ')}`, WAIVERS_HINT);
  return waivers;
}

/** Without `write` the files stay as they are, and the changes are events. */
export interface RewriteOptions {
  /** Change the files; otherwise only show what would change. */
  readonly write: boolean;
  /** Restore the names of the upstreams. */
  readonly reverse: boolean;
  /** Where `write` records what `reverse` restores. */
  readonly record: string;
  /** Rename only images that the cache serves, according to Harbor and the upstream now. */
  readonly prove?: boolean;
}

/** Counts also what would be changed without `write`. */
export interface Rewritten {
  readonly edits: number;
  readonly files: number;
  /** Configuration for Renovate, for names that now point to the cache. */
  readonly renovate?: string;
}

/**
 * Every changed file is an event, and so is every reference that is not changed.
 * @throws UsageError
 */
export async function rewriteReferences(
  context: AppContext,
  paths: readonly string[],
  cache: Cache,
  options: RewriteOptions & PolicySource,
): Promise<Rewritten> {
  if (options.prove !== true || options.reverse) return rename(context, paths, cache, options);
  // Loaded only if needed: the other actions send no requests.
  const { withProver } = await import('./warm/index.js');
  return withProver(context, options, (objection) => rename(context, paths, cache, { ...options, objection }));
}

type Objection = (reference: Inventory['references'][number]) => Promise<string | undefined>;

/**
 * File by file, as each is found. An interruption leaves the rest as it was, and a second run continues,
 * because a changed name is not changed again.
 */
async function rename(
  { signal, emit }: AppContext,
  paths: readonly string[],
  cache: Cache,
  { write, reverse, record, objection }: RewriteOptions & { readonly objection?: Objection },
): Promise<Rewritten> {
  if (cache.host === undefined)
    throw new UsageError('rewrite needs the URL of Harbor and its projects', 'pass the declaration with --policies');
  const places = await namedPaths(paths);
  if (reverse && !existsSync(record))
    emit({
      type: 'inventory-note',
      message: `there is no record ${record}: original names are written in their short form`,
    });
  const events = {
    problem: (problem: Inventory['problems'][number]) => emit({ type: 'inventory-problem', problem }),
    skipped: () => undefined,
    signal,
  };
  const direction = reverse ? 'to-upstream' : 'to-cache';
  let [edits, files] = [0, 0];
  for await (const file of rewrite(places, compact({ cache, direction, write, record, objection }), events)) {
    for (const { reference, why } of file.refusals) {
      const message = `${reference.written} not rewritten: ${why}`;
      emit({ type: 'inventory-problem', problem: { ...reference, ...reference.place, message } });
    }
    if (file.edits === 0) continue;
    emit({ type: 'rewritten', file, write });
    edits += file.edits;
    files += 1;
  }
  return compact({ edits, files, renovate: write && !reverse && edits > 0 ? renovateAliases(cache) : undefined });
}
