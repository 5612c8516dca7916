import { compact } from '../../compact';
import { openCachePuller } from '../../conformance';
import type { Declaration } from '../../declaration/declaration';
import { cacheOf, takeInventory, type Cache, type ImageReference } from '../../inventory';
import {
  inOrderOfUse,
  isDone,
  keyOf,
  recordsOf,
  warm,
  type Warmed,
  type WarmOptions,
  notPulled,
  renderWarmed,
} from '../../warm';
import { clusterImages, othersInCluster } from '../cluster-images';
import { conformanceTarget } from '../conformance-target';
import type { AppContext } from '../context';
import { loadOrThrow, type PolicySource } from '../load';
import { namedPaths } from '../named-paths';
import { objectsOf } from '../objects-of';
import { withSession, type Session } from '../session';
import { readText } from '../text-file';
import { version } from '../version';
import { pullRecords } from './pull-records';
import { openStateFile } from './state-file';
import { oncePerKey } from '../../once';
import { wishesFromList, wishesFromReferences, wishOf, type Wished } from './wishes';

/** Of the sources of images only one is used: `fromHarbor`, `list`, `fromCluster`, `paths`, in this order. */
export interface WarmCacheOptions extends PolicySource {
  /** Files and directories whose images are wanted; used if no other source is given. */
  readonly paths: readonly string[];
  /** Output of `kubectl get pods,nodes -A -o json`. */
  readonly fromCluster?: string;
  /** Images, one per line. */
  readonly list?: string;
  /** Records of earlier pulls: true for the Harbor that is warmed, or an instance of the fleet. */
  readonly fromHarbor?: string | true;
  /** Pulls per hour and upstream; absent: see `warm`. */
  readonly perHour?: number;
  /** Pulls that are left to others; absent: see `warm`. */
  readonly floor?: number;
  /** Platforms; empty means those of the projects. */
  readonly platforms?: readonly string[];
  /** Records which images are done; appended to. */
  readonly state: string;
  /** Maximum number of images, the most used first. */
  readonly limit?: number;
  /** Shows the order without pulling. */
  readonly dryRun?: boolean;
  readonly timeScale?: number;
}

const LIST_HINT = 'write one image per line, or name files and directories instead of --list';
const DEFAULT_PLATFORMS = ['linux/amd64'];

/**
 * The use case behind `warm`: pulls the named images through the cache, in the order of use, within the upstreams'
 * limits.
 * @throws UsageError, DeclarationError, and as `withSession`
 */
export async function warmCache(context: AppContext, options: WarmCacheOptions): Promise<Warmed> {
  const declaration = await loadOrThrow(context, options);
  const cache = cacheOf(declaration);
  if (options.fromHarbor !== undefined) return warmFromHarbor(context, options, declaration);
  const wished = await wishedBy(context, options, cache);
  return withSession(context, declaration, (session) => warmAll(session, options, wished));
}

async function wishedBy(
  { signal }: AppContext,
  { list, fromCluster, paths }: WarmCacheOptions,
  cache: Cache,
): Promise<Wished> {
  if (list !== undefined) return wishesFromList(await readText(list, LIST_HINT), cache);
  if (fromCluster !== undefined) {
    const images = await clusterImages(fromCluster, cache);
    const { wishes, left } = wishesFromReferences(images.references, cache);
    return { wishes, left: [...left, ...othersInCluster(images).map((why) => ({ name: fromCluster, why }))] };
  }
  const { references, problems } = await takeInventory(await namedPaths(paths), cache, { signal });
  const { wishes, left } = wishesFromReferences(references, cache);
  return { wishes, left: [...left, ...problems.map(({ file, message }) => ({ name: file, why: message }))] };
}

/** The records are read and their connection is closed before the other Harbor is opened. */
async function warmFromHarbor(
  context: AppContext,
  options: WarmCacheOptions,
  declaration: Declaration,
): Promise<Warmed> {
  const { fromHarbor } = options;
  const proxies = proxiesOf(declaration).map(({ name }) => name);
  const source =
    fromHarbor === true ? declaration : await loadOrThrow(context, { ...options, instance: String(fromHarbor) });
  const names = proxiesOf(source).map(({ name }) => name);
  const wishes = await withSession(context, source, ({ client }) =>
    pullRecords(
      client,
      names.filter((name) => proxies.includes(name)),
    ),
  );
  const left = names
    .filter((name) => !proxies.includes(name))
    .map((name) => ({ name, why: 'the policies of this Harbor have no such proxy cache project' }));
  return withSession(context, declaration, (session) => warmAll(session, options, { wishes, left }));
}

/**
 * Why the cache would not serve a reference, according to Harbor and the upstream, by HEAD, which counts as no pull.
 * @throws as `withSession`
 */
