import type { Extraction, Found } from '../found';
import { interpolate, nothingBeside, type Beside, type Lookup } from '../interpolate';
import { plausibility } from '../plausible';
import { scanShell } from '../shell/scan-shell';
import { literal, type Value } from '../value';
import { foundIn, variables, type Word } from '../words';
import { isImageKey, scanYaml } from '../yaml/scan-yaml';
import { dockerfileImages } from '../dockerfile/images';
import { readHcl, type Frame, type HclString } from './read-hcl';

/** Blocks in which `image` is a container image even if it is a bare name. */
const CONTAINERS =
  /^(?:kubernetes_|docker_|aws_ecs_|aws_batch_|azurerm_container|azapi|google_cloud_run|google_cloudbuild|nomad_|podman|container|containers|init_container|container_spec|docker|job|task|group)/;

/** Terraform, OpenTofu, Nomad, Packer and bake files. */
export function scanHcl(text: string, start: number, { overrides, defaults }: Beside = nothingBeside): Extraction {
  const strings = readHcl(text, start);
  const own = variables(text, declaredIn(strings));
  const lookup: Lookup = (name) => overrides(name) ?? own(name) ?? defaults(name);
  const context: Context = { text, lookup, built: builtIn(strings) };
  const found = [...strings.flatMap((one) => imagesOf(one, context)), ...pairs(strings, context)];
  return { found };
}

interface Context {
  readonly text: string;
  readonly lookup: Lookup;
  /** Resources that build their image. */
  readonly built: ReadonlySet<number>;
}

/** `variable "x" { default = … }` as var.x and x; `locals { x = … }` as local.x. */
export function declaredIn(strings: readonly HclString[]): Map<string, Word> {
  const found = new Map<string, Word>();
  for (const { key, word, frames, isHeredoc } of strings) {
    const [block, name] = frames.at(-1)?.words ?? [];
    if (isHeredoc) continue;
    if (block === 'variable' && name !== undefined && key === 'default') {
      found.set(`var.${name}`, word);
      found.set(name, word);
    }
    if (block === 'locals') found.set(`local.${key}`, word);
  }
  return found;
}

/** Blocks that contain `build`. */
function builtIn(strings: readonly HclString[]): ReadonlySet<number> {
  return new Set(
    strings.flatMap(({ frames }) => {
      const at = frames.findIndex(({ words }) => words[0] === 'build');
      return at > 0 ? [frames[at - 1]!.id] : [];
    }),
  );
}

/**
 * Which strings are images; the first line that fits:
 *
 *       string                                                     a bare name such as `nginx` is enough
 *       begins with docker-image:// or docker://                   yes
 *       name of a docker_image without build, or of data
 *         docker_registry_image                                    yes
 *       image                                                      in a block of containers
 *       default of a variable with "image" in its name             no
 *       another key of an image, except where images are pushed    no
 *       command, inline, user_data, script, provisioner            read as shell
 *
 *       A heredoc is read as a Dockerfile (dockerfile-inline), as shell (a script), else as YAML.
 */
function imagesOf(string: HclString, context: Context): Found[] {
  const { key, word, frames, isHeredoc } = string;
  const { text, lookup } = context;
  if (isHeredoc) return inHeredoc(string, context);
  const written = text.slice(word.start, word.end);
  if (written.startsWith('docker-image://') || written.startsWith('docker://'))
    return foundIn(text, word, { lookup, weak: true });
  if (isPulledName(string, context)) return foundIn(text, word, { lookup, weak: true });
  if (key === 'image') return foundIn(text, word, { lookup, weak: inContainer(frames) });
  if (key === 'default' && isVariable(frames)) return foundIn(text, word, { lookup, weak: false });
  if (isImageKey(key) && !isPushed(frames)) return foundIn(text, word, { lookup, weak: false });
  if (/^(?:command|inline|user_data|script|provisioner)$/.test(key))
    return scanShell(text, word.start, word.end, lookup);
  return [];
}

