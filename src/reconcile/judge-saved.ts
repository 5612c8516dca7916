import { canonicalJson, type Json } from '../json';
import type { KindRules, Live, Unreadable } from '../kinds/kind';
import { allDifferences, compare, inKeyOrder, valueAt, withGuarded, writeOnlyFields } from '../plan/diff';
import type { Change, FieldChange, Mode } from '../plan/plan';
import { escapeControls } from '../escape-controls';
import { printableJson } from '../plan/render/printable';
import { stale, type Settled } from './result';

/** The current state of the object of a saved change. */
export interface Now {
  /** The current plan for this address; absent: no change. */
  readonly change: Change | undefined;
  /** The declared spec; absent: the object is not declared. */
  readonly declared: object | undefined;
  readonly live: Live<object> | undefined;
  readonly rules: KindRules | undefined;
  readonly mode: Mode;
  /** Why a plan of now would not delete this object, whether or not it exists. Absent: it would. */
  readonly kept?: string;
  /** The object was not found, but this unreadable one may be it. */
  readonly unread?: Unreadable;
  /** Paths of the declared secrets of this object that cannot be compared. */
  readonly notCompared: readonly string[];
}

/**
 * Whether one change of a saved plan may be made: `approved` when Breakwater plans the same change now.
 *
 *              | planned now: the same | planned now: another   | planned now: nothing
 *   saved      | approved              | refused, by field      | ok where the object is as the plan wanted it,
 *              |                       |                        | refused everywhere else
 *
 * Nothing of the saved change is ever carried out. What is made is the change that is planned now.
 */
export function judgeSaved(saved: Change, now: Now): 'approved' | Settled {
  if (!now.change) return withoutChange(saved, now);
  if (isRestOf(saved, now.change)) return 'approved';
  return disagreement(withoutConfirmed(saved, now.change, now.notCompared), now.change) ?? 'approved';
}

/** A secret that Harbor has confirmed since then need not be written any more. */
function withoutConfirmed(saved: Change, { fields, desired = {} }: Change, notCompared: readonly string[]): Change {
  const isConfirmed = ({ path, after, writeOnly }: FieldChange): boolean =>
    writeOnly === true &&
    !fields.some((row) => row.path === path) &&
    !notCompared.includes(path) &&
    isSame(after, valueAt(desired, path));
  return { ...saved, fields: saved.fields.filter((row) => !isConfirmed(row)) };
}

/** A killed run or another client did a part of it meanwhile; this is the rest. */
function isRestOf(saved: Change, now: Change): boolean {
  if (saved.action === 'delete' || !isSame(saved.desired, now.desired)) return false;
  // The old object is deleted already, but the new one does not exist yet.
  if (saved.action === 'replace' && now.action === 'create') return true;
  // The object is as declared, except for a secret that the saved change also writes.
  const secrets = now.fields.every(
    (row) => row.writeOnly && saved.fields.some((other) => isSame(essence(other), essence(row))),
  );
  return now.action === 'update' && now.renamedFrom === undefined && secrets;
}

/**
 *     another kind or identity           altered
 *     create, but it exists now          stale
 *     update, but it is gone             stale
 *     Harbor's fields differ             stale
 *     another action                     altered
 *     another row or another spec        altered, with exceptions, see otherRow
 *
 * `altered` means that Breakwater would not have written this: the file may have been edited.
 */
function disagreement(saved: Change, now: Change): Settled | undefined {
  const { address } = now;
  if (saved.kind !== now.kind || saved.identity !== now.identity)
    return altered(address, 'kind and identity do not match');
  if (saved.action === 'create' && now.action !== 'create') {
    const field = now.fields[0]?.path ?? '';
    return stale(`${address} was created since the plan was made, with another ${field}`, field);
  }
  if (saved.action === 'update' && now.action === 'create') return stale(`${address} is gone`);
  const moved = firstDifference(saved.precondition?.observed, now.precondition?.observed);
  if (moved !== undefined)
    return stale(
      `${escapeControls(moved)} of ${address} differs from the saved plan: it changed in Harbor, or the file was edited`,
      moved,
    );
  if (saved.action !== now.action)
    return altered(address, `it would ${saved.action} an object that Breakwater would ${now.action}`);
  return otherRow(saved, now) ?? otherSpec(saved, now);
}

/** The first field, in the order of the current plan, that would be written with another effect. */
function otherRow(saved: Change, now: Change): Settled | undefined {
  const before = rowsByPath(saved.fields);
  const after = rowsByPath(now.fields);
  const path = [...new Set([...after.keys(), ...before.keys()])].find(
    (one) => !isSame(before.get(one), after.get(one)),
  );
  if (path === undefined)
    return saved.fields.length === now.fields.length ? undefined : altered(now.address, 'a field is listed twice');
  const row = now.fields.find((one) => one.path === path);
  const field = escapeControls(path);
  if (row && !before.has(path)) {
    const why = row.why === undefined ? '' : ` (${row.why})`;
    const hint = row.writeOnly ? `; make a new plan with --rotate ${now.address}` : '';
    return stale(`${field} of ${now.address} is not in the saved plan but would be written too${why}${hint}`, path);
  }
  const other = saved.fields.find((one) => one.path === path);
  if (!row && other?.writeOnly) return secretNotPlanned(now.address, path);
  const values = `the saved plan writes ${printableJson(other?.after)}, Breakwater would write ${row ? printableJson(row.after) : 'nothing'}`;
  return altered(now.address, `${field}: ${values}`, path);
}

