import { compareText } from '../compare-text';
import { compact } from '../compact';
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type { Position } from '../diagnostic';
import { isSecretReference, type SecretReference } from '../secret-reference';
import { canonicalJson } from '../json';
import type {
  AcceptedObject,
  ClientDeclaration,
  ConformanceDeclaration,
  Declaration,
  DeclaredObject,
  ExternalObject,
  DeclaredSecret,
  HarborConnection,
  OrganisationRules,
  Waiver,
} from './declaration';
import { matches, type Site } from './sections/placement-path';
import { pruneNames } from './sections/sections';
import { positionOf } from './yaml/source-text';
import { childOf, dottedPath, valueOf, type Path, type TreeNode } from './yaml/tree';

/**
 * Everything in the files except objects. The tree has passed the schema, so values are cast without a second check.
 *
 * Objects are sorted by address and lists that are empty are left out: two declarations with the same meaning are
 * equal, whatever the order of their files.
 */
export function declarationOf(
  root: TreeNode,
  objects: readonly DeclaredObject[],
  sites: readonly Site[],
  directory: string,
  external: readonly ExternalObject[] = [],
): Declaration {
  const sorted = [...objects].sort((a, b) => compareText(a.address, b.address));
  const harbor = harborOf(childOf(root, 'harbor'), directory);
  const clients = clientsOf(childOf(root, 'clients'));
  const unmanaged = acceptedIn(childOf(root, 'unmanaged'));
  const rules = organisationOf(childOf(root, 'rules'));
  const prune = prunedKinds(childOf(root, 'prune'), sites);
  return compact({
    directory,
    harbor,
    objects: sorted,
    parents: parentsOf(root, sites),
    undeclaredAtTop: undeclaredAtTop(root, sites),
    external: external.length > 0 ? external : undefined,
    prune,
    conformance: conformanceOf(root),
    clients: clients.length > 0 ? clients : undefined,
    waivers: waiversOf(childOf(root, 'waivers')),
    rules,
    unmanaged: unmanaged.length > 0 ? unmanaged : undefined,
    secrets: secretsOf(root),
    hash: hashOf(sorted, prune, unmanaged, external),
  });
}

/**
 * Covers everything that affects a plan: specs, protection, pruning. Specs contain no secrets.
 *
 *      in the hash                                        not in it
 *      address, spec, protect, renamed_from               positions in files, comments, the order
 *      prune, addresses of unmanaged and external         reasons, waivers, clients, conformance, harbor.url
 *
 * A saved plan names the hash: with another one it is not applied. A part that is absent adds nothing, so that a plan
 * from before the field existed stays valid.
 */
function hashOf(
  objects: readonly DeclaredObject[],
  prune: readonly string[],
  unmanaged: readonly AcceptedObject[],
  external: readonly ExternalObject[],
): string {
  const decisive = ({ address, spec, protect, renamedFrom }: DeclaredObject) =>
    compact<Partial<DeclaredObject>>({ address, spec, protect, renamedFrom });
  const accepted = unmanaged.length > 0 ? { unmanaged: unmanaged.map(({ object }) => object).sort() } : {};
  const elsewhere = external.length > 0 ? { external: external.map(({ address }) => address).sort() } : {};
  const content = { objects: objects.map(decisive), prune, ...accepted, ...elsewhere };
  return `sha256:${createHash('sha256').update(canonicalJson(content)).digest('hex')}`;
}

/** The path of the CA is made absolute here, while the directory of the policies is at hand. */
function harborOf(node: TreeNode | undefined, directory: string): HarborConnection | undefined {
  if (!node) return undefined;
  const connection = valueOf(node) as unknown as HarborConnection;
  const caFile = connection.ca_file === undefined ? {} : { ca_file: resolve(directory, connection.ca_file) };
  return { ...connection, ...caFile, at: positionOf(node.span) };
}

/** `prune: { robots: true }`. The key can be the section as written or the kind; both end as the name of the kind. */
function prunedKinds(node: TreeNode | undefined, sites: readonly Site[]): string[] {
  const names = pruneNames(sites);
  const allowed = Object.entries((node ? valueOf(node) : {}) as Record<string, boolean>).filter(([, allow]) => allow);
  return [...new Set(allowed.map(([name]) => names.get(name) ?? name))].sort();
}

/**
 * For each kind that is placed below another: the parents that mention it, even with an empty list.
 *
 *      projects: { a: { robots: {} }, b: {} }      robot: [a]
 *
 * `sync` with `prune` may delete undeclared robots of `a`, because the declaration speaks of them, and none of `b`.
 */