function inHeredoc({ key, word }: HclString, { text, lookup }: Context): Found[] {
  if (key === 'dockerfile-inline') return [...dockerfileImages(text, word.start, word.end).found];
  const body = text.slice(word.start, word.end);
  if (/^\s*#!/.test(body) || /script|user_data|command|inline/.test(key))
    return scanShell(text, word.start, word.end, lookup);
  return [...scanYaml(text, word.start, word.end, { weak: () => false }).found];
}

/** `name` of a docker_image resource, unless it is built, and of a docker_registry_image that is read. */
function isPulledName({ key, frames }: HclString, { built }: Context): boolean {
  const frame = frames.at(-1);
  const [block, type] = frame?.words ?? [];
  if (key !== 'name' || !frame) return false;
  return block === 'resource'
    ? type === 'docker_image' && !built.has(frame.id)
    : block === 'data' && type === 'docker_registry_image';
}

function inContainer(frames: readonly Frame[]): boolean {
  return frames.some(({ words }) => words.some((word, index) => index < 2 && CONTAINERS.test(word)));
}

function isVariable(frames: readonly Frame[]): boolean {
  const [block, name = ''] = frames.at(-1)?.words ?? [];
  return block === 'variable' && /image/i.test(name);
}

function isPushed(frames: readonly Frame[]): boolean {
  return frames.at(-1)?.words[1] === 'docker_registry_image';
}

/** `{ repository = …, tag = … }` of Helm values, and `set { name = "image.repository", value = … }`. */
function pairs(strings: readonly HclString[], context: Context): Found[] {
  const byFrame = new Map<number, Map<string, HclString>>();
  for (const string of strings) {
    const id = string.frames.at(-1)?.id;
    if (id === undefined || string.isHeredoc) continue;
    const inFrame = byFrame.get(id) ?? new Map<string, HclString>();
    byFrame.set(id, inFrame.set(string.key, string));
  }
  const maps = [...byFrame.values()];
  return [...maps.flatMap((map) => pairIn(map, context)), ...setPairs(maps, context)];
}

function pairIn(map: ReadonlyMap<string, HclString>, context: Context): Found[] {
  const repository = map.get('repository');
  if (!repository || !(map.has('tag') || map.has('digest') || map.has('registry'))) return [];
  return joined(map.get('registry')?.word, repository.word, map.get('tag')?.word, map.get('digest')?.word, context);
}

function setPairs(maps: readonly ReadonlyMap<string, HclString>[], context: Context): Found[] {
  const { text } = context;
  const values = new Map<string, Word>();
  for (const map of maps) {
    const name = map.get('name')?.word;
    const value = map.get('value')?.word;
    if (name && value) values.set(text.slice(name.start, name.end), value);
  }
  return [...values].flatMap(([name, word]) => {
    if (/(?:^|\.)image$/i.test(name)) return foundIn(text, word, { lookup: context.lookup, weak: false });
    const prefix = /^(.*)\.repository$/.exec(name)?.[1];
    if (prefix === undefined) return [];
    return joined(
      values.get(`${prefix}.registry`),
      word,
      values.get(`${prefix}.tag`),
      values.get(`${prefix}.digest`),
      context,
    );
  });
}

function joined(
  registry: Word | undefined,
  repository: Word,
  tag: Word | undefined,
  digest: Word | undefined,
  { text, lookup }: Context,
): Found[] {
  const read = ({ start, end }: Word): Value => interpolate(text, start, end, lookup);
  const value = [
    ...(registry && registry.end > registry.start ? [...read(registry), literal('/')] : []),
    ...read(repository),
    ...(tag && tag.end > tag.start ? [literal(':'), ...read(tag)] : []),
    ...(digest && digest.end > digest.start ? [literal('@'), ...read(digest)] : []),
  ];
  return plausibility(value) === undefined
    ? []
    : [{ start: repository.start, end: repository.end, value, confidence: 'high' }];
}
