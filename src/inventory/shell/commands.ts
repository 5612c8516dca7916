import type { Word } from '../words';

/** One simple command. Words are as written, with their quotes; redirects are left out. */
export interface ShellCommand {
  readonly words: readonly Word[];
  /** Bodies of its heredocs. */
  readonly heredocs: readonly Word[];
}

/** In the order of the text. `inner` is also part of a word of its command. */
export interface ShellText {
  readonly commands: readonly ShellCommand[];
  /** Contents of `$(…)`, backticks and process substitutions: separate commands. */
  readonly inner: readonly Word[];
}

/**
 * A construct that is not closed within this many characters counts as never closed: otherwise one file could take
 * hours.
 */
const MAX_SPAN = 2048;

/** Splits shell text into commands and words. Other text gives harmless words. */
export function commandsIn(text: string, start: number, end: number): ShellText {
  return new ShellReader(text, start, end).read();
}

/**
 * Reads as much of the shell's grammar as decides what a word is. It never fails: text that is no shell gives words
 * that name no program.
 *
 *      docker run -e A="b c" nginx:$(cat v) <<EOF     one command of five words; inner: cat v
 *      text                                           its heredoc
 *      EOF
 *      a | b ; c && d ( e )                           commands a, b, c, d and e
 */
class ShellReader {
  private readonly commands: ShellCommand[] = [];
  private readonly inner: Word[] = [];
  private words: Word[] = [];
  private heredocs: Word[] = [];
  private wordStart = -1;
  private terminators: string[] = [];
  private at: number;

  constructor(
    private readonly text: string,
    start: number,
    private readonly end: number,
  ) {
    this.at = start;
  }

  read(): ShellText {
    while (this.at < this.end) this.step(this.text[this.at]!);
    this.endCommand();
    return { commands: this.commands, inner: this.inner };
  }

  private step(character: string): void {
    switch (character) {
      case '\\':
        return this.escape();
      case '\n':
        return this.newline();
      case ' ':
      case '\t':
      case '\r':
        this.endWord();
        this.at += 1;
        return;
      case '#':
        if (this.wordStart !== -1) return this.letter();
        this.at = this.lineEnd();
        return;
      case "'":
      case '"':
        return this.quote(character);
      case '`':
        return this.nested(this.at + 1, this.text.indexOf('`', this.at + 1), 1);
      case '$':
        return this.dollar();
      case '{':
        return this.text[this.at + 1] === '{' ? this.span('}}', 2) : this.letter();
      case '<':
      case '>':
        return this.redirect();
      case ';':
      case '|':
      case '&':
      case '(':
      case ')':
        this.endCommand();
        this.at += 1;
        return;
      default:
        return this.letter();
    }
  }

  private letter(): void {
    if (this.wordStart === -1) this.wordStart = this.at;
    this.at += 1;
  }

  /** A backslash before a line break only ends the word, because the command goes on in the next line. */
  private escape(): void {
    const next = this.text.startsWith('\r\n', this.at + 1) ? 2 : 1;
    if (this.text[this.at + next] === '\n') this.endWord();
    else if (this.wordStart === -1) this.wordStart = this.at;
    this.at += next + 1;
  }

  private newline(): void {
    this.endWord();
    this.at += 1;
    for (const terminator of this.terminators.splice(0)) this.heredoc(terminator);
    this.endCommand();
  }

  private heredoc(terminator: string): void {
    const start = this.at;
    while (this.at < this.end) {
      const lineStart = this.at;
      const lineEnd = this.lineEnd();
      this.at = Math.min(lineEnd + 1, this.end);
      if (this.text.slice(lineStart, lineEnd).trim() !== terminator) continue;
      this.heredocs.push({ start, end: lineStart });
      return;
    }
    this.heredocs.push({ start, end: this.end });
  }

