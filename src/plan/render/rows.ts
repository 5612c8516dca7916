import { grouped } from '../../grouped';
import { compact } from '../../compact';
import { canonicalJson, type Json } from '../../json';
import type { Position } from '../../diagnostic';
import type {
  Action,
  Adoption,
  Change,
  ExplainedField,
  ExplainedObject,
  FieldChange,
  FieldOrigin,
  Plan,
} from '../plan';
import { historyNote } from './history';
import { destroys } from '../destroys';
import { weightOf, type Weight } from '../weight';
import { itemsOf, type ItemRow } from './items';
import { escapeControls } from '../../escape-controls';
import { printableJson } from './printable';

/** The content of one change for every renderer, in words that are safe to print. */
export interface ChangeRow {
  /** `adopt`: this plan does not change it, but from now on it is declared. `same`: it is only explained. */
  readonly action: Action | 'adopt' | 'same';
  readonly kind: string;
  readonly weight: Weight | 'adopt' | 'same';
  readonly sign: string;
  readonly address: string;
  /** Other objects of the kind with exactly the same change. */
  readonly others: readonly string[];
  /** `policies/projects.yaml:12`, where it is declared. */
  readonly at?: string;
  /** The same for a link. */
  readonly place?: Position;
  /** Notes about the change as a whole: `sent in the request that creates project/x`. */
  readonly notes: readonly string[];
  readonly fields: readonly FieldRow[];
  /** With `--explain`: unchanged fields, one line each. */
  readonly explained: readonly string[];
}

/** One field of a change: `~ severity = "low" -> "critical"`. A secret is its reference, never a value. */
export interface FieldRow {
  readonly sign: '+' | '~' | '-';
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
  readonly why?: string;
  /** Where it is declared: `from defaults, policies/harbor.yaml:17`. */
  readonly from?: string;
  /** Changes in a list, one line per item; if a single item changes, one line for each of its fields. */
  readonly items?: readonly ItemRow[];
}

/** As in a Terraform plan; `=` is ours. Color only repeats them. */
export const SIGNS: Readonly<Record<ChangeRow['action'], string>> = {
  create: '+',
  update: '~',
  replace: '-/+',
  delete: '-',
  adopt: '=',
  same: '=',
};

/** This many objects with the same change become one row. */
const FOLDED_FROM = 3;
/** Of the rows, by what a reviewer must not miss. */
const ORDER: readonly ChangeRow['weight'][] = ['destructive', 'widening', 'update', 'create', 'adopt', 'same'];

/**
 * The most severe first, and adoptions without a change last. Equal ones in the order of execution.
 *
 *      of the plan                                row
 *      a change                                   create, update, replace or delete; `adopted` is a note of it
 *      an adoption without a change               adopt
 *      an explained object without either         same
 *
 * Rows of three or more objects with the same content become one, which names the others. Comparing rows instead of
 * changes makes this safe: what a reader would see differently is never folded.
 */
export function rowsOf(plan: Plan): ChangeRow[] {
  const { changes, adoptions = [], explained = [] } = plan;
  const changing = new Set(changes.map(({ address }) => address));
  const adopted = new Set(adoptions.map(({ address }) => address));
  const created = new Set(changes.filter(({ action }) => action === 'create').map(({ address }) => address));
  const rows = [
    ...changes.map((change) =>
      rowOf(
        change,
        adopted.has(change.address),
        destroys(change, (address) => created.has(address)),
      ),
    ),
    ...adoptions.filter(({ address }) => !changing.has(address)).map(adoptionRow),
    ...explained.filter(({ address, changes: isChanged }) => !isChanged && !adopted.has(address)).map(explainedRow),
  ];
  const lines = new Map(explained.map((object) => [escapeControls(object.address), explainedLines(object)]));
  return folded(rows.map((row) => ({ ...row, explained: lines.get(row.address) ?? [] })))
    .map(historian(plan))
    .sort((a, b) => ORDER.indexOf(a.weight) - ORDER.indexOf(b.weight));
}

