import { Composer, CST, isAlias, isMap, isScalar, isSeq, Lexer, Parser, type Document, type ParsedNode } from 'yaml';
import type { Trouble } from '../found';
import { limits } from './limits';
import { masked } from './masked';

/**
 * A text with its place. Numbers and booleans are texts, too (the failsafe schema): `1.10` would lose its zero
 * otherwise.
 */
export interface Scalar {
  readonly kind: 'scalar';
  /** As written, without quotes: `1.10` stays `1.10`. */
  readonly text: string;
  /** Inside the quotes; for a block, its lines. */
  readonly start: number;
  readonly end: number;
  readonly isBlock: boolean;
}

/** Keys that are not scalars are left out: no format has images there. */
export interface Entry {
  readonly key: string;
  readonly keyAt: Scalar;
  readonly value: Node;
}

/** In the order of the file. A key may be there twice, because broken files are read, too. */
export interface MapNode {
  readonly kind: 'map';
  readonly entries: readonly Entry[];
}

/** Empty items are kept, so that indexes are those of the file. */
export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly Node[];
}

/** `empty` is also used for an alias: its target is read where it is written. */
export type Node = MapNode | ListNode | Scalar | { readonly kind: 'empty' };

const EMPTY: Node = { kind: 'empty' };

/** The documents of [start, end), one after the other, so that only one of them is in memory. */
export function* documentsIn(
  text: string,
  start: number,
  end: number,
  troubles: Trouble[],
  readable: (text: string) => string = masked,
): Generator<Node, void, undefined> {
  const source = text.slice(start, end);
  const composer = new Composer({
    version: '1.2',
    schema: 'failsafe',
    merge: false,
    uniqueKeys: false,
    logLevel: 'silent',
  });
  const { stackTraceLimit } = Error;
  // The stack trace of each error is what makes a broken file slow.
  Error.stackTraceLimit = 0;
  try {
    for (const document of composed(composer, readable(source), start, troubles)) {
      const [error] = document.errors;
      if (error && troubles.length < limits.errors)
        troubles.push({ at: start + error.pos[0], message: error.message.split('\n')[0] ?? error.message });
      if (document.contents) yield nodeOf(document.contents, text, start);
    }
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function* composed(composer: Composer, text: string, start: number, troubles: Trouble[]): Generator<Document.Parsed> {
  for (const token of boundedTokens(text, start, troubles)) yield* composer.next(token) as Iterable<Document.Parsed>;
  yield* composer.end(false, text.length) as Iterable<Document.Parsed>;
}

/** Stops if a document is too deep or too large; the parser's stack is the nesting depth. */
function* boundedTokens(text: string, start: number, troubles: Trouble[]): Generator<CST.Token> {
  const parser = new Parser();
  let lexemes = 0;
  let documents = 0;
  let offset = 0;
  let previous: string | null = null;
  for (const lexeme of new Lexer().lex(text)) {
    const type: string | null = previous === 'scalar' ? 'text' : CST.tokenType(lexeme);
    for (const token of parser.next(lexeme)) {
      if (token.type === 'document') {
        lexemes = 0;
        documents += 1;
      }
      yield token;
    }
    lexemes += 1;
    const message = tooMuch(parser.stack.length, lexemes, documents);
    if (message !== undefined) {
      troubles.push({ at: start + offset, message });
      return;
    }
    if (type !== 'doc-mode' && type !== 'scalar' && type !== 'flow-error-end') offset += lexeme.length;
    previous = type;
  }
  yield* parser.end();
}

function tooMuch(depth: number, lexemes: number, documents: number): string | undefined {
  if (depth > limits.depth) return `more than ${limits.depth} levels of nesting: not read further`;
  if (lexemes > limits.lexemes) return `more than ${limits.lexemes} tokens in one document: not read further`;
  return documents > limits.documents ? `more than ${limits.documents} documents: not read further` : undefined;
}

function nodeOf(node: ParsedNode | null, text: string, base: number): Node {
  if (!node || isAlias(node)) return EMPTY;
  if (isMap(node))
    return {
      kind: 'map',
      entries: node.items.flatMap(({ key, value }) => {
        if (!isScalar(key)) return [];
        const keyAt = scalarOf(key, text, base);
        return [{ key: keyAt.text, keyAt, value: nodeOf(value, text, base) }];
      }),
    };
  if (isSeq(node)) return { kind: 'list', items: node.items.map((item) => nodeOf(item, text, base)) };
  return scalarOf(node, text, base);
}

function scalarOf(node: ParsedNode, text: string, base: number): Scalar {
  const [from, to] = node.range;
  const type = isScalar(node) ? node.type : undefined;
  const isQuoted = type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE';
  const isBlock = type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED';
  let start = base + from + (isQuoted ? 1 : 0);
  const end = base + to - (isQuoted ? 1 : 0);
  if (!isBlock) return { kind: 'scalar', text: text.slice(start, end), start, end, isBlock };
  start = Math.min(text.indexOf('\n', start) + 1 || end, end);
  const lines = text.slice(start, end);
  const only = lines.trim();
  // A block of one line is a normal word.
  if (only !== '' && !only.includes('\n')) {
    start += lines.indexOf(only);
    return { kind: 'scalar', text: only, start, end: start + only.length, isBlock: false };
  }
  return { kind: 'scalar', text: lines, start, end, isBlock };
}

/** The first one, if a key is there twice; undefined if the node is not a map. */
export function entryOf(node: Node, key: string): Entry | undefined {
  return node.kind === 'map' ? node.entries.find((entry) => entry.key === key) : undefined;
}

/** Empty if any key of the path is missing. */
export function valueAt(node: Node, ...path: readonly string[]): Node {
  return path.reduce<Node>((at, key) => entryOf(at, key)?.value ?? EMPTY, node);
}

/** Undefined if a key is missing, or the value is a map or a list. */
export function scalarAt(node: Node, ...path: readonly string[]): Scalar | undefined {
  const value = valueAt(node, ...path);
  return value.kind === 'scalar' ? value : undefined;
}

/** A type guard for lists of nodes. */
export function isMapNode(node: Node): node is MapNode {
  return node.kind === 'map';
}
