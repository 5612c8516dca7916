import { inlineScalar, literalLines } from './yaml-scalar';
import type { YamlMap, YamlNode } from './yaml-node';

const WIDTH = 110;
const INDENT = '  ';
/** In flow style an object with more keys than this is a line that nobody reads. */
const FLOW_KEYS = 4;

/** One document: sections with an empty line between them and between objects that take several lines. */
export function renderYaml(root: YamlMap): string {
  return `${[...comment(root.note, ''), ...mapLines(root, '', 0)].join('\n')}\n`;
}

function mapLines({ entries }: YamlMap, indent: string, depth: number): string[] {
  let separate = false;
  return [...entries].flatMap(([key, node], i) => {
    const lines = entryLines(inlineScalar(key), node, indent, depth);
    const isTall = depth <= 1 && lines.length > 1;
    const gap = i > 0 && (isTall || separate) ? [''] : [];
    separate = isTall;
    return [...gap, ...lines];
  });
}

function entryLines(key: string, node: YamlNode, indent: string, depth: number): string[] {
  const head = `${indent}${key}:`;
  const notes = comment(node.note, indent);
  if (node.type === 'scalar') {
    const literal = typeof node.value === 'string' ? literalLines(node.value) : undefined;
    if (!literal) return [...notes, `${head} ${inlineScalar(node.value)}`];
    const [indicator = '', ...lines] = literal;
    return [...notes, `${head} ${indicator}`, ...lines.map((line) => `${indent}${INDENT}${line}`)];
  }
  const inline = depth === 0 ? emptyOnly(node) : flow(node, WIDTH - head.length - 1);
  if (inline !== undefined) return [...notes, `${head} ${inline}`];
  if (node.type === 'map') return [...notes, head, ...mapLines(node, indent + INDENT, depth + 1)];
  return [...notes, head, ...node.items.flatMap((item) => itemLines(item, indent + INDENT, depth + 1))];
}

function itemLines(item: YamlNode, indent: string, depth: number): string[] {
  const notes = comment(item.note, indent);
  const inline = flow(item, WIDTH - indent.length - 2);
  if (inline !== undefined) return [...notes, `${indent}- ${inline}`];
  // The first line of what stands below begins behind the dash instead of under it.
  const below = indent + INDENT;
  const lines =
    item.type === 'map'
      ? mapLines(item, below, depth + 1)
      : item.type === 'list'
        ? item.items.flatMap((inner) => itemLines(inner, below, depth + 1))
        : [`${below}${inlineScalar(item.value)}`];
  return [...notes, ...lines.map((line, i) => (i === 0 ? `${indent}- ${line.slice(below.length)}` : line))];
}

function comment(note: string | undefined, indent: string): string[] {
  if (note === undefined) return [];
  return note.split('\n').map((line) => `${indent}# ${line}`.trimEnd());
}

function emptyOnly(node: YamlNode): string | undefined {
  return flow(node, 2);
}

/** On one line, where it fits, says no comment, and is short enough to be read at a glance. */
function flow(node: YamlNode, width: number): string | undefined {
  const text = flowText(node, true);
  return text !== undefined && text.length <= width ? text : undefined;
}

function flowText(node: YamlNode, outermost = false): string | undefined {
  if (node.note !== undefined && !outermost) return undefined;
  if (node.type === 'scalar') {
    const isText = typeof node.value === 'string';
    return isText && literalLines(node.value) ? undefined : inlineScalar(node.value);
  }
  if (node.type === 'list') {
    const items = node.items.map((item) => flowText(item));
    return items.includes(undefined) ? undefined : `[${items.join(', ')}]`;
  }
  if (node.entries.size > FLOW_KEYS) return undefined;
  const entries = [...node.entries].map(([key, value]) => [inlineScalar(key), flowText(value)] as const);
  if (entries.some(([, value]) => value === undefined)) return undefined;
  return entries.length === 0 ? '{}' : `{ ${entries.map(([key, value]) => `${key}: ${value}`).join(', ')} }`;
}
