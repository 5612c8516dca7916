import { canonicalJson, type Json, type JsonObject } from '../../json';
import { allDifferences } from '../diff';
import type { Action, Adoption, Change, FieldChange, NotCompared, Plan } from '../plan';
import { NEVER_KNOWN, NOT_ASKED, OPTED_OUT } from '../not-compared';
import { escapeControls, printableJson } from './printable';

/** What every renderer says about one change, in words that are safe to print. */
export interface ChangeRow {
  /** `adopt`: this plan changes nothing of it, and from now on it is declared. */
  readonly action: Action | 'adopt';
  readonly sign: string;
  readonly address: string;
  /** `policies/projects.yaml:12`, where it is declared. */
  readonly at?: string;
  /** What is worth knowing about the change as a whole: `carried with project/x`. */
  readonly notes: readonly string[];
  readonly fields: readonly FieldRow[];
}

export interface FieldRow {
  readonly sign: '+' | '~' | '-';
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
  readonly why?: string;
  /** What changes in a list, one line an item; where a single item changes, one line for each of its fields. */
  readonly items?: readonly ItemRow[];
}

export interface ItemRow {
  readonly sign: '+' | '~' | '-';
  readonly text: string;
}

export const SIGNS: Readonly<Record<ChangeRow['action'], string>> = {
  create: '+',
  update: '~',
  replace: '-/+',
  delete: '-',
  adopt: '=',
};

/** The changes, then what is adopted without one. */
export function rowsOf({ changes, adoptions = [] }: Plan): ChangeRow[] {
  const changing = new Set(changes.map(({ address }) => address));
  const adopted = new Set(adoptions.map(({ address }) => address));
  return [
    ...changes.map((change) => rowOf(change, adopted.has(change.address))),
    ...adoptions.filter(({ address }) => !changing.has(address)).map(adoptionRow),
  ];
}

function adoptionRow({ address, at, changed }: Adoption): ChangeRow {
  const state = changed ? 'it differs, and is left as it is' : 'as declared';
  const notes = [`adopted: Harbor has it already, ${state}`];
  return { action: 'adopt', ...headOf('adopt', address, at), notes, fields: [] };
}

function headOf(
  action: ChangeRow['action'],
  address: string,
  at: Change['at'],
): Pick<ChangeRow, 'sign' | 'address' | 'at'> {
  const place = at && escapeControls(`${at.file}:${at.line}`);
  return { sign: SIGNS[action], address: escapeControls(address), ...(place === undefined ? {} : { at: place }) };
}

function rowOf(change: Change, adopted: boolean): ChangeRow {
  const { action, address, at } = change;
  return {
    action,
    ...headOf(action, address, at),
    notes: notesOf(change, adopted),
    fields: change.fields.map((field) => fieldRow(field, action)),
  };
}

function notesOf({ carriedBy, bornOf, accepts, renamedFrom }: Change, adopted: boolean): string[] {
  return [
    adopted ? 'adopted: Harbor has it already, and these fields are taken over' : undefined,
    renamedFrom && `renamed in place: Harbor has it as ${renamedFrom}`,
    carriedBy && `carried with ${carriedBy}`,
    bornOf && `Harbor makes it with ${bornOf}; it is then changed`,
    accepts && `accepted by name: ${accepts.join(', ')}`,
  ]
    .filter((note) => note !== undefined)
    .map(escapeControls);
}

function fieldRow(field: FieldChange, action: Action): FieldRow {
  const { path, before, after, why, shown } = field;
  const isNew = before === undefined && (action === 'create' || !field.writeOnly);
  const sign = after === undefined ? '-' : isNew ? '+' : '~';
  const items = itemsOf(before, after);
  return {
    sign,
    path: escapeControls(path),
    ...(before === undefined ? {} : { before: textOf(before, shown?.before) }),
    ...(after === undefined ? {} : { after: textOf(after, shown?.after) }),
    ...(why === undefined ? {} : { why: escapeControls(why) }),
    ...(items ? { items } : {}),
  };
}

