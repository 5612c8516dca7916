import { grouped } from '../../grouped';
import { compact } from '../../compact';
import type { Diagnostic } from '../../diagnostic';
import type { CheckContext, Finding, Reference } from '../../kinds/kind';
import { addressOf } from '../../kinds/kind';
import type { DeclaredObject, ExternalObject } from '../declaration';
import { outOfVersion } from '../schema/field-versions';
import { matches, type Match, type Site } from '../sections/placement-path';
import { reservedKeys } from '../schema/schema';
import { RENAMED_FROM } from '../sections/sections';
import { positionOf, type Span } from '../yaml/source-text';
import { didYouMean } from '../../suggest';
import { childOf, dottedPath, locateDotted, valueOf, type Path, type TreeNode } from '../yaml/tree';

/** An object together with the position of its findings. */
export interface Expanded {
  readonly object: DeclaredObject;
  /** The spec before its kind normalized it: lists are in the order of the files. */
  readonly written: object;
  readonly site: Site;
  readonly match: Match;
}

/** An object in `broken` is not missing: what refers to it is not reported a second time. */
export interface Expansion {
  readonly expanded: readonly Expanded[];
  /** Objects without a spec because their part of the files has errors: kind → names. */
  readonly broken: ReadonlyMap<string, ReadonlySet<string>>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Each value at a placement becomes an object, unless the schema already rejected it. */
export function expandObjects(root: TreeNode, sites: readonly Site[], faults: readonly Path[]): Expansion {
  const faultIndex = indexFaults(faults);
  const expanded = new Map<string, Expanded>();
  const broken = new Map<string, Set<string>>();
  const diagnostics: Diagnostic[] = [];
  for (const site of sites) {
    const found = matches(root, site.steps);
    if (found.length === 0) continue;
    const reserved = reservedKeys(site.steps, sites);
    for (const match of found) {
      if (isFaulty(match, reserved, faultIndex)) {
        noteBroken(broken, site.kind.name, match.names);
        continue;
      }
      const written = site.placement.toSpec(valueOf(match.node, reserved), match.names);
      const entry = { object: objectOf(site, match, written, reserved), written, site, match };
      const earlier = expanded.get(entry.object.address);
      if (earlier) diagnostics.push(sameObject(earlier, entry));
      else expanded.set(entry.object.address, entry);
    }
  }
  return { expanded: [...expanded.values()], broken, diagnostics };
}

function objectOf(
  { kind, placement }: Site,
  match: Match,
  written: object,
  reserved: ReadonlySet<string>,
): DeclaredObject {
  const spec = kind.normalise(written) as object;
  const identity = kind.identity(spec);
  const protect = match.named.some((node) => isTrue(childOf(node, 'protect')));
  return {
    kind: kind.name,
    identity,
    address: addressOf(kind.name, identity),
    spec,
    protect,
    ...formerIdentity(kind, placement, match, reserved),
    at: positionOf(match.key),
  };
}

/**
 * The identity under the previous name: the same value at the same place, with only its own name replaced. Those of its
 * parents stay.
 */
function formerIdentity(
  kind: Site['kind'],
  placement: Site['placement'],
  { node, names }: Match,
  reserved: ReadonlySet<string>,
): Pick<DeclaredObject, 'renamedFrom'> {
  const former = childOf(node, RENAMED_FROM);
  if (kind.renames !== true || former?.type !== 'scalar' || typeof former.value !== 'string') return {};
  const spec = placement.toSpec(valueOf(node, reserved), [...names.slice(0, -1), former.value]);
  return { renamedFrom: kind.identity(kind.normalise(spec)) };
}

function isTrue(node: TreeNode | undefined): boolean {
  return node?.type === 'scalar' && node.value === true;
}

/** Under its full name and its last part: references use either, depending on the kind. */
function noteBroken(broken: Map<string, Set<string>>, kind: string, names: readonly string[]): void {
  const known = broken.get(kind) ?? new Set();
  broken.set(kind, known.add(names.join('/')).add(names.at(-1) ?? ''));
}

interface FaultIndex {
  /** Positions with errors of their own. */
  readonly at: ReadonlySet<string>;
  /** The same, with every position on the path to them. */
  readonly within: ReadonlySet<string>;
}

function indexFaults(faults: readonly Path[]): FaultIndex {
  const at = new Set<string>();
  const within = new Set<string>();
  for (const path of faults) {
    at.add(placeKey(path));
    for (let length = 0; length <= path.length; length += 1) within.add(placeKey(path.slice(0, length)));
  }
  return { at, within };
}

function placeKey(path: Path): string {
  return path.join('\u0000');
}

/** Errors below a reserved key belong to another kind: an invalid retention must not hide findings of its project. */
function isFaulty({ path, node }: Match, reserved: ReadonlySet<string>, faults: FaultIndex): boolean {
  const here = placeKey(path);
  if (!faults.within.has(here)) return false;
  if (faults.at.has(here) || node.type !== 'map') return true;
  const own = [...node.entries.keys()].filter((key) => !reserved.has(key));
  // A missing required key has no entry, but its object has the error.
  return own.some((key) => faults.within.has(placeKey([...path, key])));
}

/** Items of a list have no keys that could be compared while reading: two entries for one group in `members`, for example. */
function sameObject(earlier: Expanded, later: Expanded): Diagnostic {
  const { file, line, column } = earlier.object.at;
  return {
    rule: 'duplicate-name',
    severity: 'error',
    message: `${later.object.address} is declared twice, first at ${file}:${line}:${column}`,
    at: later.object.at,
    path: dottedPath(later.match.path),
  };
}

/**
 * Runs `check` of each kind on the written values, so that the index of an item is its position. `checkReferences`
 * verifies that names exist.
 */
export function checkObjects(expanded: readonly Expanded[], harborVersion?: string): Diagnostic[] {
  const byAddress = new Map(expanded.map(({ object }) => [object.address, object.spec]));
  const declared = (kind: string, identity: string) => byAddress.get(addressOf(kind, identity));
  const specs = expanded.map(({ object }) => object);
  const byKind = new Map(
    [...grouped(specs, ({ kind }) => kind)].map(([kind, of]) => [kind, of.map(({ spec }) => spec)]),
  );
  const all = (kind: string) => byKind.get(kind) ?? [];
  const context = compact<CheckContext>({ declared, all, harborVersion });
  return expanded.flatMap((entry) => {
    const findings = entry.site.kind.check?.(entry.written, context) ?? [];
    return findings.map((finding) => findingAt(entry, finding));
  });
}

/** Fields that the declared version of Harbor drops, and values that it no longer supports. */
export function checkVersions(expanded: readonly Expanded[], harborVersion: string): Diagnostic[] {
  return expanded.flatMap((entry) =>
    outOfVersion(entry.site.kind, entry.object.spec, harborVersion).map((finding) => findingAt(entry, finding)),
  );
}

/** At the position of the object, or of the field that it concerns. */
export function findingAt({ match }: Expanded, finding: Finding): Diagnostic {
  const { rule, severity = 'error', message, hint, field } = finding;
  const path = dottedPath(match.path) + (field === undefined ? '' : `.${field}`);
  const at = positionOf(field === undefined ? match.key : spanOf(match, field, rule));
  return compact({ rule, severity, message: `${path}: ${message}`, hint, at, path });
}

/** A finding about a key that may be missing points to the key, any other one to the value. */
function spanOf(match: Match, field: string, rule: string): Span {
  const located = locateDotted(match.node, field);
  if (located.node === match.node) return match.key;
  return rule.endsWith('-key') ? (located.key ?? located.node.span) : located.node.span;
}

/** With more unknown names than this, computing suggestions would cost more than it helps. */
const SUGGESTIONS = 100;

/**
 * Names of objects that are not declared.
 *
 *       the reference is     and its object is                                  finding
 *       ordinary             declared, external, or in a part with errors       none
 *       ordinary             nothing of these                                   error
 *       mayBeUndeclared      not declared                                       warning
 *       mayBeUndeclared:
 *         'usually'          any                                                none
 */
export function checkReferences(
  { expanded, broken }: Expansion,
  external: readonly ExternalObject[] = [],
): Diagnostic[] {
  const names = new Map<string, Set<string>>();
  for (const { kind, identity } of [...expanded.map(({ object }) => object), ...external])
    names.set(kind, (names.get(kind) ?? new Set()).add(identity));
  const isDeclared = ({ kind, identity }: Reference) =>
    names.get(kind)?.has(identity) === true || broken.get(kind)?.has(identity) === true;
  const dangling = expanded.flatMap((entry) =>
    entry.site.kind
      .references(entry.object.spec)
      .filter((reference) => reference.mayBeUndeclared !== 'usually' && !isDeclared(reference))
      .map((reference) => ({ entry, reference })),
  );
  return dangling.map(({ entry, reference }, i) =>
    danglingAt(entry, reference, i < SUGGESTIONS ? (names.get(reference.kind) ?? []) : []),
  );
}

function danglingAt(entry: Expanded, reference: Reference, names: Iterable<string>): Diagnostic {
  const { kind, identity, field, mayBeUndeclared } = reference;
  const hint = didYouMean(identity, names) ?? `declare it, or remove what refers to it`;
  const message = `no ${kind} named "${identity}" is declared`;
  const severity = mayBeUndeclared === true ? 'warning' : 'error';
  return findingAt(entry, { rule: 'dangling-reference', severity, field, message, hint });
}
