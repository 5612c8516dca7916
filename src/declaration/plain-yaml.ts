import { limits } from './limits';
import { plainScalar } from './plain-scalar';
import type { SourceText, Span } from './source-text';
import type { Entry, ScalarNode, TreeNode } from './tree';

/**
 * Parses YAML as policies are usually written: maps and lists in blocks or in brackets, each value on one line. Returns
 * undefined for all other YAML and for every error: the yaml package parses that and reports the errors. The result equals
 * the tree from the yaml package, positions included; a property test compares them. It takes a tenth of the time.
 */
export function plainTree(source: SourceText): TreeNode | undefined {
  if (OTHER_CHARACTERS.test(source.text)) return undefined;
  try {
    return new PlainReader(source).document();
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}

/** Tabs, carriage returns, control characters and surrogates. */
const OTHER_CHARACTERS = /[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/;
const NAME = String.raw`(?:[A-Za-z0-9_$./][A-Za-z0-9_$./@+-]{0,255}|"[^"\\\n]{0,255}"|'[^'\n]{0,255}')`;
const KEY = new RegExp(String.raw`${NAME}:(?=[ \n]|$)`, 'y');
const KEY_IN_BRACKETS = new RegExp(`${NAME}:(?= )`, 'y');
const QUOTED = /"[^"\\\n]*"|'[^'\n]*'/y;
const FIRST = String.raw`(?:[A-Za-z0-9_$./~^(<=+\xc0-\ud7ff]|-[A-Za-z0-9.])`;
const WORDS = new RegExp(String.raw`${FIRST}[^\n]*`, 'y');
const WORDS_IN_BRACKETS = new RegExp(String.raw`${FIRST}[^,[\]{}\n]*`, 'y');
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
/** Far below the limit on nesting, which the package checks. */
const DEEPEST = 20;
/** How many lexemes the package's lexer makes at most. */
const LEXEMES = { ofNode: 8, ofLine: 3 } as const;

class NotPlain extends Error {}

class PlainReader {
  private readonly text: string;
  /** Offset of the next character. */
  private at = 0;
  private lineStart = 0;
  /** Column of what is read next in a block; -1 at the end of the text. */
  private indent = 0;
  /** Where the value that was read last ends, with the rest of its line. */
  private valueEnd = 0;
  /** Brackets that are open. */
  private brackets = 0;
  private lexemesLeft: number;

  constructor(private readonly source: SourceText) {
    this.text = source.text;
    this.lexemesLeft = limits.lexemes - LEXEMES.ofLine * source.lineStarts.length;
  }

  document(): TreeNode {
    if (this.text.startsWith('---\n')) this.at = 4;
    this.nextLine();
    const root = this.blockMap(1);
    if (this.indent !== -1) throw new NotPlain();
    return root;
  }

  private blockMap(depth: number): TreeNode {
    const { at: start, indent } = this;
    const entries = new Map<string, Entry>();
    do this.addEntry(entries, KEY, () => this.valueBelow(indent, depth + 1));
    while (this.indent === indent && !this.isItem());
    return { type: 'map', span: this.spanFrom(start, this.valueEnd), entries };
  }

  private blockList(depth: number): TreeNode {
    const { at: start, indent } = this;
    const items: TreeNode[] = [];
    do {
      this.at += 1;
      this.skipSpaces();
      items.push(this.item(indent, depth + 1));
    } while (this.indent === indent && this.isItem());
    return { type: 'list', span: this.spanFrom(start, this.valueEnd), items };
  }

  /** Of a list in a block: a map begins on the line of its dash. */
  private item(indent: number, depth: number): TreeNode {
    KEY.lastIndex = this.at;
    if (!KEY.test(this.text)) return this.valueOnLine(indent, depth);
    this.spend(depth);
    this.indent = this.at - this.lineStart;
    return this.blockMap(depth);
  }

  /** Of a key in a block: on its line or on those below it. A list may stand in the column of its key. */
  private valueBelow(indent: number, depth: number): TreeNode {
    this.skipSpaces();
    const { at } = this;
    if (!this.isLineEnd()) return this.valueOnLine(indent, depth);
    this.endLine();
    if (this.indent > indent || (this.indent === indent && this.isItem())) {
      this.spend(depth);
      return this.isItem() ? this.blockList(depth) : this.blockMap(depth);
    }
    return { type: 'scalar', span: this.spanFrom(at, at), value: null };
  }

  /** A line that is further to the right would belong to the value. */
  private valueOnLine(indent: number, depth: number): TreeNode {
    const value = this.value(WORDS, indent, depth);
    this.endLine();
    if (this.indent > indent) throw new NotPlain();
    return value;
  }

  private value(words: RegExp, indent: number, depth: number): TreeNode {
    this.spend(depth);
    const first = this.text[this.at];
    if (first === '{') return this.mapInBrackets(indent, depth);
    if (first === '[') return this.listInBrackets(indent, depth);
    if (first === '"' || first === "'") return this.scalar(this.match(QUOTED), (quoted) => quoted.slice(1, -1));
    return this.scalar(this.words(words), plainScalar);
  }

  private mapInBrackets(indent: number, depth: number): TreeNode {
    const start = this.at;
    const entries = new Map<string, Entry>();
    this.inBrackets('}', indent, () =>
      this.addEntry(entries, KEY_IN_BRACKETS, () => {
        this.skipInBrackets(indent);
        return this.value(WORDS_IN_BRACKETS, indent, depth + 1);
      }),
    );
    return { type: 'map', span: this.spanFrom(start, this.at), entries };
  }

  private listInBrackets(indent: number, depth: number): TreeNode {
    const start = this.at;
    const items: TreeNode[] = [];
    this.inBrackets(']', indent, () => items.push(this.value(WORDS_IN_BRACKETS, indent, depth + 1)));
    return { type: 'list', span: this.spanFrom(start, this.at), items };
  }

  private inBrackets(end: string, indent: number, readOne: () => void): void {
    this.brackets += 1;
    do {
      this.at += 1;
      this.skipInBrackets(indent);
      if (this.text[this.at] === end) break;
      readOne();
      this.skipInBrackets(indent);
    } while (this.text[this.at] === ',');
    if (this.text[this.at] !== end) throw new NotPlain();
    this.at += 1;
    this.brackets -= 1;
  }

  private addEntry(entries: Map<string, Entry>, key: RegExp, read: () => TreeNode): void {
    const start = this.at;
    const written = this.match(key).slice(0, -1);
    const name = written.startsWith('"') || written.startsWith("'") ? written.slice(1, -1) : written;
    if (entries.has(name) || FORBIDDEN_KEYS.has(name) || name === '<<') throw new NotPlain();
    entries.set(name, { key: this.spanFrom(start, this.at - 1), value: read() });
  }

  private scalar(written: string, valueOf: (written: string) => ScalarNode['value'] | undefined): TreeNode {
    const value = valueOf(written);
    if (value === undefined) throw new NotPlain();
    return { type: 'scalar', span: this.spanFrom(this.at - written.length, this.at), value };
  }

  private words(pattern: RegExp): string {
    const rest = this.match(pattern);
    const comment = rest.indexOf(' #');
    const words = (comment === -1 ? rest : rest.slice(0, comment)).trimEnd();
    if (words.endsWith(':') || words.includes(': ')) throw new NotPlain();
    this.at += words.length - rest.length;
    return words;
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const [found] = pattern.exec(this.text) ?? [];
    if (found === undefined) throw new NotPlain();
    this.at += found.length;
    return found;
  }

  private isItem(): boolean {
    return this.text[this.at] === '-' && this.text[this.at + 1] === ' ';
  }

  private isLineEnd(): boolean {
    const next = this.text[this.at];
    return next === undefined || next === '\n' || (next === '#' && this.text[this.at - 1] === ' ');
  }

  private endLine(): void {
    this.skipSpaces();
    if (!this.isLineEnd()) throw new NotPlain();
    this.toLineEnd();
    this.valueEnd = this.at;
    this.at += 1;
    this.nextLine();
  }

  private nextLine(): void {
    for (;;) {
      this.lineStart = this.at;
      this.skipSpaces();
      const next = this.text[this.at];
      if (next === undefined) {
        this.indent = -1;
        return;
      }
      if (next !== '\n' && next !== '#') {
        this.indent = this.at - this.lineStart;
        return;
      }
      this.toLineEnd();
      this.at += 1;
    }
  }

  /** Spaces, comments and ends of lines. A line below is to the right of the block; the last bracket may be in its column. */
  private skipInBrackets(indent: number): void {
    this.skipSpaces();
    if (!this.isLineEnd()) return;
    this.toLineEnd();
    this.at += 1;
    this.nextLine();
    const isLast = this.brackets === 1 && (this.text[this.at] === '}' || this.text[this.at] === ']');
    if (this.indent < indent || (this.indent === indent && !isLast)) throw new NotPlain();
  }

  private skipSpaces(): void {
    while (this.text[this.at] === ' ') this.at += 1;
  }

  private toLineEnd(): void {
    const end = this.text.indexOf('\n', this.at);
    this.at = end === -1 ? this.text.length : end;
  }

  private spanFrom(start: number, end: number): Span {
    return { source: this.source, start, end };
  }

  private spend(depth: number): void {
    this.lexemesLeft -= LEXEMES.ofNode;
    if (depth > DEEPEST || this.lexemesLeft < 0) throw new NotPlain();
  }
}