/**
 * The fields are equal, so only what is not a field can differ: the precondition, the rename, the whole spec.
 */
function otherSpec(saved: Change, now: Change): Settled | undefined {
  if ((saved.precondition === null) !== (now.precondition === null))
    return altered(now.address, 'its precondition is not the one that Breakwater would set');
  if (saved.renamedFrom !== now.renamedFrom) return altered(now.address, 'it would rename another object', 'name');
  const path = firstDifference(saved.desired, now.desired);
  return path === undefined ? undefined : altered(now.address, `${escapeControls(path)} is not as declared`, path);
}

/**
 * Nothing is planned for this object. That is fine only if the saved change has already happened, by whatever
 * way.
 */
function withoutChange(saved: Change, now: Now): Settled {
  const address = escapeControls(saved.address);
  if (now.rules === undefined || saved.address !== `${saved.kind}/${saved.identity}`)
    return altered(address, 'there is no such object');
  if (saved.action === 'delete') return withoutDelete(address, now);
  if (!now.declared) return altered(address, 'it is not declared');
  if (now.unread) return unreadNow(address, now.unread);
  if (!now.live) return stale(`${address}: Breakwater plans no such change now`);
  const foreign = foreignRow(saved, now.declared, now.rules);
  if (foreign !== undefined) return altered(address, `${escapeControls(foreign)} is not as declared`, foreign);
  const different = compare(now.declared, now.rules.normalise(now.live.spec) as object, now.rules)[0]?.path;
  if (different !== undefined)
    return stale(`${different} of ${address} differs, but mode ${now.mode} does not change it`, different);
  const secret = saved.fields.find(({ path, writeOnly }) => writeOnly && now.notCompared.includes(path));
  return secret
    ? secretNotPlanned(address, secret.path)
    : { outcome: 'ok', adopted: true, detail: 'it already matches the declaration' };
}

/** A deletion that is not planned now was allowed before by another mode, or the object is gone. */
function withoutDelete(address: string, { live, declared, kept, unread }: Now): Settled {
  if (declared) return altered(address, 'it would delete a declared object');
  if (kept !== undefined) return altered(address, kept);
  if (unread) return unreadNow(address, unread);
  return live
    ? altered(address, 'Breakwater would not delete it')
    : { outcome: 'ok', adopted: true, detail: 'it no longer existed' };
}

/** Neither done nor refused: what Harbor returned says nothing about it. */
function unreadNow(address: string, { address: seen, reason }: Unreadable): Settled {
  const which = seen === address ? 'it' : `${seen}, which may be it,`;
  return stale(escapeControls(`${address}: ${which} cannot be read: ${reason}`));
}

/** A row of the file that writes something other than the declaration. */
function foreignRow(saved: Change, declared: object, rules: KindRules): string | undefined {
  const { spec } = withGuarded(declared, saved.precondition?.observed ?? {}, rules.guarded);
  const path = firstDifference(saved.desired, inKeyOrder(spec as never));
  if (path !== undefined) return path;
  const written = rowsByAfter([...compare(spec, {}, rules), ...writeOnlyFields(spec, [], rules, 'create')]);
  return saved.fields.find(
    (row) => row.after !== undefined && written.has(row.path) && !isSame(written.get(row.path), row.after),
  )?.path;
}

function secretNotPlanned(address: string, path: string): Settled {
  const message = `whether Harbor has the declared ${escapeControls(path)} of ${address} cannot be verified, and the secret would not be written now`;
  return stale(`${message}; to write it, pass --rotate ${address}`, path);
}

function altered(address: string, why: string, field?: string): Settled {
  return stale(
    `refused: ${why}. Breakwater would not plan this change of ${escapeControls(address)}; the file may have been edited, make a new plan`,
    field,
  );
}

function rowsByPath(fields: readonly FieldChange[]): Map<string, unknown> {
  return new Map(fields.map((row) => [row.path, essence(row)]));
}

function rowsByAfter(fields: readonly FieldChange[]): Map<string, Json | undefined> {
  return new Map(fields.map(({ path, after }) => [path, after]));
}

/** The effect of a row, without its texts. */
function essence({ path, before, after, writeOnly = false }: FieldChange): unknown {
  return { path, before, after, writeOnly };
}

/** A dotted path; undefined if both are equal. */
function firstDifference(saved: object = {}, now: object = {}): string | undefined {
  return allDifferences(saved, now)[0]?.path;
}

/** As canonical JSON: the order of keys does not count, that of lists does. */
function isSame(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
