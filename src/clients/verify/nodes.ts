import { compact } from '../../compact';
import { isRecord } from '../../json';

type Fields = Readonly<Record<string, unknown>>;

/** An image on a node, whether a pod runs it or not. */
export interface NodeImage {
  readonly node: string;
  /** With its tag if the node reports one: `docker.io/library/php:8`. */
  readonly image: string;
  /** Absent if the node reports none. */
  readonly digest?: string;
  /** ISO 8601: creation time of the node. It does not report when it pulled. */
  readonly nodeSince?: string;
}

/** Images of the nodes in `kubectl get nodes -o json`, or in a list of pods and nodes; undefined for anything else. */
export function nodeImages(document: unknown): NodeImage[] | undefined {
  if (!isRecord(document) || !Array.isArray(document['items'])) return undefined;
  return (document['items'] as unknown[]).filter(isRecord).filter(isNode).flatMap(imagesOfNode);
}

/** By `kind`, and in lists without kinds by `status.images`, which only nodes have. */
export function isNode(item: Fields): boolean {
  return item['kind'] === 'Node' || Array.isArray(recordAt(item, 'status')['images']);
}

/**
 * `status.images` has names and digests mixed in one list, and by default only the 50 largest images of a node.
 */
function imagesOfNode(item: Fields): NodeImage[] {
  const metadata = recordAt(item, 'metadata');
  const { images } = recordAt(item, 'status');
  return (Array.isArray(images) ? (images as unknown[]) : []).filter(isRecord).flatMap((one) => {
    const names = (Array.isArray(one['names']) ? (one['names'] as unknown[]) : []).filter(isName);
    return imagesNamed(names).map((image) =>
      compact({
        ...image,
        node: textOf(metadata['name']) ?? 'no name',
        nodeSince: textOf(metadata['creationTimestamp']),
      }),
    );
  });
}

/** `REPOSITORY@DIGEST` and `REPOSITORY:TAG` of one image, one entry for each repository. */
function imagesNamed(names: readonly string[]): Pick<NodeImage, 'image' | 'digest'>[] {
  const repositories = [...new Set(names.map(repositoryOf))];
  return repositories.map((repository) => {
    const own = names.filter((name) => repositoryOf(name) === repository);
    const digest = own.flatMap((name) => /@(sha256:[0-9a-f]{64})$/.exec(name)?.[1] ?? [])[0];
    const image = own.find((name) => !name.includes('@')) ?? own[0] ?? repository;
    return compact({ image, digest });
  });
}

function repositoryOf(name: string): string {
  return name.replace(/@.*$/, '').replace(/:[^:/]*$/, '');
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !value.includes('<none>');
}

function recordAt(value: Fields, key: string): Fields {
  const found = value[key];
  return isRecord(found) ? found : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
