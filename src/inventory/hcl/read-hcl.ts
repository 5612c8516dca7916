import type { Word } from '../words';

/** A block or an object: `resource "docker_image" "x" {` has the words resource, docker_image and x. */
export interface Frame {
  readonly id: number;
  readonly words: readonly string[];
}

/** A string in an attribute, or a variable that is its whole value. */
export interface HclString {
  readonly key: string;
  readonly word: Word;
  readonly frames: readonly Frame[];
  readonly isHeredoc: boolean;
  /** `var.images.web` for `image = var.images["web"]`; absent for a string. */
  readonly variable?: string;
}

interface Open extends Frame {
  /** Words since the last end of a statement, with `=` as a word. They become the words of a block if a brace opens. */
  statement: string[];
  /** The last variable or local of the statement. */
  last?: Word;
  /** Open brackets and parentheses: in them, a line break or comma ends no statement. */
  depth: number;
}

const SKIP = /(?:#|\/\/)[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y;
const HEREDOC = /<<-?\s*"?([A-Za-z_]\w*)"?[^\n]*\n/y;
const IDENTIFIER = /[A-Za-z_][\w.-]*/y;
/** A variable or a local, with its attributes: `var.images["web"].name`. */
const TRAVERSAL = /(?:var|local)\.[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*|\[[^\][\n]*\])*/y;

/** Every string of an HCL file, and every variable that is a whole value, with its attribute and the enclosing blocks. */
export function readHcl(text: string, start: number): HclString[] {
  return new HclReader(text, start).read();
}

/**
 * Not a parser of HCL: it follows braces and remembers the words of the statement before each, and so it survives
 * broken files. A frame is what one pair of braces encloses.
 *
 *      resource "docker_image" "x" {        frame: resource, docker_image, x
 *        name = "nginx:1.27"                string: key name
 *        build { context = "." }            frame inside it: build
 *      }
 */
class HclReader {
  private readonly strings: HclString[] = [];
  private frameCount = 0;
  private readonly stack: Open[] = [{ id: 0, words: [], statement: [], depth: 0 }];

  constructor(
    private readonly text: string,
    private at: number,
  ) {}

  read(): HclString[] {
    while (this.at < this.text.length) this.step();
    this.endStatement();
    return this.strings;
  }

  private get top(): Open {
    return this.stack[this.stack.length - 1]!;
  }

  private step(): void {
    const skipped = this.match(SKIP);
    if (skipped) return;
    const character = this.text[this.at]!;
    if (character === '"') return this.string();
    if (character === '<') return this.heredoc();
    if (/[A-Za-z_]/.test(character)) return this.word();
    this.at += 1;
    this.sign(character);
  }

  private sign(character: string): void {
    const { top } = this;
    if (character === '{') return this.open();
    if (character === '}') {
      this.endStatement();
      if (this.stack.length > 1) this.stack.pop();
      return;
    }
    if (character === '[' || character === '(') top.depth += 1;
    else if (character === ']' || character === ')') top.depth = Math.max(0, top.depth - 1);
    else if ((character === '\n' || character === ',') && top.depth === 0) this.endStatement();
    else if (character === '=' || character === ':') top.statement.push('=');
  }

  /** `image = var.x`: nothing but a variable. An expression of several parts says nothing certain. */
  private endStatement(): void {
    const { top } = this;
    const [key = '', sign, value = '', ...more] = top.statement;
    if (top.last && sign === '=' && more.length === 0 && isTraversal(value)) {
      const variable = withoutIndexes(value);
      this.strings.push({ key, word: top.last, frames: this.stack.slice(1), isHeredoc: false, variable });
    }
    top.statement = [];
    delete top.last;
  }

  private open(): void {
    const words = this.top.statement.filter((word) => word !== '=');
    this.frameCount += 1;
    this.stack.push({ id: this.frameCount, words, statement: [], depth: 0 });
  }

  private word(): void {
    const start = this.at;
    const traversal = this.match(TRAVERSAL);
    this.top.statement.push((traversal ?? this.match(IDENTIFIER)!)[0]);
    if (traversal) this.top.last = { start, end: this.at };
  }

  private string(): void {
    const start = this.at + 1;
    const end = endOfString(this.text, start);
    this.emit({ start, end }, false);
    this.top.statement.push(this.text.slice(start, end));
    this.at = end + 1;
  }

  private heredoc(): void {
    const match = this.match(HEREDOC);
    if (!match) {
      this.at += 1;
      return;
    }
    const start = this.at;
    const terminator = new RegExp(`^[ \\t]*${match[1]!}[ \\t]*\\r?$`, 'm').exec(this.text.slice(start));
    const end = terminator ? start + terminator.index : this.text.length;
    this.emit({ start, end }, true);
    this.at = terminator ? end + terminator[0].length : end;
  }

  /**
   * The key is the word before `=`; without one, the innermost block's last word. A string before `=` or `:` is a key
   * itself and not a value.
   */
  private emit(word: Word, isHeredoc: boolean): void {
    const { statement } = this.top;
    const key = statement[1] === '=' ? statement[0]! : (this.top.words.at(-1) ?? '');
    const isKey = statement.length === 0 && /^[ \t]*[=:]/.test(this.text.slice(word.end + 1, word.end + 20));
    if (!isKey) this.strings.push({ key, word, frames: this.stack.slice(1), isHeredoc });
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match) this.at += match[0].length;
    return match;
  }
}

function isTraversal(word: string): boolean {
  return /^(?:var|local)\./.test(word);
}

/** `var.images["web"]` is another spelling of `var.images.web`. */
export function withoutIndexes(name: string): string {
  return name.replace(/\["([^"]*)"\]/g, '.$1');
}

/** The end of a quoted string; its templates may contain quotes. */
function endOfString(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '\\') at += 1;
    else if (text.startsWith('${', at) || text.startsWith('%{', at)) {
      depth += 1;
      at += 1;
    } else if (character === '}' && depth > 0) depth -= 1;
    else if (character === '"' && depth === 0) return at;
    else if (character === '\n') return at;
  }
  return text.length;
}
