import type { Extractor, Found } from '../found';
import { entryOf, scalarAt, valueAt, type Entry, type MapNode, type Node } from '../yaml/documents';
import { scanYaml, type Visit } from '../yaml/scan-yaml';
import { nothingBeside } from '../interpolate';
import { foundIn } from '../words';
import { dockerfileImages } from '../dockerfile/images';

const NAME = /(?:^|\/)(?:[^/]*[._-])?(?:docker-)?(?:compose|stack)[^/]*\.ya?ml(?:\.(?:j2|tmpl|tpl|template))?$/;
const SERVICES = /^services:[ \t]*(?:#.*)?\r?$/m;

/**
 * Compose and stack files. For a service with `build`, `image` is the name of the result, so it is not pulled.
 *
 *      services:
 *        web:  { image: nginx:1.27 }                                  pulled
 *        app:  { build: ., image: example.com/app }                   built
 *        job:  { image: example.com/app }                             built by the service above
 *        tool: { build: { dockerfile_inline: "FROM alpine" } }        alpine, from the Dockerfile
 *        site: { build: { additional_contexts: { base: docker-image://caddy } } }     caddy
 */
export const compose: Extractor = {
  name: 'compose',
  claims: (path, head) =>
    /\.ya?ml(?:\.\w+)?$/.test(path) &&
    (NAME.test(path) || (SERVICES.test(head()) && /^[ \t]+(?:image|build):/m.test(head()))) &&
    !/^apiVersion:/m.test(head()),
  extract: (text, start, _path, beside = nothingBeside) =>
    scanYaml(text, start, text.length, {
      overrides: beside.overrides,
      weak: () => true,
      leaves: (entry, map, visit) => isBuilt(entry, map, visit),
      extra: (map, visit) => [...inlineDockerfile(map, visit), ...contexts(map, visit)],
    }),
};

/** Leaves `image` out for what is built, and the inline Dockerfile, which `inlineDockerfile` reads by its own rules. */
function isBuilt({ key, value }: Entry, map: MapNode, { root }: Visit): boolean {
  if (key !== 'image' || value.kind !== 'scalar') return key === 'dockerfile_inline';
  return isBuild(map) || builtNames(root).has(value.text);
}

function isBuild(service: Node): boolean {
  return entryOf(service, 'build') !== undefined;
}

/** Whole texts are compared: `example.com/app` and `example.com/app:${TAG}` are two images for Compose, too. */
function builtNames(root: Node): ReadonlySet<string> {
  const known = BUILT.get(root) ?? namesBuiltIn(root);
  BUILT.set(root, known);
  return known;
}

/** By document: each service asks for them. */
const BUILT = new WeakMap<Node, ReadonlySet<string>>();

function namesBuiltIn(root: Node): ReadonlySet<string> {
  const services = valueAt(root, 'services');
  if (services.kind !== 'map') return new Set();
  return new Set(
    services.entries.flatMap(({ value }) => (isBuild(value) ? [scalarAt(value, 'image')?.text ?? ''] : [])),
  );
}

function inlineDockerfile(map: MapNode, { text }: Visit): readonly Found[] {
  const inline = scalarAt(map, 'dockerfile_inline');
  return inline ? dockerfileImages(text, inline.start, inline.end).found : [];
}

/** `additional_contexts: { base: docker-image://alpine }`, as a map or a list. */
function contexts(map: MapNode, visit: Visit): Found[] {
  const declared = entryOf(map, 'additional_contexts')?.value;
  const values = declared?.kind === 'map' ? declared.entries.map(({ value }) => value) : [];
  const listed = declared?.kind === 'list' ? declared.items : [];
  return [...values, ...listed].flatMap((node) => {
    if (node.kind !== 'scalar') return [];
    const at = node.text.indexOf('docker-image://');
    return at === -1
      ? []
      : foundIn(visit.text, { start: node.start + at, end: node.end }, { lookup: visit.lookup, weak: true });
  });
}