export async function withProver<T>(
  context: AppContext,
  source: PolicySource,
  work: (objection: (reference: ImageReference) => Promise<string | undefined>) => Promise<T>,
): Promise<T> {
  const declaration = await loadOrThrow(context, source);
  const cache = cacheOf(declaration);
  return withSession(context, declaration, async (session) => {
    const target = conformanceTarget(targetOptions(session));
    const puller = openCachePuller(target, { timeScale: 1, signal: context.signal });
    const asked = new Map<string, Promise<string | undefined>>();
    const objection = async ({ reference = '' }: ImageReference): Promise<string | undefined> => {
      const wish = wishOf(reference, cache);
      if ('why' in wish) return wish.why;
      const project = target.projects.find(({ name }) => name === wish.project);
      if (!project) return `${wish.project} is not a proxy cache project`;
      return oncePerKey(asked, keyOf(wish), () => puller.problemWith(project, wish.image));
    };
    try {
      return await work(objection);
    } finally {
      await puller.close();
    }
  });
}

/**
 *     wishes ─► in order of use ─► limit ─► without those that an earlier run finished ─► pulled at a limited rate
 *                                                                                         │
 *     state file ◄── one line as soon as an image is done ◄───────────────────────────────┘
 *
 * Lines are appended, so a killed run loses at most the image that it was pulling.
 */
async function warmAll(session: Session, options: WarmCacheOptions, wished: Wished): Promise<Warmed> {
  const { context, harbor } = session;
  const { wishes, left } = withoutForeign(wished, session.declaration);
  const all = inOrderOfUse(wishes);
  const ordered = all.slice(0, options.limit);
  const beyond = all.length - ordered.length;
  const state = await openStateFile(options.state);
  const before = recordsOf(state.text, harbor.url);
  const done = new Set(before.filter(isDone).map(keyOf));
  const open = ordered.filter((wish) => !done.has(keyOf(wish)));
  context.emit({ type: 'warming', images: open.length, earlier: ordered.length - open.length, state: options.state });
  if (options.dryRun) return { records: [], earlier: ordered.length - open.length, open, left, beyond };
  const target = conformanceTarget(targetOptions(session));
  const timeScale = options.timeScale ?? 1;
  const puller = openCachePuller(compact({ ...target, harborVersion: session.identity.harborVersion }), {
    timeScale,
    signal: context.signal,
  });
  try {
    const warmed = await warm(
      compact<WarmOptions>({
        harbor: harbor.url,
        projects: new Map(target.projects.map((project) => [project.name, project])),
        wishes: ordered,
        before,
        perHour: options.perHour,
        floor: options.floor,
        platforms: options.platforms?.length ? options.platforms : undefined,
        timeScale,
        signal: context.signal,
        puller,
        record: (record) => state.append(JSON.stringify(record)),
        on: (event) => context.emit({ type: 'warm', event }),
      }),
    );
    return { ...warmed, left, beyond };
  } finally {
    await puller.close();
  }
}

/** A mirror domain may name a project that fetches nothing. */
function withoutForeign({ wishes, left }: Wished, declaration: Declaration): Wished {
  const names = new Set(proxiesOf(declaration).map(({ name }) => name));
  const foreign = wishes.filter(({ project }) => !names.has(project));
  const why = (project: string): string => `${project} is not a proxy cache project, so Harbor fetches nothing for it`;
  return {
    wishes: wishes.filter(({ project }) => names.has(project)),
    left: [...left, ...foreign.map((wish) => ({ name: keyOf(wish), why: why(wish.project) }))],
  };
}

/** Every proxy cache project can be warmed, also one without `conformance`. */
function targetOptions({ declaration, harbor, secret, ca }: Session): Parameters<typeof conformanceTarget>[0] {
  const declared = new Map(declaration.conformance.map((one) => [one.project, one]));
  const conformance = proxiesOf(declaration).map(({ name, at }) => ({
    project: name,
    pull: [],
    pullAt: [],
    platforms: declared.get(name)?.platforms ?? DEFAULT_PLATFORMS,
    at,
  }));
  return compact<Parameters<typeof conformanceTarget>[0]>({
    declaration: { ...declaration, conformance },
    harbor,
    secret,
    only: [],
    ca,
  });
}

function proxiesOf(
  declaration: Declaration,
): { readonly name: string; readonly at: Declaration['objects'][number]['at'] }[] {
  const names = new Set(objectsOf(declaration, 'project').flatMap(({ name, registry }) => (registry ? [name] : [])));
  return declaration.objects.flatMap(({ kind, identity, at }) =>
    kind === 'project' && names.has(identity) ? [{ name: identity, at }] : [],
  );
}

/** The summary of a run; for a dry run the images in their order, each with its uses, and what is left out. */
export function warmedText(warmed: Warmed, format: 'text' | 'json', isDryRun: boolean): string {
  if (format === 'json' || !isDryRun) return renderWarmed(format, warmed, version);
  const images = warmed.open.map((wish) => `${keyOf(wish)} (${wish.uses})\n`);
  return [...images, ...notPulled(warmed).map((line) => `${line}\n`)].join('');
}

/**
 * Whether every wanted image is in the cache. All lines of a list are wanted; files and clusters also name images that no
 * cache serves.
 */
export function isWarm({ records, open, left }: Warmed, { list }: Pick<WarmCacheOptions, 'list'> = {}): boolean {
  const last = new Map(records.map((record) => [keyOf(record), record]));
  return (
    open.length === 0 &&
    (list === undefined || left.length === 0) &&
    [...last.values()].every(({ outcome }) => !['failed', 'not-stored', 'unknown'].includes(outcome))
  );
}
