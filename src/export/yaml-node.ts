import { compact } from '../compact';
import type { Json } from '../json';

/** YAML to be written: values in order, with comments above them. */
export type YamlNode = YamlScalar | YamlList | YamlMap;

/** Quoted only where YAML would read something else: `yes`, `1.10`, an empty text. */
export interface YamlScalar {
  readonly type: 'scalar';
  readonly value: null | boolean | number | string;
  readonly note?: string;
}
/** A block list, or in one line if it is short. */
export interface YamlList {
  readonly type: 'list';
  readonly items: YamlNode[];
  readonly note?: string;
}
/** In the order in which the entries were added, not sorted. */
export interface YamlMap {
  readonly type: 'map';
  readonly entries: Map<string, YamlNode>;
  readonly note?: string;
}

/** `notes` by dotted field, `''` for the value itself. */
export function nodeOf(value: Json, notes: Readonly<Record<string, string>> = {}, path = ''): YamlNode {
  const text = Object.hasOwn(notes, path) ? notes[path] : undefined;
  const note = text === undefined ? {} : { note: text };
  if (value === null || typeof value !== 'object') return { type: 'scalar', value, ...note };
  if (isList(value))
    return { type: 'list', items: value.map((item, i) => nodeOf(item, notes, `${path}[${i}]`)), ...note };
  const entries = Object.entries(value).map(
    ([key, item]) => [key, nodeOf(item, notes, path === '' ? key : `${path}.${key}`)] as const,
  );
  return { type: 'map', entries: new Map(entries), ...note };
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** A section to add entries to. */
export function emptyMap(note?: string): YamlMap {
  return compact({ type: 'map', entries: new Map(), note });
}
