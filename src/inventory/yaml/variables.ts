import type { Lookup } from '../interpolate';
import { variables, type Word } from '../words';
import { scalarAt, type Entry, type Node } from './documents';

const HOLDERS: ReadonlySet<string> = new Set([
  'variables',
  'env',
  'environment',
  'vars',
  'args',
  'params',
  'parameters',
  'inputs',
  'settings',
  'set_fact',
  'ansible.builtin.set_fact',
  'x-variables',
]);
/** The values of these names differ between entries of a matrix, or between places. */
const AMBIGUOUS = Symbol('ambiguous');

/**
 * The variables of a document; one with two values is unknown.
 *
 *      variables: { TAG: "1.27" }                        a map
 *      env: [{ name: TAG, value: "1.27" }]               a list, as in Kubernetes
 *      environment: [TAG=1.27]                           texts, as in Compose
 *      parameters: [{ name: TAG, default: "1.27" }]      the default
 *      TAG: "1.27"                                       at the root, as in Ansible's group_vars
 *
 * Scopes are not followed: a variable of one job counts in the others. With two different values it is ambiguous there,
 * and the image is reported as unresolvable instead of with a guessed tag.
 */
export function variablesOf(text: string, root: Node): Lookup {
  const assigned = new Map<string, Word | typeof AMBIGUOUS>();
  const assign = (name: string, word: Word): void => {
    const before = assigned.get(name);
    const isSame =
      before === undefined ||
      (before !== AMBIGUOUS && text.slice(before.start, before.end) === text.slice(word.start, word.end));
    assigned.set(name, isSame ? (before ?? word) : AMBIGUOUS);
  };
  if (root.kind === 'map') collectHeld(root, assign);
  collect(root, assign);
  const known = new Map([...assigned].flatMap(([name, word]) => (word === AMBIGUOUS ? [] : [[name, word] as const])));
  return variables(text, known);
}

type Assign = (name: string, word: Word) => void;

function collect(node: Node, assign: Assign): void {
  if (node.kind === 'list') for (const item of node.items) collect(item, assign);
  if (node.kind !== 'map') return;
  for (const { key, value } of node.entries) {
    if (HOLDERS.has(key)) collectHeld(value, assign);
    collect(value, assign);
  }
}

function collectHeld(node: Node, assign: Assign): void {
  if (node.kind === 'list') for (const item of node.items) collectListed(item, assign);
  if (node.kind !== 'map') return;
  for (const { key, value } of node.entries) collectEntry({ key, value }, assign);
}

function collectEntry({ key, value }: Pick<Entry, 'key' | 'value'>, assign: Assign): void {
  if (value.kind === 'scalar' && !value.isBlock) assign(key, value);
  const inner = scalarAt(value, 'value') ?? scalarAt(value, 'default');
  if (inner) assign(key, inner);
}

/** `{ name: X, value: … }`, and `KEY=value` of Compose. */
function collectListed(item: Node, assign: Assign): void {
  const name = scalarAt(item, 'name');
  const value = scalarAt(item, 'value') ?? scalarAt(item, 'default');
  if (name && value && !value.isBlock) assign(name.text, value);
  if (item.kind !== 'scalar') return;
  const equals = item.text.indexOf('=');
  if (equals > 0 && /^\w+$/.test(item.text.slice(0, equals)))
    assign(item.text.slice(0, equals), { start: item.start + equals + 1, end: item.end });
}
