import type { Json } from '../../json';
import type { Action, Change, FieldChange, Plan } from '../plan';
import { escapeControls, printableJson } from './printable';

/** What every renderer says about one change, in words that are safe to print. */
export interface ChangeRow {
  readonly action: Action;
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
  /** Where a list gains and loses items: what changes in it, one line an item. */
  readonly items?: readonly { readonly sign: '+' | '-'; readonly text: string }[];
}

export const SIGNS: Readonly<Record<Action, string>> = { create: '+', update: '~', replace: '-/+', delete: '-' };

export function rowsOf(plan: Plan): ChangeRow[] {
  return plan.changes.map(rowOf);
}

function rowOf(change: Change): ChangeRow {
  const { action, address, at } = change;
  return {
    action,
    sign: SIGNS[action],
    address: escapeControls(address),
    ...(at ? { at: escapeControls(`${at.file}:${at.line}`) } : {}),
    notes: notesOf(change),
    fields: change.fields.map((field) => fieldRow(field, action)),
  };
}

function notesOf({ carriedBy, bornOf, accepts }: Change): string[] {
  return [
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
  const [old, wanted] = [before, after].map((list) => (list as readonly Json[]).map(printableJson)) as [
    string[],
    string[],
  ];
  const items = [...without(old, wanted, '-'), ...without(wanted, old, '+')];
  return items.length > 0 ? items : undefined;
}

function without<Sign extends '+' | '-'>(items: readonly string[], others: readonly string[], sign: Sign) {
  const left = [...others];
  return items.flatMap((text) => {
    const found = left.indexOf(text);
    if (found < 0) return [{ sign, text }];
    left.splice(found, 1);
    return [];
  });
}

/** `3 to create, 1 to update, 0 to replace, 0 to delete; 12 unchanged; 2 unmanaged` */
export function summaryText({ summary }: Plan): string {
  const { create, update, replace, delete: deleted, unchanged, left, unmanaged } = summary;
  const changes = `${create} to create, ${update} to update, ${replace} to replace, ${deleted} to delete`;
  return [
    changes,
    `${unchanged} unchanged`,
    ...(left > 0 ? [`${left} left as is`] : []),
    `${unmanaged} unmanaged`,
  ].join('; ');
}
