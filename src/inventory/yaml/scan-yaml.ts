import { compact } from '../../compact';
import type { Extraction, Found, Trouble } from '../found';
import { noVariables, type Lookup } from '../interpolate';
import { manifestLines } from '../shell/manifest-lines';
import { scanShell } from '../shell/scan-shell';

import { accepted, foundIn } from '../words';
import {
  documentsIn,
  entryOf,
  scalarAt,
  type Entry,
  type ListNode,
  type MapNode,
  type Node,
  type Scalar,
} from './documents';
import { pairIn, withSiblingTag } from './pairs';
import { variablesOf } from './variables';

/** Where in a document a rule is asked. */
export interface Visit {
  readonly text: string;
  readonly lookup: Lookup;
  /** Keys from the root; items of lists are `[]`. */
  readonly path: readonly string[];
  readonly root: Node;
}

/** What a format defines in addition to `image: …`. */
export interface YamlRules {
  /** Whether a bare name such as `nginx` below `image` is an image in this document. */
  weak(root: Node): boolean;
  /** Maps without images that are pulled; nothing below them is read. */
  ignores?(map: MapNode, visit: Visit): boolean;
  /** Keys of a map whose values `extra` reads, or that are not images. */
  leaves?(entry: Entry, map: MapNode, visit: Visit): boolean;
  extra?(map: MapNode, visit: Visit): readonly Found[];
  /** Variables that another file sets: they take precedence over those of the document. */
  readonly overrides?: Lookup;
  /** Text of the same length that YAML can parse; by default templates are masked. */
  readonly readable?: (this: void, text: string) => string;
}

/** Keys whose value is an image. */
const IMAGE_KEY = /^[iI]mage$/;
const IMAGE_SUFFIX =
  /^(?:[a-zA-Z0-9_.-]*(?:Image|_image|-image|_IMAGE|\.image|IMAGE)(?:_?(?:[Nn]ame|NAME|[Rr]ef(?:erence)?|REF|[Uu]r[il]|UR[IL]))?|image(?:_?(?:[nN]ame|[rR]ef(?:erence)?|[uU]r[il]|_identifier|Identifier)))$/;
const NOT_CONTAINER_IMAGE =
  /^(?:vm|os|ami|boot|disk|hero|cover|background|featured|social|og|logo|thumbnail|header|preview|banner|machine|source|icon|avatar|poster|splash|meta|share|profile|default)_?-?image|^(?:og|twitter):image|imagePull|^image_?family/i;
const SCRIPT_KEYS: ReadonlySet<string> = new Set(
  'run script scripts command commands cmd cmds args before_script after_script bash pwsh powershell sh shell inlineScript source entrypoint test steps exec ExecStart ansible.builtin.shell ansible.builtin.command cli preBuild postBuild build install pre_build deploy runcmd initialize onCreateCommand postCreateCommand postStartCommand updateContentCommand initializeCommand after before'.split(
    ' ',
  ),
);
/** Metadata of an object starts nothing. */
const DESCRIPTIONS: ReadonlySet<string> = new Set(['annotations', 'labels', 'matchLabels', 'description']);
const MAX_EMBEDDED = 3;

/**
 * Reads every document between `start` and `end`, and YAML inside block texts of it, up to three levels deep (a
 * ConfigMap in a template in a values file). Templates are masked first; a template that is not YAML even then is read
 * line by line.
 */