/** For objects with their own row: folded ones have different histories. */
function historian(plan: Plan): (row: ChangeRow) => ChangeRow {
  if (!plan.history) return (row) => row;
  const changes = new Map(plan.changes.map((change) => [escapeControls(change.address), change]));
  const isExplained = plan.explained !== undefined;
  return (row) => {
    if (row.others.length > 0) return row;
    const same = row.action === 'same' ? { address: row.address, action: 'update' as const } : undefined;
    const subject = changes.get(row.address) ?? same;
    return subject ? { ...row, notes: [...row.notes, ...historyNote(subject, plan, isExplained)] } : row;
  };
}

/** Destructive, or gives more access: shown open, in full, and never cut. */
export function isSevere({ weight }: ChangeRow): boolean {
  return weight === 'destructive' || weight === 'widening';
}

/** Maximum number of addresses in a folded row; a severe one lists all. */
const NAMED_OTHERS = 10;

/** The other objects of a folded row, as one line. */
export function othersOf(row: ChangeRow): string[] {
  if (row.others.length === 0) return [];
  const shown = isSevere(row) ? row.others : row.others.slice(0, NAMED_OTHERS);
  const left = row.others.length - shown.length;
  return [`also: ${shown.join(', ')}${left > 0 ? ` and ${left} more (--format json lists all)` : ''}`];
}

/** New objects by kind, with the first names. */
export function createsByKind(
  rows: readonly ChangeRow[],
  most: number,
): { kind: string; count: number; names: string[]; more: number }[] {
  const byKind = new Map<string, string[]>();
  for (const { kind, address, others } of rows)
    byKind.set(kind, [...(byKind.get(kind) ?? []), ...[address, ...others].map((one) => one.slice(kind.length + 1))]);
  return [...byKind].map(([kind, all]) => {
    const names = all.slice(0, most);
    return { kind, count: all.length, names, more: all.length - names.length };
  });
}

/** Identical changes of many objects become one row, at the position of the first. */
function folded(rows: readonly ChangeRow[]): ChangeRow[] {
  const alike = grouped(rows, (row) => {
    const { address: _address, at: _at, place: _place, ...rest } = row;
    return canonicalJson({ ...rest, fields: withoutNames(row) });
  });
  return [...alike.values()].flatMap((same) => {
    const [first, ...others] = same;
    if (!first || same.length < FOLDED_FROM) return same;
    return [{ ...first, fields: withoutNames(first), others: others.map(({ address }) => address) }];
  });
}

/** A new object has its own name and that of its owner among its fields, but the address contains both. */
function withoutNames({ address, fields }: ChangeRow): FieldRow[] {
  const parts = address.split('/').slice(1);
  const names = [parts.join('/'), ...parts].map((part) => JSON.stringify(part));
  return fields.filter(({ before, after }) => before !== undefined || after === undefined || !names.includes(after));
}

/** `changed` without a change in the plan: the mode or `--target` leaves the difference alone. */
function adoptionRow({ address, at, changed }: Adoption): ChangeRow {
  const state = changed ? 'differs, but will not be changed' : 'as declared';
  const notes = [`adopted: it exists in Harbor, ${state}`];
  const kind = address.split('/')[0] ?? '';
  return { action: 'adopt', kind, weight: 'adopt', ...headOf('adopt', address, at), notes, fields: [], explained: [] };
}

/** An object that no change is about, in answer to `--target ADDRESS --explain`. */
function explainedRow({ address, kind, at, fields }: ExplainedObject): ChangeRow {
  const differs = fields.some(({ wanted }) => wanted !== undefined);
  const state = at === undefined ? 'not declared' : differs ? 'differs, and is left as it is' : 'as declared';
  return {
    action: 'same',
    kind,
    weight: 'same',
    ...headOf('same', address, at),
    notes: [state],
    fields: [],
    explained: [],
  };
}

