import { parseTOML, type AST } from 'toml-eslint-parser';
import { sourceText, type SourceText, type Span } from '../../declaration/yaml/source-text';
import type { Entry, TreeNode } from '../../declaration/yaml/tree';

/** Why a text is not TOML, in the words of the parser. */
export interface SyntaxProblem {
  readonly message: string;
  readonly at: Span;
}

interface OpenMap {
  readonly type: 'map';
  readonly span: Span;
  readonly entries: Map<string, Entry>;
}

interface OpenList {
  readonly type: 'list';
  readonly span: Span;
  readonly items: TreeNode[];
}

/**
 * TOML 1.0 with the position of every key and value, in the same form as policies.
 * The form of policies is used so that one set of rules and one way to print positions serves all formats.
 */
export function tomlTree(file: string, text: string): { tree: OpenMap } | { problem: SyntaxProblem } {
  const source = sourceText(file, text);
  try {
    const [top] = parseTOML(text).body;
    const root: OpenMap = { type: 'map', span: { source, start: 0, end: text.length }, entries: new Map() };
    for (const item of top.body) {
      if (item.type === 'TOMLKeyValue') put(root, item, source);
      else for (const pair of item.body.length > 0 ? item.body : [undefined]) openTable(root, item, source, pair);
    }
    return { tree: root };
  } catch (error) {
    return { problem: problemOf(error, source) };
  }
}

/** The map for a table header; an array of tables has one for each of its headers. */
function openTable(root: OpenMap, table: AST.TOMLTable, source: SourceText, pair: AST.TOMLKeyValue | undefined): void {
  let node: TreeNode = root;
  let segment = 0;
  table.resolvedKey.forEach((step, i) => {
    if (typeof step === 'number') node = itemOf(node, step, spanOf(table.key, source));
    else {
      const key = spanOf(table.key.keys[segment] ?? table.key, source);
      node = childOrNew(node, step, key, typeof table.resolvedKey[i + 1] === 'number');
      segment += 1;
    }
  });
  if (pair && node.type === 'map') put(node as OpenMap, pair, source);
}

/** `[[x]]` adds an item, and each `[x.y]` after it belongs to the last one: the parser numbers them. */
function itemOf(list: TreeNode, index: number, span: Span): TreeNode {
  if (list.type !== 'list') return list;
  const items = list.items as TreeNode[];
  const item = items[index] ?? { type: 'map', span, entries: new Map<string, Entry>() };
  items[index] = item;
  return item;
}

/** A table may be opened by a header before its parent. It then has the position of that header. */
function childOrNew(parent: TreeNode, name: string, key: Span, isList: boolean): TreeNode {
  if (parent.type !== 'map') return parent;
  const known = parent.entries.get(name)?.value;
  if (known) return known;
  const value: TreeNode = isList
    ? ({ type: 'list', span: key, items: [] } satisfies OpenList)
    : ({ type: 'map', span: key, entries: new Map() } satisfies OpenMap);
  (parent.entries as Map<string, Entry>).set(name, { key, value });
  return value;
}

/** `a.b = 1` also creates `a`. */
function put(map: OpenMap, { key, value }: AST.TOMLKeyValue, source: SourceText): void {
  const last = key.keys.at(-1);
  let node: TreeNode = map;
  for (const part of key.keys.slice(0, -1)) node = childOrNew(node, nameOf(part), spanOf(part, source), false);
  if (last && node.type === 'map')
    (node.entries as Map<string, Entry>).set(nameOf(last), {
      key: spanOf(last, source),
      value: valueOf(value, source),
    });
}

/** A date stays text. */
function valueOf(value: AST.TOMLContentNode, source: SourceText): TreeNode {
  const span = spanOf(value, source);
  if (value.type === 'TOMLArray')
    return { type: 'list', span, items: value.elements.map((one) => valueOf(one, source)) };
  if (value.type === 'TOMLInlineTable') {
    const map: OpenMap = { type: 'map', span, entries: new Map() };
    for (const pair of value.body) put(map, pair, source);
    return map;
  }
  return { type: 'scalar', span, value: 'datetime' in value ? value.datetime : value.value };
}

function nameOf(key: AST.TOMLBare | AST.TOMLQuoted): string {
  return key.type === 'TOMLBare' ? key.name : key.value;
}

function spanOf({ range: [start, end] }: { readonly range: readonly [number, number] }, source: SourceText): Span {
  return { source, start, end };
}

/** The parser stops one character too late if a line ends too early: the finding belongs to the line before. */
function problemOf(error: unknown, source: SourceText): SyntaxProblem {
  const { message, index } = error as { message?: unknown; index?: unknown };
  const found = typeof index === 'number' ? index : 0;
  const end = source.text.slice(0, found).trimEnd().length;
  const isPastLine = source.text.slice(end, found).includes('\n');
  const start = Math.max(0, isPastLine ? end - 1 : Math.min(found, source.text.length - 1));
  return {
    message: typeof index === 'number' ? String(message) : 'nested too deeply',
    at: { source, start, end: start + 1 },
  };
}
