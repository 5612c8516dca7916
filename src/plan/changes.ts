import type { Declaration } from '../declaration/declaration';
import type { JsonObject } from '../json';
import type { KindRules, SecretProof } from '../kinds/kind';
import {
  compare,
  fieldsGone,
  inKeyOrder,
  observedFields,
  preconditionOn,
  withGuarded,
  writeOnlyFields,
  type WriteReason,
} from './diff';
import { pathsTouch, topLevelField } from './field-path';
import type { Change, FieldChange, Mode } from './plan';
import { acceptedBy, hasLeftTheFiles, neededBy } from './unmanaged';
import { addressOf, type Declared, type Found, type World } from './world';

/** Why a field turns an update into a replace. */
export const FIXED_IN_PLACE = 'Harbor cannot change it in place';

/** Changes by address. `left` differ as well, but the mode excludes them. */
export interface Changes {
  readonly made: ReadonlyMap<string, Change>;
  readonly left: readonly Change[];
}

/** What is known about secrets in addition to the declaration, by address. */
export interface SecretsToWrite {
  /** Requested with --rotate. */
  readonly rotate: readonly string[];
  readonly proofs?: ReadonlyMap<string, SecretProof>;
  /** Specs of the previous declaration. Absent: unknown. */
  readonly base?: ReadonlyMap<string, object>;
}

/** Why an undeclared field is compared. */
const GUARDED = 'not declared; compared with its default';

/** The changes that create or update every declared object. */
export function changesToDeclared(world: World, mode: Mode, secrets: SecretsToWrite): Changes {
  const made = new Map<string, Change>();
  const left: Change[] = [];
  // Owners come before their children, because they have a lower rank.
  for (const declared of world.declared.values()) {
    const change = changeTo(declared, world, made, reasonToWrite(declared.address, world, secrets));
    if (!change) continue;
    if (mode === 'create-only' && change.action !== 'create' && !change.bornOf) left.push(change);
    else made.set(change.address, change);
  }
  return { made, left };
}

function reasonToWrite(address: string, { renames }: World, { rotate, proofs, base }: SecretsToWrite): WriteReason {
  if (rotate.includes(address)) return 'rotate';
  const before = base?.get(address) ?? base?.get(renames.get(address)?.from ?? '');
  return { proof: proofs?.get(address), declaredBefore: base && (before ?? null) };
}

/**
 * The change that one declared object needs. The first line that fits decides:
 *
 * ```
 * its owner                in Harbor                       change
 * is created or replaced   made together with the owner    update from what Harbor makes, or carried in the owner's call
 * is created or replaced   anything else                   create: what was below the old owner goes with it
 * stays                    nothing                         create
 * stays                    as declared, no secret to write none
 * stays                    differs                         update; under its old name: update, renamed
 * stays                    differs in a fixed field        replace
 * ```
 */
function changeTo(
  declared: Declared,
  world: World,
  made: ReadonlyMap<string, Change>,
  reason: WriteReason,
): Change | undefined {
  const owner = declared.owner === undefined ? undefined : made.get(declared.owner);
  if (owner?.action === 'create' || owner?.action === 'replace') return changeBelowNew(declared, owner, world);
  const found = world.found.get(declared.address);
  if (!found) return creation(declared);
  const change = changeOf(declared, found.live.spec, reason);
  const isPending = world.renames.get(declared.address)?.state === 'pending';
  return change && isPending && declared.renamedFrom !== undefined ? renaming(change, declared.renamedFrom) : change;
}

/** Its name is among the changed fields. */
function renaming(change: Change, renamedFrom: string): Change {
  const fields = change.fields.map((field) => (field.path === 'name' ? { ...field, why: 'renamed' } : field));
  return { ...change, fields, renamedFrom };
}

/** Nothing exists below an owner that does not exist yet, except what Harbor creates together with it. */
function changeBelowNew(declared: Declared, owner: Change, world: World): Change | undefined {
  const { bornWith, normalise } = declared.rules;
  if (bornWith?.kind !== owner.kind) return creation(declared);
  if (bornWith.carried) return { ...creation(declared), carriedBy: owner.address };
  const silent = bornWith.spec?.(world.declared.get(owner.address)?.spec ?? {}) as object | undefined;
  if (!silent) return creation(declared);
  const change = changeOf(declared, normalise(silent) as object, {});
  return change && { ...change, bornOf: owner.address };
}