export function scanYaml(text: string, start: number, end: number, rules: YamlRules, embedded = 0): Extraction {
  const troubles: Trouble[] = [];
  const found: Found[] = [];
  for (const root of documentsIn(text, start, end, troubles, rules.readable)) {
    const walker = new Walker(text, root, rules, embedded);
    walker.visit(root, []);
    found.push(...walker.found);
  }
  if (troubles.length === 0 || embedded > 0 || !/\{\{|\{%/.test(text)) return { found: distinct(found), troubles };
  // A template need not be valid YAML before it is rendered, but its lines can be read.
  return { found: distinct([...found, ...manifestLines(text, { start, end }, noVariables)]) };
}

/**
 * Goes through a document from the root. At each map:
 *
 *      1. rules.ignores     nothing below it is pulled: stop here
 *      2. rules.extra       what only this format knows
 *      3. pairIn            { repository, tag } is one image; its keys are not read again
 *      4. each entry        `image:` and keys like it, unless rules.leaves says no; then its value
 */
class Walker {
  readonly found: Found[] = [];
  private readonly lookup: Lookup;
  private readonly weak: boolean;

  constructor(
    private readonly text: string,
    private readonly root: Node,
    private readonly rules: YamlRules,
    private readonly embedded: number,
  ) {
    const own = variablesOf(text, root);
    this.lookup = (name) => rules.overrides?.(name) ?? own(name);
    this.weak = rules.weak(root);
  }

  visit(node: Node, path: readonly string[]): void {
    if (node.kind === 'list') return this.list(node, path);
    if (node.kind === 'map') return this.map(node, path);
    if (node.kind === 'scalar') this.scalar(node, path);
  }

  private list(list: ListNode, path: readonly string[]): void {
    for (const item of list.items) this.visit(item, [...path, '[]']);
  }

  private map(map: MapNode, path: readonly string[]): void {
    const visit: Visit = { text: this.text, lookup: this.lookup, path, root: this.root };
    if (this.rules.ignores?.(map, visit)) return;
    this.found.push(...(this.rules.extra?.(map, visit) ?? []));
    const pair = this.pair(map, path);
    if (pair) this.found.push(pair);
    for (const entry of map.entries) {
      if (DESCRIPTIONS.has(entry.key) || this.rules.leaves?.(entry, map, visit)) continue;
      if (!(pair && isInPair(entry, pair))) this.entry(entry, map, path);
      this.visit(entry.value, [...path, entry.key]);
    }
  }

  private pair(map: MapNode, path: readonly string[]): Found | undefined {
    const key = path.at(-1) ?? '';
    const isImage = (IMAGE_KEY.test(key) || isImageKey(key)) && key !== 'images';
    return pairIn(this.text, map, { lookup: this.lookup, isImage, weak: this.weak });
  }

  private entry({ key, value }: Entry, map: MapNode, path: readonly string[]): void {
    if (value.kind === 'list' && /^images$/i.test(key))
      for (const item of value.items) this.image(renamed(item), false);
    if (value.kind !== 'scalar' || value.isBlock) return;
    if (IMAGE_KEY.test(key)) {
      const weak = this.weak || looksLikeContainer(map);
      for (const one of foundIn(this.text, value, { lookup: this.lookup, weak }))
        this.found.push(withSiblingTag(this.text, map, one, this.lookup));
    } else if (isImageKey(key)) this.image(value, false);
    else if (path.at(-1) === 'images') this.image(value, false);
    else if (key === 'reference' && path.at(-1) === 'image') this.image(value, true);
    else if (key === 'value' && isImageName(scalarAt(map, 'name')?.text ?? '', path)) this.image(value, false);
  }

  private image(node: Node, weak: boolean): void {
    if (node.kind !== 'scalar' || node.isBlock) return;
    this.found.push(...foundIn(this.text, node, { lookup: this.lookup, weak }));
  }

  private scalar(scalar: Scalar, path: readonly string[]): void {
    const key = path.findLast((one) => one !== '[]') ?? '';
    if (SCRIPT_KEYS.has(key) || /(?:^|_|-)scripts?$/i.test(key)) {
      this.found.push(...scanShell(this.text, scalar.start, scalar.end, this.lookup));
      this.flags(scalar);
    } else if (/^docker(?:-image)?:\/\//.test(scalar.text)) {
      this.image(scalar, true);
    } else if (scalar.isBlock && this.embedded < MAX_EMBEDDED && /image|repository/i.test(scalar.text)) {
      const inner = scanYaml(this.text, scalar.start, scalar.end, this.rules, this.embedded + 1);
      this.found.push(...inner.found);
    }
  }

  /** `--prometheus-config-reloader=quay.io/…`: an operator gets the images that it starts. */
  private flags({ text, start, end }: Scalar): void {
    const flag = /^--[\w.-]*(?:image|reloader|sidecar)[\w.-]*=/.exec(text);
    if (flag && !/\s/.test(text))
      this.found.push(
        ...foundIn(this.text, { start: start + flag[0].length, end }, { lookup: this.lookup, weak: false }),
      );
  }
}

function isInPair({ value }: Entry, pair: Found): boolean {
  return (
    value.kind === 'scalar' &&
    pair.value.some(
      (part) => !('unknown' in part) && part.at !== undefined && part.at >= value.start && part.at <= value.end,
    )
  );
}

/** `old=new:tag`, as in kustomize. */
function renamed(item: Node): Node {
  if (item.kind !== 'scalar') return item;
  const equals = item.text.indexOf('=') + 1;
  return { ...item, text: item.text.slice(equals), start: item.start + equals };
}

/** A parameter that is just named `image` is often the name of a built image. */
function isImageName(name: string, path: readonly string[]): boolean {
  return path.at(-2) === 'env' ? /image/i.test(name) : isImageKey(name) && !/^image$/i.test(name);
}

/** `initImage`, `IMAGE_NAME`, `sidecar.image` and the like; not `bootImage` or `imagePullPolicy`. */
export function isImageKey(key: string): boolean {
  return IMAGE_SUFFIX.test(key) && !NOT_CONTAINER_IMAGE.test(key);
}

const CONTAINER_KEYS =
  /^(?:command|args|ports|env|envFrom|entrypoint|environment|volumes|volumeMounts|resources|imagePullPolicy|pullPolicy|pull|restart|depends_on|commands|script|securityContext|services|detach|network_mode|networks)$/;

/** A map with keys that only a container has: then even a bare name at `image` is an image. */
export function looksLikeContainer(map: MapNode): boolean {
  return map.entries.some(({ key }) => CONTAINER_KEYS.test(key));
}

/** Manifests, and custom resources: both keys are required in every object of the API. */
export function isKubernetes(root: Node): boolean {
  return entryOf(root, 'apiVersion') !== undefined && entryOf(root, 'kind') !== undefined;
}

/** A scalar that is an image in every format. */
export function imageOf({ text, lookup }: Visit, node: Node | undefined, fixed?: string): Found[] {
  if (node?.kind !== 'scalar' || node.isBlock) return [];
  return foundIn(text, node, compact({ lookup, weak: true, fixed }));
}

function distinct(found: readonly Found[]): Found[] {
  const seen = new Set<string>();
  return found.filter(({ start, end, value }) => {
    const key = `${start}-${end}`;
    return accepted(value, true) !== undefined && !seen.has(key) && seen.add(key);
  });
}
