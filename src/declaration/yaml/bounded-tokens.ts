import { CST, Lexer, Parser } from 'yaml';
import type { Diagnostic } from '../../diagnostic';
import { limits } from './limits';
import { positionOf, type SourceText } from './source-text';

/** With a refusal the tokens must not be composed: composing is what could take the memory. */
export interface BoundedTokens {
  readonly tokens: readonly CST.Token[];
  /** The first problem that prevents composing; the tokens end there. */
  readonly refusal?: Diagnostic;
}

/** Length of a lexeme; `text` is what follows a `scalar` mark, whatever it looks like. */
type LexemeType = CST.TokenType | 'text' | null;

/** Sums over one file, and the lexeme before the current one. */
interface Counted {
  lexemes: number;
  aliases: number;
  documents: number;
  previous: LexemeType;
}

/**
 * Lexes and parses step by step, and checks the parser's own stack after each lexeme: its height is the nesting,
 * whether from brackets, indentation, or `- - - -` on one line.
 */
export function boundedTokens(source: SourceText): BoundedTokens {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  const counted: Counted = { lexemes: 0, aliases: 0, documents: 0, previous: null };
  let offset = 0;
  for (const lexeme of new Lexer().lex(source.text)) {
    const type = counted.previous === 'scalar' ? 'text' : CST.tokenType(lexeme);
    for (const token of parser.next(lexeme)) tokens.push(token);
    const reason = tooMuch(type, counted, parser.stack.length) ?? unwelcome(type, counted);
    if (reason) {
      const at = positionOf({ source, start: offset, end: offset + lexeme.length });
      return { tokens, refusal: { severity: 'error', ...reason, at } };
    }
    if (!isMark(type)) offset += lexeme.length;
    counted.previous = type;
  }
  for (const token of parser.end()) tokens.push(token);
  return { tokens };
}

/** Lexemes that the lexer inserts: they have no characters in the file. */
function isMark(type: LexemeType): boolean {
  return type === 'doc-mode' || type === 'scalar' || type === 'flow-error-end';
}

type Reason = Pick<Diagnostic, 'rule' | 'message' | 'hint'>;

/** One of the limits is exceeded: the file may be valid, but composing it could take all memory or the stack. */
function tooMuch(type: LexemeType, counted: Counted, nesting: number): Reason | undefined {
  // The document itself is one level of the parser's stack, the current scalar another.
  if (nesting > limits.depth + 2) return { rule: 'too-deep', message: `more than ${limits.depth} levels of nesting` };
  if ((counted.lexemes += 1) > limits.lexemes) {
    return {
      rule: 'too-many-tokens',
      message: `more than ${limits.lexemes} tokens in one file`,
      hint: 'split the file',
    };
  }
  if (type === 'alias' && (counted.aliases += 1) > limits.aliases) {
    return { rule: 'too-many-aliases', message: `more than ${limits.aliases} aliases in one file` };
  }
  return undefined;
}

/** Valid YAML that policies do not use. Refused here, because the composer would silently apply it. */
function unwelcome(type: LexemeType, counted: Counted): Reason | undefined {
  if (type === 'directive-line') return directive;
  if (type === 'tag') return tag;
  if (type === 'doc-mode' && (counted.documents += 1) > 1) return secondDocument;
  // The lexer opens a document before its first lexeme: any later `---` begins another one.
  return type === 'doc-start' && counted.previous !== 'doc-mode' ? secondDocument : undefined;
}

const directive: Reason = {
  rule: 'yaml-directive',
  message: 'YAML directives are not supported',
  hint: 'remove the line; policies are YAML 1.2',
};

const tag: Reason = {
  rule: 'yaml-tag',
  message: 'YAML tags are not supported',
  hint: 'remove it; put a value in quotes to make it a string',
};

const secondDocument: Reason = {
  rule: 'multiple-documents',
  message: 'a second YAML document in one file',
  hint: 'put it in its own file',
};