  private quote(mark: string): void {
    if (this.wordStart === -1) this.wordStart = this.at;
    let close = this.at + 1;
    while (close < this.end && this.text[close] !== mark) {
      if (mark === '"' && this.text[close] === '\\') close += 1;
      else if (mark === '"' && this.text.startsWith('$(', close)) {
        const inside = closingParenthesis(this.text, close + 2, this.end);
        if (inside !== -1) {
          this.inner.push({ start: close + 2, end: inside });
          close = inside;
        }
      }
      close += 1;
    }
    this.at = Math.min(close + 1, this.end);
  }

  private dollar(): void {
    if (this.text.startsWith('${{', this.at)) return this.span('}}', 3);
    if (this.text[this.at + 1] === '{') return this.span('}', 2);
    if (this.text[this.at + 1] !== '(') return this.letter();
    return this.nested(this.at + 2, closingParenthesis(this.text, this.at + 2, this.end), 1);
  }

  /** A variable or a template: part of the word, including spaces. */
  private span(close: string, open: number): void {
    const from = this.at + open;
    const found = this.text.slice(from, Math.min(from + MAX_SPAN, this.end)).indexOf(close);
    if (found === -1) return this.letter();
    const at = from + found;
    if (this.wordStart === -1) this.wordStart = this.at;
    this.at = at + close.length;
  }

  private nested(start: number, close: number, closing: number): void {
    if (close === -1 || close >= this.end) return this.letter();
    if (this.wordStart === -1) this.wordStart = this.at;
    this.inner.push({ start, end: close });
    this.at = close + closing;
  }

  private redirect(): void {
    const template = /^<<\s*[a-z][\w.]*\s*>>/.exec(this.text.slice(this.at, this.at + 100));
    if (template) {
      if (this.wordStart === -1) this.wordStart = this.at;
      this.at += template[0].length;
      return;
    }
    const heredoc = /^<<-?\s*(["']?)(\\?[A-Za-z_]\w*)\1/.exec(this.text.slice(this.at, this.at + 100));
    const descriptor = this.wordStart !== -1 && /^\d$/.test(this.text.slice(this.wordStart, this.at));
    if (descriptor) this.wordStart = -1;
    this.endWord();
    if (heredoc) {
      this.terminators.push(heredoc[2]!.replace(/^\\/, ''));
      this.at += heredoc[0].length;
      return;
    }
    const target = /^(?:<<<|&>>?|[<>]{1,2}&?)[ \t]*[^\s;|&()<>"']*/.exec(this.text.slice(this.at, this.at + 200));
    this.at += target && !this.text.startsWith('<(', this.at) ? target[0].length : 1;
  }

  private endWord(): void {
    if (this.wordStart === -1) return;
    const word = { start: this.wordStart, end: Math.min(this.at, this.end) };
    this.wordStart = -1;
    if (/^[{}]$/.test(this.text.slice(word.start, word.end))) this.endCommand();
    else this.words.push(word);
  }

  private endCommand(): void {
    this.endWord();
    // The body of a heredoc follows the line: the command waits for it.
    if (this.terminators.length > 0 && this.at < this.end) {
      this.at = this.lineEnd() + 1;
      for (const terminator of this.terminators.splice(0)) this.heredoc(terminator);
    }
    if (this.words.length > 0 || this.heredocs.length > 0)
      this.commands.push({ words: this.words, heredocs: this.heredocs });
    this.words = [];
    this.heredocs = [];
  }

  private lineEnd(): number {
    const newline = this.text.indexOf('\n', this.at);
    return newline === -1 || newline > this.end ? this.end : newline;
  }
}

function closingParenthesis(text: string, from: number, end: number): number {
  let depth = 1;
  const limit = Math.min(end, from + MAX_SPAN);
  for (let at = from; at < limit; at += 1) {
    if (text[at] === '(') depth += 1;
    else if (text[at] === ')' && (depth -= 1) === 0) return at;
  }
  return -1;
}
