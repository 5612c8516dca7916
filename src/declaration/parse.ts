import { Composer, CST, Lexer, Parser, type Document } from 'yaml';
import type { Diagnostic, Position } from '../diagnostic';
import { limits } from './limits';
import { positionOf, type SourceText } from './source-text';
import type { TreeNode } from './tree';
import { treeOf } from './tree-of';

export interface Parsed {
  /** Absent when the text cannot be used, and when the file says nothing. */
  readonly tree?: TreeNode;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * YAML 1.2 (core schema), one document. Nothing is composed before it is known to be shallow, and nothing
 * that a reviewer could misread is accepted: no directives (`%YAML 1.1` would turn `no` into false), tags
 * or merge keys.
 */
export function parseYaml(source: SourceText): Parsed {
  const { tokens, diagnostics } = boundedTokens(source);
  if (diagnostics.length > 0) return { diagnostics };
  const document = compose(tokens, source.text.length);
  if (document.errors.length > 0) return { diagnostics: syntaxFindings(document, source) };
  if (!document.contents) return { diagnostics: [] };
  return treeOf(document.contents, source);
}

function compose(tokens: readonly CST.Token[], endOffset: number): Document.Parsed {
  // A megabyte of commas makes half a million errors, and what takes its time is the stack trace of each.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return composeOne(tokens, endOffset);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function composeOne(tokens: readonly CST.Token[], endOffset: number): Document.Parsed {
  const composer = new Composer({ version: '1.2', schema: 'core', merge: false, uniqueKeys: false, stringKeys: true });
  for (const document of composer.compose(tokens, true, endOffset)) return document;
  throw new TypeError('the YAML composer answered no document although one was forced');
}

type LexemeType = CST.TokenType | 'text' | null;

interface BoundedTokens {
  readonly tokens: CST.Token[];
  readonly diagnostics: Diagnostic[];
}

/**
 * Lexes and parses step by step, and looks at the parser's own stack after each lexeme: the height of that
 * stack is the nesting, whether it is made of brackets, of indentation, or of `- - - -` on one line.
 * Stops at the first thing that must not be composed.
 */
function boundedTokens(source: SourceText): BoundedTokens {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  const count = { lexemes: 0, aliases: 0, documents: 0 };
  let offset = 0;
  let atContent = false;
  for (const lexeme of new Lexer().lex(source.text)) {
    // The lexeme after a `scalar` mark is text, whatever it looks like.
    const type: LexemeType = atContent ? 'text' : CST.tokenType(lexeme);
    atContent = type === 'scalar';
    for (const token of parser.next(lexeme)) tokens.push(token);
    const finding = refusalOf(type, count, parser.stack.length);
    if (finding) return { tokens, diagnostics: [{ ...finding, at: positionAt(source, offset, lexeme.length) }] };
    if (type !== 'doc-mode' && type !== 'scalar' && type !== 'flow-error-end') offset += lexeme.length;
  }
  for (const token of parser.end()) tokens.push(token);
  return { tokens, diagnostics: [] };
}

function positionAt(source: SourceText, offset: number, length: number): Position {
  return positionOf({ source, start: offset, end: offset + length });
}

type Refusal = Pick<Diagnostic, 'rule' | 'severity' | 'message' | 'hint'>;

function refusalOf(
  type: LexemeType,
  count: { lexemes: number; aliases: number; documents: number },
  nesting: number,
): Refusal | undefined {
  // The document itself is one level of the parser's stack, the scalar being read another.
  if (nesting > limits.depth + 2) return refusal('too-deep', `more than ${limits.depth} levels of nesting`);
  if ((count.lexemes += 1) > limits.lexemes) {
    return refusal('too-many-nodes', `more than ${limits.lexemes} tokens in one file`, 'split it');
  }
  if (type === 'alias' && (count.aliases += 1) > limits.aliases) {
    return refusal('too-many-aliases', `more than ${limits.aliases} aliases in one file`);
  }
  if (type === 'doc-mode' && (count.documents += 1) > 1) {
    return refusal('multiple-documents', 'a second YAML document in one file', 'put it in a file of its own');
  }
  if (type === 'directive-line')
    return refusal(
      'yaml-directive',
      'a YAML directive: it could change what the text below means',
      'remove the line; policies are YAML 1.2',
    );
  if (type === 'tag')
    return refusal('yaml-tag', 'a YAML tag', 'remove it; text that looks like a number can be put in quotes');
  return undefined;
}

function refusal(rule: string, message: string, hint?: string): Refusal {
  return { rule, severity: 'error', message, ...(hint === undefined ? {} : { hint }) };
}

function syntaxFindings(document: Document.Parsed, source: SourceText): Diagnostic[] {
  return document.errors.slice(0, limits.syntaxErrors).map((error) => ({
    rule: 'yaml-syntax',
    severity: 'error',
    message: error.message,
    at: positionAt(source, error.pos[0], error.pos[1] - error.pos[0]),
  }));
}