function textOf(value: Json, shown: string | undefined): string {
  return shown === undefined ? printableJson(value) : escapeControls(shown);
}

/** Two lists as what was taken out and what was put in; undefined where they only differ in their order. */
function itemsOf(before: Json | undefined, after: Json | undefined): FieldRow['items'] {
  if (!Array.isArray(before) || !Array.isArray(after)) return undefined;
  const removed = without(before as readonly Json[], after as readonly Json[]);
  const added = without(after as readonly Json[], before as readonly Json[]);
  const [old, wanted] = [removed[0], added[0]];
  if (removed.length === 1 && added.length === 1 && isMap(old) && isMap(wanted)) return insideItem(old, wanted);
  const rows = [...removed.map((item) => itemRow('-', item)), ...added.map((item) => itemRow('+', item))];
  return rows.length > 0 ? rows : undefined;
}

function without(items: readonly Json[], others: readonly Json[]): Json[] {
  const left = others.map(canonicalJson);
  return items.filter((item) => {
    const found = left.indexOf(canonicalJson(item));
    if (found >= 0) left.splice(found, 1);
    return found < 0;
  });
}

function insideItem(old: JsonObject, wanted: JsonObject): ItemRow[] {
  return allDifferences(old, wanted).map(({ path, before, after }) => ({
    sign: after === undefined ? '-' : before === undefined ? '+' : '~',
    text: `${escapeControls(path)} = ${[before, after]
      .filter((value) => value !== undefined)
      .map(printableJson)
      .join(' -> ')}`,
  }));
}

function itemRow(sign: '+' | '-', item: Json): ItemRow {
  return { sign, text: printableJson(item) };
}

function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `3 to create, 1 to update, 0 to replace, 0 to delete; 12 unchanged; 2 unmanaged` */
export function summaryText({ summary, adoptions = [], notCompared }: Plan): string {
  const { create, update, replace, delete: deleted, unchanged, left, unread = 0, unmanaged } = summary;
  const changes = `${create} to create, ${update} to update, ${replace} to replace, ${deleted} to delete`;
  return [
    changes,
    `${unchanged} unchanged`,
    ...(left > 0 ? [`${left} left as is`] : []),
    ...(unread > 0 ? [`${unread} not readable`] : []),
    ...(adoptions.length > 0 ? [`${adoptions.length} adopted`] : []),
    `${unmanaged} unmanaged`,
    ...(notCompared.length > 0 ? [`${notCompared.length} not compared`] : []),
  ].join('; ');
}

/** Most secrets in one line. The whole list is in the JSON. */
const MOST_ADDRESSES = 20;
/** Why a secret is not compared, where that is the same for all of its kind. */
const USUAL_REASONS: readonly string[] = [NOT_ASKED, OPTED_OUT, NEVER_KNOWN];

/** One line for all that is not known; undefined where nothing is. */
export function notComparedText({ notCompared }: Plan): string | undefined {
  if (notCompared.length === 0) return undefined;
  const shown = notCompared.slice(0, MOST_ADDRESSES).map(notComparedWords).join(', ');
  const left = notCompared.length - MOST_ADDRESSES;
  const more = left > 0 ? ` and ${left} more (--format json lists all)` : '';
  const secrets = notCompared.length === 1 ? '1 secret' : `${notCompared.length} secrets`;
  const test = notCompared.some(({ reason }) => reason === NOT_ASKED) ? ' To test: --prove-secrets.' : '';
  return `Not compared: ${secrets} that Harbor never returns: ${shown}${more}.${test} To write one again: --rotate ADDRESS.`;
}

/** Why is only said where somebody asked and got no answer. */
function notComparedWords({ address, field, reason }: NotCompared): string {
  const why = USUAL_REASONS.includes(reason) ? '' : ` (${reason})`;
  return escapeControls(`${address} ${field}${why}`);
}
