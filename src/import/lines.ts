import { positionOf } from '../declaration/yaml/source-text';
import type { TreeNode } from '../declaration/yaml/tree';
import type { Json } from '../json';

/** Where a map and its keys are in the file: findings of an import have a line, too. */
interface Lines {
  readonly at: number;
  readonly keys: ReadonlyMap<string, number>;
}

/** Kept separately from the values, which every reader processes differently. Lists are found by their parent. */
const LINES = new WeakMap<object, Lines>();

/** Line of a key in a map that one of these readers created, or of the map itself. Undefined for other maps. */
export function lineOf(map: object, key?: string): number | undefined {
  const lines = LINES.get(map);
  return (key === undefined ? undefined : lines?.keys.get(key)) ?? lines?.at;
}

/** A map without a prototype, as in the policies' own reader. */
function mapAt(at: number, entries: readonly (readonly [string, number, Json])[]): Json {
  const map = Object.create(null) as Record<string, Json>;
  for (const [key, , value] of entries) map[key] = value;
  LINES.set(map, { at, keys: new Map(entries.map(([key, line]) => [key, line])) });
  return map;
}

/** @param before number of lines in the file before this document */
export function plainOf(node: TreeNode, before: number): Json {
  if (node.type === 'scalar') return node.value;
  if (node.type === 'list') return node.items.map((item) => plainOf(item, before));
  const entries = [...node.entries].map(
    ([key, entry]) => [key, positionOf(entry.key).line + before, plainOf(entry.value, before)] as const,
  );
  return mapAt(positionOf(node.span).line + before, entries);
}

/** @throws SyntaxError as JSON.parse */
export function parseJson(text: string): Json {
  const value = JSON.parse(text) as Json;
  try {
    return withLines(text);
  } catch (error) {
    // Nested more deeply than the stack allows: then without lines.
    if (error instanceof RangeError) return value;
    throw error;
  }
}

const TOKEN = /[{}[\],:]|"(?:[^"\\]|\\.)*"|[^\s{}[\],:"]+/g;

/**
 * The text is valid JSON: nothing is validated again. Recursive descent over tokens, because `JSON.parse` gives no
 * positions. `end` is where the last token ended, so that every line break is counted once.
 */
function withLines(text: string): Json {
  const tokens = new RegExp(TOKEN);
  let line = 1;
  let end = 0;
  function next(): string {
    const match = tokens.exec(text);
    for (let at = text.indexOf('\n', end); at !== -1 && match && at < match.index; at = text.indexOf('\n', at + 1))
      line += 1;
    end = tokens.lastIndex;
    return match?.[0] ?? '';
  }
  function valueAt(token: string): Json {
    if (token === '{') return map();
    return token === '[' ? list() : (JSON.parse(token) as Json);
  }
  function map(): Json {
    const at = line;
    const entries: (readonly [string, number, Json])[] = [];
    for (let token = next(); token !== '}'; token = next()) {
      if (token === ',') continue;
      const keyLine = line;
      next();
      entries.push([JSON.parse(token) as string, keyLine, valueAt(next())]);
    }
    return mapAt(at, entries);
  }
  function list(): Json {
    const items: Json[] = [];
    for (let token = next(); token !== ']'; token = next()) if (token !== ',') items.push(valueAt(token));
    return items;
  }
  return valueAt(next());
}
