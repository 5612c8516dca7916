import type { Diagnostic } from '../../diagnostic';
import type { Span } from '../../declaration/yaml/source-text';
import type { TreeNode } from '../../declaration/yaml/tree';
import { didYouMean } from '../../suggest';
import { error } from './trees';

/** The part of a client's schema that is checked: names of keys and types of values. */
export type Shape =
  | 'text'
  | 'boolean'
  | 'integer'
  | 'any'
  | { readonly either: readonly Shape[] }
  | { readonly listOf: Shape }
  | { readonly mapOf: Shape }
  | {
      readonly keys: Readonly<Record<string, Shape>>;
      /** Other keys are accepted here. */
      readonly open?: boolean;
    };

/** What the client does with an unknown key, and with a value of another type: ends of sentences. */
export interface Habits {
  readonly unknownKey: string;
  readonly wrongType: string;
}

/**
 * Findings about names of keys and types of values, in the order of the file. A wrong type ends the check of
 * its subtree, because what is below it would only repeat the same mistake.
 * @param key position for a value without its own, such as the root of an empty table
 */
export function checkShape(tree: TreeNode, shape: Shape, habits: Habits, key: Span = tree.span): Diagnostic[] {
  if (!fits(tree, shape)) {
    const message = `must be ${nameOf(shape)}, not ${typeOf(tree)}: ${habits.wrongType}`;
    return [error('wrong-type', tree.span.start === 0 ? key : tree.span, message)];
  }
  if (typeof shape === 'string') return [];
  if ('either' in shape) {
    const one = shape.either.find((candidate) => fits(tree, candidate));
    return one === undefined ? [] : checkShape(tree, one, habits, key);
  }
  if (tree.type === 'list' && 'listOf' in shape)
    return tree.items.flatMap((item) => checkShape(item, shape.listOf, habits));
  if (tree.type !== 'map') return [];
  return [...tree.entries].flatMap(([name, { key: at, value }]) => {
    if ('mapOf' in shape) return checkShape(value, shape.mapOf, habits, at);
    if (!('keys' in shape)) return [];
    const inner = Object.hasOwn(shape.keys, name) ? shape.keys[name] : undefined;
    if (inner !== undefined) return checkShape(value, inner, habits, at);
    const known = Object.keys(shape.keys);
    const isUnknown = !shape.open || known.some((one) => plain(one) === plain(name));
    return isUnknown ? [unknownKey(name, at, known, habits)] : [];
  });
}

function unknownKey(name: string, at: Span, known: readonly string[], { unknownKey: consequence }: Habits): Diagnostic {
  const hint = didYouMean(name, known) ?? `known keys: ${known.join(', ')}`;
  return error('unknown-key', at, `unknown key "${name}": ${consequence}`, hint);
}

/** A key that differs only in case, hyphens or plural is a typo, even if other keys are allowed. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, '').replace(/s$/, '');
}

/**
 * Only the type of this node. Its children are checked on their own, so that each finding has its own position.
 */
function fits(tree: TreeNode, shape: Shape): boolean {
  if (shape === 'any') return true;
  if (typeof shape !== 'string') {
    if ('either' in shape) return shape.either.some((one) => fits(tree, one));
    return 'listOf' in shape ? tree.type === 'list' : tree.type === 'map';
  }
  if (tree.type !== 'scalar') return false;
  if (shape === 'integer') return typeof tree.value === 'number' && Number.isInteger(tree.value);
  return typeof tree.value === (shape === 'text' ? 'string' : shape);
}

function nameOf(shape: Shape): string {
  if (typeof shape !== 'string') {
    if ('either' in shape) return shape.either.map(nameOf).join(' or ');
    return 'listOf' in shape ? 'a list' : 'a table';
  }
  return { text: 'a string', boolean: 'true or false', integer: 'a whole number', any: 'anything' }[shape];
}

function typeOf(tree: TreeNode): string {
  if (tree.type !== 'scalar') return tree.type === 'list' ? 'a list' : 'a table';
  if (tree.value === null) return 'empty';
  return { string: 'a string', boolean: 'a boolean', number: 'a number' }[typeof tree.value as 'string'] ?? 'that';
}