function creation(declared: Declared): Change {
  const { spec, rules } = declared;
  const fields = [...compare(spec, {}, rules), ...writeOnlyFields(spec, [], rules, 'create')];
  return { ...headOf('create', declared), fields, precondition: null };
}

function changeOf(declared: Declared, live: object, reason: WriteReason): Change | undefined {
  const { rules } = declared;
  const { spec, assumed } = withGuarded(declared.spec, live, rules.guarded);
  const compared = compare(spec, live, rules).map((field) => withReason(field, rules, assumed));
  const fields = [...compared, ...writeOnlyFields(spec, compared, rules, reason)];
  if (fields.length === 0) return undefined;
  if (!compared.some(({ path }) => isFixed(path, rules)))
    return {
      ...headOf('update', { ...declared, spec }),
      fields,
      precondition: preconditionOn(observedFields(live, spec, rules)),
    };
  const again = [...compared, ...writeOnlyFields(spec, [], rules, 'create')];
  return { ...headOf('replace', declared), fields: again, precondition: preconditionOn(live as JsonObject) };
}

function headOf(action: Change['action'], declared: Declared): Omit<Change, 'fields' | 'precondition'> {
  const { kind, identity, address, spec, at } = declared;
  return { action, kind, identity, address, desired: inKeyOrder(spec as JsonObject), dependsOn: [], at };
}

function withReason(field: FieldChange, rules: KindRules, assumed: readonly string[]): FieldChange {
  if (isFixed(field.path, rules)) return { ...field, why: FIXED_IN_PLACE };
  return assumed.some((guarded) => pathsTouch(field.path, guarded)) ? { ...field, why: GUARDED } : field;
}

function isFixed(path: string, rules: KindRules): boolean {
  return rules.replaceOn.includes(topLevelField(path));
}

/**
 * Deletes objects that are live, pruned and not declared. Below a parent that is not declared, or does not declare the
 * kind, nothing is managed: what is inside a deleted object is deleted with it, without an entry.
 */
export function deletesOfUndeclared(world: World, declaration: Declaration, mode: Mode): Map<string, Change> {
  if (mode !== 'sync') return new Map();
  const needed = neededBy(world);
  const gone = [...world.found.values()].filter(
    (found) =>
      isPruned(found, declaration) &&
      !acceptedBy(found.address, declaration.unmanaged) &&
      isOurs(found, declaration) &&
      !world.declared.has(found.address) &&
      !needed.has(found.address),
  );
  return new Map(gone.map((found) => [found.address, deletion(found)]));
}

/**
 * Deletes objects that `base` declared and that are no longer declared. What is inside a deleted object is deleted with
 * it, without an entry; objects that were never declared stay.
 */
export function deletesOfRemoved(
  world: World,
  { unmanaged }: Declaration,
  base: ReadonlyMap<string, object> | undefined,
): Map<string, Change> {
  const needed = neededBy(world);
  const gone = [...world.found.values()].filter(
    ({ address, rules, live }) =>
      rules.deletable &&
      !live.builtIn &&
      hasLeftTheFiles(address, { base, world }) &&
      !needed.has(address) &&
      !acceptedBy(address, unmanaged),
  );
  const addresses = new Set(gone.map(({ address }) => address));
  const byThemselves = gone.filter(({ owner }) => owner === undefined || !addresses.has(owner));
  return new Map(byThemselves.map((found) => [found.address, deletion(found)]));
}

/** Objects that Harbor created by itself or cannot delete are never pruned. */
function isPruned({ rules, live }: Found, { prune }: Declaration): boolean {
  return rules.deletable && !live.builtIn && prune.includes(rules.name);
}

function isOurs(found: Found, declaration: Declaration): boolean {
  const parents = declaration.parents.get(found.rules.name) ?? [];
  const owner = found.references.find((to) => addressOf(to) === found.owner);
  if (owner === undefined) return !declaration.undeclaredAtTop?.includes(found.rules.name);
  return parents.includes(owner.identity);
}

function deletion({ address, rules, live }: Found): Change {
  const fields = fieldsGone(live.spec, rules);
  const precondition = preconditionOn(live.spec as JsonObject);
  return { action: 'delete', kind: rules.name, identity: live.identity, address, fields, precondition, dependsOn: [] };
}
