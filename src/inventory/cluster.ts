import { compact } from '../compact';
import { formatImageName, parseImageName } from '../oci';
import { standingOf, type Cache } from './cache';
import type { ImageReference } from './reference';

/** The parts of `kubectl get pods,nodes -o json` that are read. */
interface List {
  readonly items?: readonly Item[];
}

interface Item {
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
  readonly spec?: { readonly [list in (typeof CONTAINERS)[number]]?: readonly { name?: string; image?: string }[] };
  readonly status?: { readonly images?: readonly { readonly names?: readonly string[] | null }[] };
}

const CONTAINERS = ['initContainers', 'containers', 'ephemeralContainers'] as const;

/**
 * The images of running pods, and those that only nodes have.
 *
 *      pod/NAMESPACE/NAME/CONTAINER     spec.containers[].image and the other two lists
 *      node/NAME                        status.images[].names: what its disk has
 *
 * An image of a node without a pod was pulled once, often by something that no manifest shows: static pods, the pause
 * image, a person. kubelet reports at most 50 images of a node, the largest ones (`nodeStatusMaxImages`).
 * @throws SyntaxError if it is not JSON
 */
export function clusterReferences(json: string, cache: Cache): ImageReference[] {
  const parsed = JSON.parse(json) as List & Item;
  const items: readonly Item[] = parsed.items === undefined ? [parsed] : listOf(parsed.items);
  const pods = items.filter(({ kind }) => kind === 'Pod').flatMap((pod) => podReferences(pod, cache));
  const known = new Set(pods.map(({ reference }) => reference));
  const nodes = items.filter(({ kind }) => kind === 'Node').flatMap((node) => nodeReferences(node, cache));
  return [...pods, ...nodes.filter(({ reference }) => !known.has(reference))];
}

/**
 * `spec` has the image as it was declared. `status` would have what the runtime made of it, which differs between them.
 */
function podReferences({ metadata, spec }: Item, cache: Cache): ImageReference[] {
  return CONTAINERS.flatMap((list) =>
    listOf(spec?.[list]).flatMap(({ name = '', image }) =>
      typeof image === 'string'
        ? [named(image, `pod/${metadata?.namespace ?? 'default'}/${metadata?.name ?? ''}/${name}`, cache)]
        : [],
    ),
  );
}

function nodeReferences({ metadata, status }: Item, cache: Cache): ImageReference[] {
  return listOf(status?.images).flatMap(({ names }) => {
    const listed = listOf(names ?? undefined).filter((name) => typeof name === 'string' && !name.includes('<none>'));
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
