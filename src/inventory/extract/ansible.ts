import type { Extractor, Found } from '../found';
import { literal, textOf, HOLE } from '../value';
import { interpolate } from '../interpolate';
import { plausibility } from '../plausible';
import { entryOf, scalarAt, type MapNode, type Node, type Scalar } from '../yaml/documents';
import { imageOf, scanYaml, type Visit } from '../yaml/scan-yaml';

const PATH =
  /(?:^|\/)(?:playbooks?|roles|group_vars|host_vars|tasks|handlers|ansible)\/.*\.ya?ml$|(?:^|\/)(?:playbook|site)[^/]*\.ya?ml$/;
const CONTAINER = /(?:^|\.)(?:docker_container|docker_swarm_service|podman_container|docker_container_exec)$/;
const IMAGE = /(?:^|\.)(?:docker_image|docker_image_pull|podman_image|docker_image_info)$/;

/**
 * Ansible: the modules for Docker and Podman, their loops, and variables named like images.
 *
 *      - community.docker.docker_container: { name: web, image: nginx:1.27 }      nginx:1.27
 *      - community.docker.docker_image: { name: redis, tag: "7", source: pull }   redis:7
 *      - community.docker.docker_image: { name: app, source: build, … }           built
 *      - community.docker.docker_image: { name: "{{ item }}", source: pull }      each of the loop
 *        loop: [alpine:3.20, busybox:1.36]
 *
 * `name` is an image for one kind of module and a container for the other: hence two lists.
 */
export const ansible: Extractor = {
  name: 'ansible',
  claims: (path, head) =>
    /\.ya?ml$/.test(path) &&
    !/^apiVersion:/m.test(head()) &&
    (PATH.test(path) || /^[ \t]*-[ \t]+hosts:|^[ \t]+(?:community\.docker|containers\.podman)\.\w+:/m.test(head())),
  extract: (text, start) =>
    scanYaml(text, start, text.length, {
      weak: () => false,
      leaves: ({ key }) => CONTAINER.test(key) || IMAGE.test(key),
      extra: (map, visit) => modules(map, visit),
    }),
};

function modules(task: MapNode, visit: Visit): Found[] {
  return task.entries.flatMap(({ key, value }) => {
    if (value.kind !== 'map') return [];
    if (CONTAINER.test(key)) return images(scalarAt(value, 'image'), undefined, task, visit);
    if (!IMAGE.test(key) || isOwn(value)) return [];
    return images(scalarAt(value, 'name'), scalarAt(value, 'tag'), task, visit);
  });
}

/** An image that is built, loaded, pushed or removed is not pulled. */
function isOwn(module: MapNode): boolean {
  const source = scalarAt(module, 'source')?.text;
  return (
    entryOf(module, 'build') !== undefined ||
    (source !== undefined && source !== 'pull') ||
    scalarAt(module, 'state')?.text === 'absent' ||
    /^(?:yes|true)$/i.test(scalarAt(module, 'push')?.text ?? '')
  );
}

/** The tag is a field of its own, so the found place is the name alone. */
function images(name: Scalar | undefined, tag: Scalar | undefined, task: MapNode, visit: Visit): Found[] {
  if (!name) return [];
  const items = loopItems(name.text, task);
  if (items) return items.flatMap((item) => imageOf(visit, item));
  if (!tag) return imageOf(visit, name);
  const read = ({ start, end }: Scalar) => interpolate(visit.text, start, end, visit.lookup);
  const value = [...read(name), literal(':'), ...read(tag)];
  return plausibility(value) === undefined || textOf(value) === HOLE
    ? imageOf(visit, name)
    : [{ start: name.start, end: name.end, value, confidence: 'high' }];
}

/** The values of `{{ item }}` or `{{ item.image }}`. */
function loopItems(text: string, task: MapNode): Node[] | undefined {
  const match = /^\s*\{\{\s*item(?:\.(\w+)|\[["'](\w+)["']\])?\s*\}\}\s*$/.exec(text);
  const loop = entryOf(task, 'loop') ?? entryOf(task, 'with_items') ?? entryOf(task, 'with_list');
  if (!match || loop?.value.kind !== 'list') return undefined;
  const key = match[1] ?? match[2];
  return loop.value.items.flatMap((item) => (key === undefined ? [item] : (scalarAt(item, key) ?? [])));
}
