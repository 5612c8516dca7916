import type { Confidence, Found } from '../found';
import { interpolate, type Lookup } from '../interpolate';
import { plausibility } from '../plausible';
import { HOLE, literal, textOf, type Value } from '../value';
import { scalarAt, type MapNode, type Scalar } from './documents';

const REPOSITORY_KEYS = ['repository', 'repo', 'name', 'image', 'imageName'] as const;
const TAG_KEYS = ['tag', 'imageTag', 'image_tag', 'newTag', 'version'] as const;
const DIGEST_KEYS = ['digest', 'sha', 'imageDigest'] as const;
const REGISTRY_KEYS = ['registry', 'imageRegistry', 'hub'] as const;

/** How much the place already says about whether there is an image. */
export interface PairOptions {
  readonly lookup: Lookup;
  /** The map is the value of a key such as `image`: the name alone is sufficient. */
  readonly isImage: boolean;
  /** Whether a bare name is sufficient. */
  readonly weak: boolean;
}

/** An image in parts: `{ registry, repository, tag, digest }`, as in values of Helm charts. */
export function pairIn(text: string, map: MapNode, { lookup, isImage, weak }: PairOptions): Found | undefined {
  const first = (keys: readonly string[]): Scalar | undefined => {
    for (const key of keys) {
      const scalar = scalarAt(map, key);
      if (scalar && !scalar.isBlock && !isNothing(scalar.text)) return scalar;
    }
    return undefined;
  };
  const repository = first(isImage ? REPOSITORY_KEYS : ['repository']);
  if (!repository || /^(?:https?|git|ssh|oci|file):|^git@|\s/.test(repository.text)) return undefined;
  const has = (keys: readonly string[]): boolean => map.entries.some(({ key }) => keys.includes(key));
  const certain = has(['registry', 'pullPolicy', 'imagePullPolicy', 'digest', 'sha']);
  const tagged = has(['tag', 'imageTag', 'digest', 'registry', 'pullPolicy', 'imagePullPolicy', 'sha']);
  // A git repository also has a name and a tag.
  if (!isImage && !(weak ? tagged : certain)) return undefined;
  const value = valueOf(
    text,
    {
      registry: first(REGISTRY_KEYS),
      repository,
      tag: first(isImage ? TAG_KEYS : TAG_KEYS.slice(0, 3)),
      digest: first(DIGEST_KEYS),
      hasOpenTag: has(['tag', 'imageTag']),
    },
    lookup,
  );
  const how = plausibility(value);
  if (how === undefined || (how === 'weak' && !tagged && !weak && !has(['repository']))) return undefined;
  const confidence: Confidence = how === 'hole' ? 'low' : tagged || isImage ? 'high' : 'medium';
  return { start: repository.start, end: repository.end, value, confidence };
}

interface Parts {
  readonly registry: Scalar | undefined;
  readonly repository: Scalar;
  readonly tag: Scalar | undefined;
  readonly digest: Scalar | undefined;
  /** There is an empty tag: the chart fills it in. */
  readonly hasOpenTag: boolean;
}

/**
 *       registry   name        tag     digest           value
 *       quay.io    app         v1      -                quay.io/app:v1
 *       -          app:v1      v2      -                app:v1           a tag in the name wins
 *       -          app         ""      -                app:HOLE         the chart fills it in
 *       -          app         v1      0123…            app:v1@sha256:0123…
 */
function valueOf(text: string, { registry, repository, tag, digest, hasOpenTag }: Parts, lookup: Lookup): Value {
  const read = ({ start, end }: Scalar): Value => interpolate(text, start, end, lookup);
  const name = read(repository);
  const isTagged = /[:@][^/]*$/.test(textOf(name));
  const host = registry && read(registry);
  const digestText = digest && read(digest);
  const algorithm =
    digestText && !textOf(digestText).includes(':') && !textOf(digestText).includes(HOLE) ? 'sha256:' : '';
  return [
    ...(host ? [...host, ...(textOf(host).endsWith('/') ? [] : [literal('/')])] : []),
    ...name,
    ...(tag && !isTagged ? [literal(':'), ...read(tag)] : []),
    ...(!tag && hasOpenTag && !isTagged && !digest ? [literal(':'), { unknown: 'the empty tag' }] : []),
    ...(digestText ? [literal(`@${algorithm}`), ...digestText] : []),
  ];
}

/**
 * `image: quay.io/x/y` beside `tag: v1`. Unchanged if the name has a tag or digest already, or if the result would be
 * no name of an image.
 */
export function withSiblingTag(text: string, map: MapNode, found: Found, lookup: Lookup): Found {
  const tag = scalarAt(map, 'tag') ?? scalarAt(map, 'imageTag') ?? scalarAt(map, 'image_tag');
  if (!tag || tag.isBlock || isNothing(tag.text) || /[:@][^/]*$/.test(textOf(found.value))) return found;
  const value = [...found.value, literal(':'), ...interpolate(text, tag.start, tag.end, lookup)];
  return plausibility(value) === undefined ? found : { ...found, value };
}

function isNothing(text: string): boolean {
  return text === '' || text === '~' || text === 'null' || /^\s*$/.test(text);
}
