import { compact } from '../compact';
import { isRecord } from '../json';
import { formatImageName, parseImageName } from '../oci';
import { standingOf, type Cache } from './cache';
import type { ImageReference } from './reference';

/** What a cluster runs, and what was left out. */
export interface ClusterImages {
  readonly references: readonly ImageReference[];
  /** Of each other kind the number of objects: their images are those of their pods, if they have some. */
  readonly others: Readonly<Record<string, number>>;
}

/** The parts of `kubectl get pods,nodes -o json` that are read. */
interface Item {
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
  readonly spec?: { readonly [list in (typeof CONTAINERS)[number]]?: readonly { name?: string; image?: string }[] } & {
    readonly volumes?: readonly { name?: string; image?: { readonly reference?: string } }[];
  };
  readonly status?: { readonly images?: readonly { readonly names?: readonly string[] | null }[] };
}

const CONTAINERS = ['initContainers', 'containers', 'ephemeralContainers'] as const;

/**
 * The images of running pods, and those that only nodes have.
 *
 *      pod/NAMESPACE/NAME/CONTAINER     spec.containers[].image and the other two lists
 *      pod/NAMESPACE/NAME/VOLUME        spec.volumes[].image.reference
 *      node/NAME                        status.images[].names: what its disk has
 *
 * An image of a node without a pod was pulled once, often by something that no manifest shows: static pods, the pause
 * image, a person. kubelet reports at most 50 images of a node, the largest ones (`nodeStatusMaxImages`).
 * @throws Error if it is not JSON, or has neither pods nor nodes
 */
export function clusterReferences(json: string, cache: Cache): ClusterImages {
  const items = itemsIn(JSON.parse(json) as unknown);
  const others = countBy(items.map(({ kind }) => String(kind)).filter((kind) => !READ.has(kind)));
  const names = Object.entries(others).map(([kind, count]) => `${count} ${kind}`);
  if (items.length > 0 && items.every(({ kind }) => !READ.has(String(kind))))
    throw new Error(`it has neither pods nor nodes, but ${names.join(', ')}`);
  const pods = items.filter(({ kind }) => kind === 'Pod').flatMap((pod) => podReferences(pod, cache));
  const known = new Set(pods.map(({ reference }) => reference));
  const nodes = items.filter(({ kind }) => kind === 'Node').flatMap((node) => nodeReferences(node, cache));
  return { references: [...pods, ...nodes.filter(({ reference }) => !known.has(reference))], others };
}

const READ: ReadonlySet<string> = new Set(['Pod', 'Node']);

/** A list, or a single object. */
function itemsIn(value: unknown): readonly Item[] {
  if (!isRecord(value)) throw new Error('it is not an object of Kubernetes');
  const { items } = value;
  if (items === undefined) return [value];
  if (!Array.isArray(items)) throw new Error('its items are not a list');
  return items.map((item: unknown) => (isRecord(item) ? item : {}));
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries(counts);
}

/**
 * `spec` has the image as it was declared. `status` would have what the runtime made of it, which differs between them.
 */
function podReferences({ metadata, spec }: Item, cache: Cache): ImageReference[] {
  const containers = CONTAINERS.flatMap((list) => listOf(spec?.[list]).map((one) => [one?.name, one?.image]));
  const volumes = listOf(spec?.volumes).map((one) => [one?.name, one?.image?.reference]);
  return [...containers, ...volumes].flatMap(([name = '', image]) =>
    typeof image === 'string'
      ? [named(image, `pod/${metadata?.namespace ?? 'default'}/${metadata?.name ?? ''}/${name}`, cache)]
      : [],
  );
}

function nodeReferences({ metadata, status }: Item, cache: Cache): ImageReference[] {
  return listOf(status?.images).flatMap((image) => {
    const listed = listOf(image?.names ?? undefined).filter(
      (name) => typeof name === 'string' && !name.includes('<none>'),
    );
    // A node lists an image by tag and by digest: people know the tag.
    const name = listed.find((one) => !one.includes('@')) ?? listed[0];
    return name === undefined ? [] : [named(name, `node/${metadata?.name ?? ''}`, cache)];
  });
}

function named(written: string, file: string, cache: Cache): ImageReference {
  const parsed = parseImageName(written);
  const where = { file, format: 'cluster', written, confidence: 'high' as const };
  if ('problem' in parsed) return { ...where, mutable: true, status: 'unresolvable', why: parsed.problem };
  const { registry, repository, tag, digest } = parsed.value;
  return compact({
    ...where,
    reference: formatImageName(parsed.value),
    registry,
    repository,
    tag,
    digest,
    mutable: digest === undefined,
    ...standingOf(parsed.value, cache),
  });
}

function listOf<T>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [];
}