function parentsOf(root: TreeNode, sites: readonly Site[]): Map<string, readonly string[]> {
  const parents = new Map<string, Set<string>>();
  for (const { kind, steps } of sites) {
    const first = steps.indexOf('*');
    const container = steps.slice(0, first + 2);
    if (first === -1 || container.length === first + 1) continue;
    const names = parents.get(kind.name) ?? new Set<string>();
    for (const match of matches(root, container)) names.add(match.names[0] ?? '');
    parents.set(kind.name, names);
  }
  return new Map([...parents].map(([kind, names]) => [kind, [...names].sort()]));
}

/** Declaring the labels of a project does not cover those of the whole Harbor. */
function undeclaredAtTop(root: TreeNode, sites: readonly Site[]): string[] {
  const isBelow = ({ steps }: Site): boolean => steps.indexOf('*') < steps.length - 1 && steps.includes('*');
  const below = new Set(sites.filter(isBelow).map(({ kind }) => kind.name));
  const atTop = sites.filter((site) => !isBelow(site) && below.has(site.kind.name));
  return atTop.filter(({ steps }) => !childOf(root, steps[0] ?? '')).map(({ kind }) => kind.name);
}

function conformanceOf(root: TreeNode): ConformanceDeclaration[] {
  const found = matches(root, ['projects', '*', 'conformance']).map(({ names, node, key }) => {
    const { pull, platforms, ...others } = valueOf(node) as unknown as Partial<ConformanceDeclaration>;
    const images = childOf(node, 'pull');
    return {
      project: names[0] ?? '',
      pull: pull ?? [],
      pullAt: images?.type === 'list' ? images.items.map(({ span }) => positionOf(span)) : [],
      platforms: platforms ?? ['linux/amd64'],
      ...others,
      at: positionOf(key),
    };
  });
  return found.sort((a, b) => compareText(a.project, b.project));
}

function clientsOf(node: TreeNode | undefined): ClientDeclaration[] {
  if (node?.type !== 'map') return [];
  const found = [...node.entries].map(([name, { key, value }]): ClientDeclaration => {
    const written = valueOf(value) as unknown as Omit<ClientDeclaration, 'name' | 'places' | 'at'>;
    const defaults = { profile: 'fallback', options: {} } as const;
    return { name, ...defaults, ...written, places: new Map(placesBelow(value, [])), at: positionOf(key) };
  });
  return found.sort((a, b) => compareText(a.name, b.name));
}

/** Positions of each key and each item of a list. */
function placesBelow(node: TreeNode, path: Path): [string, Position][] {
  if (node.type === 'list')
    return node.items.flatMap((item, i): [string, Position][] => [
      [dottedPath([...path, i]), positionOf(item.span)],
      ...placesBelow(item, [...path, i]),
    ]);
  if (node.type !== 'map') return [];
  return [...node.entries].flatMap(([name, { key, value }]): [string, Position][] => [
    [dottedPath([...path, name]), positionOf(key)],
    ...placesBelow(value, [...path, name]),
  ]);
}

function waiversOf(node: TreeNode | undefined): Waiver[] {
  if (node?.type !== 'list') return [];
  return node.items.map((item) => ({ ...(valueOf(item) as unknown as Omit<Waiver, 'at'>), at: positionOf(item.span) }));
}

function organisationOf(node: TreeNode | undefined): OrganisationRules | undefined {
  return node && { ...(valueOf(node) as unknown as Omit<OrganisationRules, 'at'>), at: positionOf(node.span) };
}

function acceptedIn(node: TreeNode | undefined): AcceptedObject[] {
  if (node?.type !== 'list') return [];
  return node.items.map((item) => ({
    ...(valueOf(item) as unknown as Omit<AcceptedObject, 'at'>),
    at: positionOf(item.span),
  }));
}

/**
 * Every secret reference with its position. `secret_to` names a file to write, so it is not one. A reference in
 * `defaults` is found in each object that it was merged into.
 */
function secretsOf(root: TreeNode): DeclaredSecret[] {
  const found: DeclaredSecret[] = [];
  collectSecrets(root, [], found);
  return found;
}

function collectSecrets(node: TreeNode, path: Path, found: DeclaredSecret[]): void {
  if (node.type === 'list') node.items.forEach((item, i) => collectSecrets(item, [...path, i], found));
  if (node.type !== 'map') return;
  const reference = node.entries.size === 1 ? valueOf(node) : undefined;
  if (isSecretReference(reference) && isWellFormed(reference)) {
    found.push({ reference, path: dottedPath(path), at: positionOf(node.span) });
    return;
  }
  for (const [key, { value }] of node.entries) {
    const skipped = key === 'secret_to' || (path.length === 0 && key === 'defaults');
    if (!skipped) collectSecrets(value, [...path, key], found);
  }
}

/** `{ env: 5 }` looks like a reference, and the schema has reported it already. */
function isWellFormed(reference: SecretReference): boolean {
  return 'command' in reference
    ? Array.isArray(reference.command)
    : Object.values(reference).every((name) => typeof name === 'string');
}
