import { Document, isCollection, Pair, Scalar, YAMLMap, YAMLSeq, type Node } from 'yaml';
import type { YamlList, YamlMap, YamlNode, YamlScalar } from './yaml-node';

/** Below the 120 of most editors and linters, because a comment or a quote may be added. */
const WIDTH = 110;
const INDENT = 2;
/** In flow style an object with more keys would be an unreadable line. */
const FLOW_KEYS = 4;
const BARE = /^[\w./:@$-]+$/;
const PRINTABLE = /^[ -~\u00a1-\u024f]*$/;
/** The library does not escape these in double quotes, but some readers treat them as line breaks, or refuse them. */
const NOT_PRINTABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** One document: sections, and objects of several lines, are separated by an empty line. */
export function renderYaml(root: YamlMap): string {
  const contents = blockMap(root, 0, 0);
  if (root.note !== undefined) contents.commentBefore = commentOf(root.note);
  return textOf(contents).replace(NOT_PRINTABLE, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

function textOf(contents: Node): string {
  // Readers of YAML 1.1 must also read text as text: `no`, `0123`, `12:30`.
  const document = new Document(null, { version: '1.2', compat: 'yaml-1.1' });
  document.contents = contents;
  return document.toString({ lineWidth: 0, singleQuote: true, doubleQuotedMinMultiLineLength: Infinity });
}

/**
 * At the top an empty line separates sections; one level below it only what takes several lines or has a comment.
 * @param column of its keys
 */
function blockMap({ entries }: YamlMap, column: number, depth: number): YAMLMap {
  const map = new YAMLMap();
  let separate = false;
  for (const [name, node] of entries) {
    const key = scalarOf(name);
    const value = nodeOf(node, depth === 0 ? 2 : WIDTH - column - widthOf(name) - 2, column + INDENT, depth + 1);
    const isTall = depth <= 1 && (node.note !== undefined || !isInline(value));
    key.spaceBefore = map.items.length > 0 && (isTall || separate);
    if (node.note !== undefined) key.commentBefore = commentOf(node.note);
    map.items.push(new Pair(key, value));
    separate = isTall;
  }
  return map;
}

function blockList({ items }: YamlList, column: number, depth: number): YAMLSeq {
  const list = new YAMLSeq();
  for (const item of items) {
    const node = nodeOf(item, WIDTH - column - 2, column + INDENT, depth + 1);
    if (item.note !== undefined) node.commentBefore = commentOf(item.note);
    list.items.push(node);
  }
  return list;
}

/** On one line if it fits, has no comment, and is short enough to read. */
function nodeOf(node: YamlNode, width: number, column: number, depth: number): Node {
  if (node.type === 'scalar') return scalarOf(node.value, true);
  if (mayFlow(node, true) && nodeWidth(node) <= width) return flowOf(node);
  return node.type === 'map' ? blockMap(node, column, depth) : blockList(node, column, depth);
}

/** `{ type: docker-hub }` on one line, as long as it has few keys, no comment inside, and no text of several lines. */
function mayFlow(node: YamlNode, isOutermost = false): boolean {
  if (node.note !== undefined && !isOutermost) return false;
  if (node.type === 'scalar') return !isLiteral(node.value) && String(node.value).length <= WIDTH;
  if (node.type === 'list') return node.items.length <= WIDTH && node.items.every((item) => mayFlow(item));
  return node.entries.size <= FLOW_KEYS && [...node.entries.values()].every((value) => mayFlow(value));
}

function flowOf(node: YamlNode): Node {
  if (node.type === 'scalar') return scalarOf(node.value);
  if (node.type === 'list') return flowing(new FlowSeq(), node.items.map(flowOf));
  return flowing(
    new YAMLMap<Scalar, Node>(),
    [...node.entries].map(([key, value]) => new Pair(scalarOf(key), flowOf(value))),
  );
}

function flowing<Item, Of extends YAMLMap | YAMLSeq>(collection: Of & { items: Item[] }, items: Item[]): Of {
  collection.flow = true;
  collection.items = items;
  return collection;
}

/** `[a, { b: c }]`: the library has only one padding for lists and maps. */
class FlowSeq extends YAMLSeq {
  override toString(...given: Parameters<YAMLSeq['toString']>): string {
    return super.toString(...given).replace(/^\[ | \]$/g, (bracket) => bracket.trim());
  }
}

function scalarOf(value: YamlScalar['value'], isBlock = false): Scalar {
  const scalar = new Scalar(value);
  if (isBlock && isLiteral(value)) scalar.type = 'BLOCK_LITERAL';
  else if (typeof value === 'string' && !PRINTABLE.test(value)) scalar.type = 'QUOTE_DOUBLE';
  return scalar;
}

/** A certificate, line by line, if a block represents it exactly. */
function isLiteral(value: YamlScalar['value']): boolean {
  if (typeof value !== 'string') return false;
  const lines = (value.endsWith('\n') ? value.slice(0, -1) : value).split('\n');
  return lines.length > 1 && lines.every((line) => line === line.trim() && line !== '' && PRINTABLE.test(line));
}

function isInline(node: Node): boolean {
  return isCollection(node) ? node.flow === true : (node as Scalar).type !== 'BLOCK_LITERAL';
}

/** Width on one line: exact, except for a text that might need quotes but does not. */
function nodeWidth(node: YamlNode): number {
  if (node.type === 'scalar') return widthOf(node.value);
  const sum = (widths: readonly number[]): number => widths.reduce((all, width) => all + width + 2, 0);
  if (node.type === 'list') return Math.max(2, sum(node.items.map(nodeWidth)));
  return 2 + sum([...node.entries].map(([key, value]) => widthOf(key) + 2 + nodeWidth(value)));
}

function widthOf(value: YamlScalar['value']): number {
  const text = String(value);
  if (typeof value !== 'string' || BARE.test(text)) return text.length;
  return PRINTABLE.test(text) ? text.length + 2 : JSON.stringify(text).length;
}

function commentOf(note: string): string {
  return note
    .split('\n')
    .map((line) => ` ${line}`.trimEnd())
    .join('\n');
}
