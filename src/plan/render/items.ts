import { isRecord, canonicalJson, type Json, type JsonObject } from '../../json';
import { isSecretReference } from '../../secret-reference';
import { allDifferences } from '../diff';
import { escapeControls } from '../../escape-controls';
import { printableJson } from './printable';

/** One line below a field whose value is a list or a map. */
export interface ItemRow {
  readonly sign: '+' | '~' | '-';
  readonly text: string;
}

/** A list of words up to this length stays on one line. */
const SHORT_LIST = 80;
/** Enough for a retention rule with all its filters. */
const LONGEST_ITEM = 1_000;

/**
 * The items of a list or a map, or the changed items of a list, one line each; undefined: use one line.
 *
 *      before        after         rows
 *      absent        list, map     + for each item or key; undefined for a short list of words
 *      list, map     absent        - for each of them
 *      list          list          one object replaced by one: its differing fields, ~ + -
 *      list          list          otherwise - for each item that is gone, + for each new one; unchanged items are left out
 *      anything else               undefined
 */
export function itemsOf(before: Json | undefined, after: Json | undefined): readonly ItemRow[] | undefined {
  if (before === undefined) return wholeOf('+', after);
  if (after === undefined) return wholeOf('-', before);
  if (!Array.isArray(before) || !Array.isArray(after)) return undefined;
  const removed = without(before as readonly Json[], after as readonly Json[]);
  const added = without(after as readonly Json[], before as readonly Json[]);
  const [old, wanted] = [removed[0], added[0]];
  if (removed.length === 1 && added.length === 1 && isRecord(old) && isRecord(wanted)) return insideItem(old, wanted);
  const rows = [...removed.map((item) => itemRow('-', item)), ...added.map((item) => itemRow('+', item))];
  return rows.length > 0 ? rows : undefined;
}

function wholeOf(sign: '+' | '-', value: Json | undefined): readonly ItemRow[] | undefined {
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    const isShort = !items.some(isRecord) && canonicalJson(items).length <= SHORT_LIST;
    return isShort ? undefined : items.map((item) => itemRow(sign, item));
  }
  if (!isRecord(value) || isSecretReference(value) || Object.keys(value).length === 0) return undefined;
  return Object.entries(value).map(([key, inner]) => ({
    sign,
    text: `${escapeControls(key)} = ${printableJson(inner, LONGEST_ITEM)}`,
  }));
}

/** Equal items are counted, not only found: of two equal rules one may be removed. */
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
      .map((value) => printableJson(value, LONGEST_ITEM))
      .join(' -> ')}`,
  }));
}

function itemRow(sign: '+' | '-', item: Json): ItemRow {
  return { sign, text: printableJson(item, LONGEST_ITEM) };
}
