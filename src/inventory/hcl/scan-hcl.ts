import type { Extraction, Found } from '../found';
import { interpolate, nothingBeside, type Beside, type Lookup } from '../interpolate';
import { plausibility } from '../plausible';
import { scanShell } from '../shell/scan-shell';
import { HOLE, literal, textOf, type Value } from '../value';
import { accepted, foundIn, variables, type Word } from '../words';
import { isImageKey, scanYaml } from '../yaml/scan-yaml';
import { dockerfileImages } from '../dockerfile/images';
import { readHcl, withoutIndexes, type Frame, type HclString } from './read-hcl';

/** Blocks in which `image` is a container image even if it is a bare name. */
const CONTAINERS =
  /^(?:kubernetes_|docker_|aws_ecs_|aws_batch_|azurerm_container|azapi|google_cloud_run|google_cloudbuild|nomad_|podman|container|containers|init_container|container_spec|docker|job|task|group)/;

/** Terraform, OpenTofu, Nomad, Packer and bake files. */
export function scanHcl(text: string, start: number, { overrides, defaults }: Beside = nothingBeside): Extraction {
  const strings = readHcl(text, start);
  const own = ownVariables(text, strings);
  const lookup: Lookup = (written) => {
    const name = withoutIndexes(written);
    return overrides(name) ?? own(name) ?? defaults(name);
  };
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

/** Defaults and locals of a file. A local can be another name for a variable: `web = var.image`. */
export function ownVariables(text: string, strings: readonly HclString[]): Lookup {
  const aliases = new Map(
    strings.flatMap((one) => (one.variable === undefined ? [] : namesOf(one).map((name) => [name, one.variable!]))),
  );
  const known = variables(text, declaredIn(strings));
  const lookup = (name: string, seen: readonly string[]): Value | undefined => {
    const alias = aliases.get(name);
    return alias === undefined || seen.includes(alias) ? known(name) : lookup(alias, [...seen, alias]);
  };
  return (name) => lookup(name, [name]);
}

/** Each string that is the value of a variable or a local, by every name of it. */
function declaredIn(strings: readonly HclString[]): Map<string, Word> {
  return new Map(
    strings.flatMap((one) =>
      one.variable !== undefined || one.isHeredoc ? [] : namesOf(one).map((name): [string, Word] => [name, one.word]),
    ),
  );
}

/**
 * `variable "x" { default = … }` is var.x and x, `locals { x = … }` is local.x, and below a map there is a name for each
 * of its keys: `locals { images = { web = … } }` is local.images.web.
 */
export function namesOf({ key, frames }: HclString): readonly string[] {
  const [outer, ...maps] = frames;
  const [block, name] = outer?.words ?? [];
  const path = [...maps.map(({ words }) => words.join('.')), key];
  if (block === 'locals') return [`local.${path.join('.')}`];
  if (block !== 'variable' || name === undefined || path[0] !== 'default') return [];
  const whole = [name, ...path.slice(1)].join('.');
  return [`var.${whole}`, whole];
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
 *       another key of an image, or any key in a map of images,
 *         except where images are pushed                           no
 *       command, inline, user_data, script, provisioner            read as shell
 *
 *       A heredoc is read as a Dockerfile (dockerfile-inline), as shell (a script), else as YAML.
 */
function imagesOf(string: HclString, context: Context): Found[] {
  const { key, word, frames, isHeredoc, variable } = string;
  const { text, lookup } = context;
  if (variable !== undefined) return imageOfVariable(string, context);
  if (isHeredoc) return inHeredoc(string, context);
  const written = text.slice(word.start, word.end);
  if (written.startsWith('docker-image://') || written.startsWith('docker://'))
    return foundIn(text, word, { lookup, weak: true });
  if (isPulledName(string, context)) return foundIn(text, word, { lookup, weak: true });
  if (key === 'image') return foundIn(text, word, { lookup, weak: inContainer(frames) });
  if (key === 'default' && isVariable(frames)) return foundIn(text, word, { lookup, weak: false });
  if ((isImageKey(key) || isMapOfImages(frames)) && !isPushed(frames))
    return foundIn(text, word, { lookup, weak: false });
  if (/^(?:command|inline|user_data|script|provisioner)$/.test(key))
    return scanShell(text, word.start, word.end, lookup);
  return [];
}

/**
 * `image = var.x` in the same places. Its value counts here, and not where a local gets it. Without a value it is an
 * image only where a bare name would be one.
 */
function imageOfVariable(string: HclString, context: Context): Found[] {
  const { key, word, frames } = string;
  if (frames[0]?.words[0] === 'locals' || frames[0]?.words[0] === 'variable') return [];
  const isName = isPulledName(string, context);
  if (!isName && key !== 'image' && (!isImageKey(key) || isPushed(frames))) return [];
  const value = valueOf(string, context);
  const confidence = accepted(value, isName || (key === 'image' && inContainer(frames)));
  return confidence === undefined ? [] : [{ ...word, value, confidence }];
}

/** The text of a string with its variables, or the value of the variable that stands for it. */
function valueOf({ word, variable }: HclString, { text, lookup }: Context): Value {
  if (variable === undefined) return interpolate(text, word.start, word.end, lookup);
  return lookup(variable) ?? [{ unknown: text.slice(word.start, word.end) }];
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

/** `images = { web = "nginx:1.27" }` */
function isMapOfImages(frames: readonly Frame[]): boolean {
  return /images$/i.test(frames.at(-1)?.words.at(-1) ?? '');
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
  return joined(map.get('registry'), repository, map.get('tag'), map.get('digest'), context);
}

function setPairs(maps: readonly ReadonlyMap<string, HclString>[], context: Context): Found[] {
  const { text } = context;
  const values = new Map<string, HclString>();
  for (const map of maps) {
    const name = map.get('name')?.word;
    const value = map.get('value');
    if (name && value) values.set(text.slice(name.start, name.end), value);
  }
  return [...values].flatMap(([name, string]) => {
    if (/(?:^|\.)image$/i.test(name) && string.variable === undefined)
      return foundIn(text, string.word, { lookup: context.lookup, weak: false });
    const prefix = /^(.*)\.repository$/.exec(name)?.[1];
    if (prefix === undefined) return [];
    return joined(
      values.get(`${prefix}.registry`),
      string,
      values.get(`${prefix}.tag`),
      values.get(`${prefix}.digest`),
      context,
    );
  });
}

function joined(
  registry: HclString | undefined,
  repository: HclString,
  tag: HclString | undefined,
  digest: HclString | undefined,
  context: Context,
): Found[] {
  const part = (before: string, string: HclString | undefined, after = ''): Value => {
    const value = string ? valueOf(string, context) : [];
    return textOf(value) === ''
      ? []
      : [...(before ? [literal(before)] : []), ...value, ...(after ? [literal(after)] : [])];
  };
  const name = [...part('', registry, '/'), ...valueOf(repository, context)];
  const value = [...name, ...part(':', tag), ...part('@', digest)];
  const { start, end } = repository.word;
  const isKnown = textOf(valueOf(repository, context)) !== HOLE;
  return plausibility(value) === undefined || !isKnown ? [] : [{ start, end, value, confidence: 'high' }];
}
