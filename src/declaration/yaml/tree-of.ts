import { compact } from '../../compact';
import { isAlias, isMap, isScalar, isSeq, type Alias, type Node, type YAMLMap } from 'yaml';
import type { Diagnostic } from '../../diagnostic';
import { limits } from './limits';
import { positionOf, type SourceText, type Span } from './source-text';
import type { Entry, ScalarNode, TreeNode } from './tree';

/** Reach the prototype of an object once a map of the tree becomes one. */
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** A node with the size that it expands to: an alias costs as much as its target. */
interface Measured {
  readonly node: TreeNode;
  readonly size: number;
  readonly height: number;
}

/** The state of one conversion of a file. */
interface Conversion {
  readonly source: SourceText;
  readonly anchors: Map<string, Measured>;
  readonly diagnostics: Diagnostic[];
  /** Nodes that all aliases of the file expand to, so far. */
  aliasedNodes: number;
}

/** Converts the library's nodes to our own: with positions, unique keys, and aliases replaced by their targets. */
export function treeOf(contents: Node, source: SourceText): { tree?: TreeNode; diagnostics: readonly Diagnostic[] } {
  const conversion: Conversion = { source, anchors: new Map(), diagnostics: [], aliasedNodes: 0 };
  const { node } = convert(contents, conversion, 1);
  return conversion.diagnostics.length > 0 ? { diagnostics: conversion.diagnostics } : { tree: node, diagnostics: [] };
}

function convert(node: unknown, conversion: Conversion, depth: number): Measured {
  if (isAlias(node)) return unfold(node, conversion, depth);
  const measured = convertPlain(node, conversion, depth);
  if ((isMap(node) || isSeq(node) || isScalar(node)) && node.anchor) conversion.anchors.set(node.anchor, measured);
  return measured;
}

function convertPlain(node: unknown, conversion: Conversion, depth: number): Measured {
  if (isMap(node)) return convertMap(node, conversion, depth);
  if (isSeq(node)) {
    const items = node.items.map((item) => convert(item, conversion, depth + 1));
    const span = spanOf(node, conversion);
    return measure({ type: 'list', span, items: items.map((item) => item.node) }, items);
  }
  const span = spanOf(node as Node, conversion);
  return measure({ type: 'scalar', span, value: scalarValue(node, span, conversion) }, []);
}

/** A duplicate key keeps its first value, but the file is refused anyway. A key without a value is null. */
function convertMap(map: YAMLMap, conversion: Conversion, depth: number): Measured {
  const entries = new Map<string, Entry>();
  const values: Measured[] = [];
  for (const pair of map.items) {
    const key = spanOf(pair.key as Node, conversion);
    const name = isScalar(pair.key) ? String(pair.key.value) : '';
    const value = pair.value ? convert(pair.value, conversion, depth + 1) : nullAt(key);
    if (!acceptKey(name, key, entries, conversion)) continue;
    values.push(value);
    entries.set(name, { key, value: value.node });
  }
  return measure({ type: 'map', span: spanOf(map, conversion), entries }, values);
}

/**
 * Whether the key is allowed; otherwise there is a finding. Forbidden keys would reach the prototype of a JavaScript
 * object; merge keys depend on the version of YAML and hide where a value comes from.
 */
function acceptKey(name: string, key: Span, entries: ReadonlyMap<string, Entry>, conversion: Conversion): boolean {
  const earlier = entries.get(name);
  if (earlier) {
    const { file, line, column } = positionOf(earlier.key);
    report(conversion, key, 'duplicate-key', `duplicate key "${name}", first at ${file}:${line}:${column}`);
  } else if (name === '<<') {
    const hint = 'write the keys out, or use "defaults"';
    report(conversion, key, 'merge-key', 'merge keys (<<) are not supported', hint);
  } else if (FORBIDDEN_KEYS.has(name)) {
    report(conversion, key, 'forbidden-key', `"${name}" cannot be used as a key`);
  } else return true;
  return false;
}

/**
 * The target of an alias: the same node, not a copy. What it would expand to is still counted, because a few lines of
 * nested aliases can expand to billions of nodes for everything that walks the tree.
 */
function unfold(alias: Alias, conversion: Conversion, depth: number): Measured {
  const span = spanOf(alias, conversion);
  const target = conversion.anchors.get(alias.source);
  const nothing = nullAt(span);
  if (!target) {
    // An anchor is known once its node is complete, so a node that contains itself also ends here.
    report(conversion, span, 'yaml-syntax', `unknown alias *${alias.source}`);
    return nothing;
  }
  conversion.aliasedNodes += target.size;
  if (conversion.aliasedNodes > limits.aliasedNodes) {
    reportOnce(conversion, span, 'too-many-aliases', `the aliases expand to more than ${limits.aliasedNodes} nodes`);
    return nothing;
  }
  if (depth + target.height > limits.depth) {
    reportOnce(conversion, span, 'too-deep', `more than ${limits.depth} levels of nesting after expanding aliases`);
    return nothing;
  }
  return target;
}

/** Only what JSON can express: `.inf` and `.nan` are refused. */
function scalarValue(node: unknown, span: Span, conversion: Conversion): ScalarNode['value'] {
  const value = isScalar(node) ? node.value : null;
  if (typeof value === 'number' && !Number.isFinite(value)) {
    report(conversion, span, 'wrong-type', 'a number must be finite');
    return null;
  }
  return typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string' ? value : null;
}

function nullAt(span: Span): Measured {
  return measure({ type: 'scalar', span, value: null }, []);
}

/** The height of a leaf is 0; the size counts the node itself. */
function measure(node: TreeNode, children: readonly Measured[]): Measured {
  let size = 1;
  let height = 0;
  for (const child of children) {
    size += child.size;
    if (child.height >= height) height = child.height + 1;
  }
  return { node, size, height };
}

function spanOf(node: Node | null, { source }: Conversion): Span {
  const [start, end] = node?.range ?? [0, 0];
  return { source, start, end };
}

function report(conversion: Conversion, span: Span, rule: string, message: string, hint?: string): void {
  const at = positionOf(span);
  conversion.diagnostics.push(compact({ rule, severity: 'error', message, hint, at }));
}

/** A limit is exceeded by every later alias, too: one finding is enough. */
function reportOnce(conversion: Conversion, span: Span, rule: string, message: string): void {
  if (!conversion.diagnostics.some((diagnostic) => diagnostic.rule === rule)) report(conversion, span, rule, message);
}