/** `severity = "low"  # not declared: left as it is in Harbor` */
function explainedLines({ fields }: ExplainedObject): string[] {
  return fields.map(({ path, value, shown, wanted, state, from }) => {
    const now = value === undefined ? 'nothing' : textOf(value, shown);
    const origin = from ? originText(from) : STATES[state];
    const secret = state === 'secret' ? 'Harbor never returns it; ' : '';
    const other = wanted === undefined ? '' : `declared ${textOf(wanted, undefined)}, left as it is; `;
    return escapeControls(`${path} = ${now}  # ${other}${secret}${origin}`);
  });
}

/** Why an unchanged field stays; the origin replaces the words if it is known. */
const STATES: Readonly<Record<ExplainedField['state'], string>> = {
  declared: 'declared',
  secret: 'declared',
  undeclared: 'not declared: left as it is in Harbor',
  guarded: 'not declared: compared with its default',
  lost: 'not declared: the new object gets the default of Harbor',
};

/** What every row begins with. Names come from Harbor and from files, so they are made safe to print here. */
function headOf(
  action: ChangeRow['action'],
  address: string,
  at: Change['at'],
): Pick<ChangeRow, 'sign' | 'address' | 'others' | 'at' | 'place'> {
  const place = at && escapeControls(`${at.file}:${at.line}`);
  const where = place === undefined || at === undefined ? {} : { at: place, place: at };
  return { sign: SIGNS[action], address: escapeControls(address), others: [], ...where };
}

function rowOf(change: Change, adopted: boolean, effect: string | undefined): ChangeRow {
  const { action, address, at } = change;
  return {
    action,
    kind: change.kind,
    weight: weightOf(change, effect),
    ...headOf(action, address, at),
    notes: [...(effect === undefined ? [] : [effect]), ...notesOf(change, adopted)],
    fields: change.fields.map((field) => fieldRow(field, action)),
    explained: [],
  };
}

function notesOf({ carriedBy, bornOf, accepts, renamedFrom }: Change, adopted: boolean): string[] {
  return [
    adopted ? 'adopted: it exists in Harbor; these fields will be changed' : undefined,
    renamedFrom && `renamed in place from ${renamedFrom}`,
    carriedBy && `sent in the request that creates ${carriedBy}`,
    bornOf && `created by Harbor together with ${bornOf}, then updated`,
    accepts && `allowed with --target: ${accepts.join(', ')}`,
  ]
    .filter((note) => note !== undefined)
    .map(escapeControls);
}

/**
 *      before    after     sign
 *      -         value     +   new; for an object that exists also `~`, if Harbor never returns the field
 *      value     value     ~
 *      value     -         -
 */
function fieldRow(field: FieldChange, action: Action): FieldRow {
  const { path, before, after, why, shown, from } = field;
  const isNew = before === undefined && (action === 'create' || !field.writeOnly);
  const sign = after === undefined ? '-' : isNew ? '+' : '~';
  const items = shown === undefined ? itemsOf(before, after) : undefined;
  return compact({
    sign,
    path: escapeControls(shown?.path ?? path),
    before: before === undefined ? undefined : textOf(before, shown?.before),
    after: after === undefined ? undefined : textOf(after, shown?.after),
    why: why === undefined ? undefined : escapeControls(why),
    from: from === undefined ? undefined : escapeControls(originText(from)),
    items,
  });
}

const SOURCES: Readonly<Record<FieldOrigin['source'], string>> = {
  declared: 'declared at',
  defaults: 'from defaults, at',
  overlay: 'from an overlay, at',
};

function originText({ source, at }: FieldOrigin): string {
  return `${SOURCES[source]} ${at.file}:${at.line}`;
}

function textOf(value: Json, shown: string | undefined): string {
  return shown === undefined ? printableJson(value) : escapeControls(shown);
}
