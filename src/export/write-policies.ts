import { compareText } from '../compare-text';
import type { Declaration, HarborConnection } from '../declaration/declaration';
import { declarationFrom } from '../declaration/load';
import { sourceText } from '../declaration/yaml/source-text';
import { hasErrors, type Diagnostic } from '../diagnostic';
import { DeclarationError } from '../errors';
import type { Json } from '../json';
import { addressOf, type AnyKind } from '../kinds/kind';
import { compose } from './compose';
import { withoutFaults, withoutForbiddenKeys } from './faults';
import { isLeftOut, placeObject, type LeftOut, type PlacedObject, type WritableObject } from './place';
import { policyFiles, type PolicyFile } from './policy-files';
import { secretNames, type SecretNames, type SecretToSet } from './secret-names';
import { nodeOf, type YamlMap } from './yaml-node';

/** Where the objects come from does not matter here: `export` reads a Harbor, `import` a file. */
export interface WriteOptions {
  readonly kinds: readonly AnyKind[];
  /** The section `harbor`, if known. */
  readonly harbor?: Omit<HarborConnection, 'at'>;
  /** Source of the values: the first comment of every file. */
  readonly origin: string;
  /** Whether a text contains a secret: an object with such a text is left out, because files are committed. */
  readonly holdsSecret?: (text: string) => boolean;
  /** Registries that are referenced but managed elsewhere. */
  readonly external?: readonly string[];
  /** Secrets that already have names. */
  readonly secrets?: SecretNames;
}

/** Nothing is on the disk yet: the caller writes the files. */
export interface Policies {
  readonly files: readonly PolicyFile[];
  /** The loader's result for these files. */
  readonly declaration: Declaration;
  readonly secrets: readonly SecretToSet[];
  readonly leftOut: readonly LeftOut[];
  readonly warnings: readonly Diagnostic[];
}

/** More than one round is needed if another object refers to something that was left out. */
const MAX_ROUNDS = 20;

/**
 * Writes objects as files that `validate` accepts: each version is checked with the real loader, and invalid parts are
 * left out and reported. The same objects give the same bytes.
 *
 *      objects ── placed, secrets named ── composed ── files ── the loader ──┬── valid ──> done
 *                     ^                                                     │
 *                     └── without the invalid fields or objects, reported <─┘
 *
 * @throws DeclarationError if a finding belongs to no object
 */
export async function writePolicies(objects: readonly WritableObject[], options: WriteOptions): Promise<Policies> {
  const names = options.secrets ?? secretNames();
  const { holdsSecret = () => false } = options;
  const specs = new Map(objects.map(({ kind, spec }) => [addressOf(kind.name, kind.identity(spec)), spec]));
  const tried = inOrder(objects, options.kinds)
    .map((object) => placeObject(object, names, (kind, identity) => specs.get(addressOf(kind, identity))))
    .map((placed) => (isLeftOut(placed) ? placed : withoutSecret(placed, holdsSecret)));
  const nameable = tried.filter((one): one is PlacedObject => !isLeftOut(one)).map(withoutForbiddenKeys);
  const leftOut: LeftOut[] = [...tried.filter(isLeftOut), ...nameable.flatMap((one) => one.leftOut)];
  let placed: readonly PlacedObject[] = nameable.flatMap(({ objects: kept }) => kept);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const { root, paths } = compose(placed);
    const files = policyFiles(withHarbor(withExternal(root, options), options), (section) =>
      aboutSection(section, options),
    );
    const { declaration, diagnostics } = await understand(files, options.kinds);
    if (declaration) {
      const secrets = usedSecrets(names.given(), declaration);
      return { files, declaration, secrets, leftOut, warnings: diagnostics };
    }
    const repaired = withoutFaults(paths, placed, diagnostics.filter(isError));
    if (repaired.leftOut.length === 0) throw new DeclarationError('this cannot be declared', diagnostics);
    if (repaired.objects.length === 0 && !options.harbor)
      throw new DeclarationError('nothing of this can be declared', diagnostics);
    leftOut.push(...repaired.leftOut);
    placed = repaired.objects;
  }
  throw new DeclarationError('it is still not valid after leaving out every field that may be left out', []);
}

/** A restricting field without its value could mean anything: the whole object is left out. */
function withoutSecret(placed: PlacedObject, holdsSecret: (text: string) => boolean): PlacedObject | LeftOut {
  const { address, value } = placed;
  if (!holdsSecret(JSON.stringify([address, value]))) return placed;
  return { address, reason: 'Harbor returns it with the value of a secret in one of its fields' };
}

/** Kinds in their own order, objects by name: independent of the order in Harbor's lists. */
function inOrder(objects: readonly WritableObject[], kinds: readonly AnyKind[]): WritableObject[] {
  const keyed = objects.map((object) => ({
    object,
    rank: kinds.findIndex(({ name }) => name === object.kind.name),
    identity: object.kind.identity(object.spec),
  }));
  const sorted = keyed.sort((a, b) => a.rank - b.rank || compareText(a.identity, b.identity));
  return sorted.map(({ object }) => object);
}

async function understand(
  files: readonly PolicyFile[],
  kinds: readonly AnyKind[],
): Promise<{ declaration?: Declaration; diagnostics: readonly Diagnostic[] }> {
  const policies = files.map(({ name, text }) => sourceText(name, text));
  return declarationFrom({ policies, overlays: [], diagnostics: [] }, '.', kinds);
}

function isError(diagnostic: Diagnostic): boolean {
  return hasErrors([diagnostic]);
}

function withExternal(root: YamlMap, { external = [] }: WriteOptions): YamlMap {
  if (external.length === 0) return root;
  const own = root.entries.get('registries');
  const named = external.map((name) => [name, nodeOf({ external: true })] as const);
  const section: YamlMap = { type: 'map', entries: new Map([...(own?.type === 'map' ? own.entries : []), ...named]) };
  return { ...root, entries: new Map([['registries', section], ...root.entries, ['registries', section]]) };
}

/** `harbor` always comes first. */
function withHarbor(root: YamlMap, { harbor }: WriteOptions): YamlMap {
  if (!harbor) return root;
  const section = nodeOf(JSON.parse(JSON.stringify(harbor)) as Json);
  return { ...root, entries: new Map([['harbor', section], ...root.entries]) };
}

/** A section for several kinds (`schedules`) has no description of its own. */
function aboutSection(section: string, { kinds, origin }: WriteOptions): string {
  const paths = [section, `${section}.*`];
  const kind = kinds.find(({ placements }) => placements.some(({ path }: { path: string }) => paths.includes(path)));
  const about = section === 'harbor' ? 'The Harbor that this directory describes.' : kind?.about;
  return about === undefined ? origin : `${about}\n${origin}`;
}

/** A secret of something that was left out need not be set. */
function usedSecrets(given: readonly SecretToSet[], { secrets = [] }: Declaration): SecretToSet[] {
  const used = new Set(secrets.flatMap(({ reference }) => ('env' in reference ? [reference.env] : [])));
  return given.filter(({ env }) => used.has(env));
}
