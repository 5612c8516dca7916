import { compact } from '../../compact';
import type { Word } from '../words';

/** `--from=build` has the name `from`. The value is empty for a flag without `=`. */
export interface Flag {
  readonly name: string;
  readonly value: Word;
}

/**
 * One instruction with all its continued lines. Words have the offsets of the file, so that they can be edited there.
 */
export interface Instruction {
  /** In upper case; for ONBUILD, the instruction that it delays. */
  readonly keyword: string;
  readonly flags: readonly Flag[];
  readonly words: readonly Word[];
  /** End of its last line, including heredocs. */
  readonly end: number;
}

interface Line extends Word {
  /** After the line break. */
  readonly next: number;
}

const DIRECTIVE = /^(?:#|\/\/)\s*([a-zA-Z]+)\s*=\s*(\S+)\s*$/;
const HEREDOC = /<<-?(["']?)([A-Za-z_][A-Za-z0-9_]*)\1/g;
/** Templates and variables may contain spaces; quotes keep a word together. */
const WORD = /(?:\{\{.{0,500}?\}\}|\$\{[^}\n]{0,500}\}|"[^"\n]*"|'[^'\n]*'|[^\s"'])+/g;
const TAKES_HEREDOCS: ReadonlySet<string> = new Set(['RUN', 'COPY', 'ADD']);

/** The instructions in [start, end): continued lines are joined, comments and heredocs are not part of the words. */
export function instructionsIn(
  text: string,
  start: number,
  end: number,
): { syntax?: Word; instructions: Instruction[] } {
  const { syntax, escape } = directivesIn(text, start, end);
  const instructions: Instruction[] = [];
  let at = start;
  while (at < end) {
    const line = lineAt(text, at, end);
    if (isBlank(text, line) || isComment(text, line)) {
      at = line.next;
      continue;
    }
    const { parts, next } = continued(text, line, end, escape);
    const words = parts.flatMap((part) => wordsIn(text, part));
    const instruction = instructionOf(text, words, next);
    const stop = instruction && TAKES_HEREDOCS.has(instruction.keyword) ? behindHeredocs(text, parts, next, end) : next;
    if (instruction) instructions.push({ ...instruction, end: stop });
    at = stop;
  }
  return compact({ syntax, instructions });
}

/**
 * Directives are only comments at the very top: the first other line ends them. A backtick is the only other escape
 * character.
 */
function directivesIn(text: string, start: number, end: number): { syntax?: Word; escape: string } {
  let syntax: Word | undefined;
  let escape = '\\';
  for (let at = start; at < end;) {
    const line = lineAt(text, at, end);
    const match = DIRECTIVE.exec(text.slice(line.start, line.end));
    if (!match && !(at === start && text.startsWith('#!', at))) break;
    const value = match?.[2] ?? '';
    if (match?.[1]?.toLowerCase() === 'escape') escape = value;
    if (match?.[1]?.toLowerCase() === 'syntax') {
      const from = line.start + match[0].lastIndexOf(value);
      syntax = { start: from, end: from + value.length };
    }
    at = line.next;
  }
  return compact({ syntax, escape: escape === '`' ? '`' : '\\' });
}

/**
 * The lines of one instruction, without the continuation character. Comments and blank lines between them are left out
 * and do not end it.
 */
function continued(text: string, first: Line, end: number, escape: string): { parts: Word[]; next: number } {
  const parts: Word[] = [];
  let line = first;
  for (;;) {
    const skipped = parts.length > 0 && (isComment(text, line) || isBlank(text, line));
    const trimmed = text.slice(line.start, line.end).trimEnd();
    const goesOn = skipped || trimmed.endsWith(escape);
    if (!skipped) parts.push({ start: line.start, end: line.start + trimmed.length - (goesOn ? 1 : 0) });
    if (!goesOn || line.next >= end) return { parts, next: line.next };
    line = lineAt(text, line.next, end);
  }
}

function instructionOf(text: string, words: readonly Word[], end: number): Instruction | undefined {
  const [first, ...rest] = words;
  if (!first) return undefined;
  const keyword = text.slice(first.start, first.end).toUpperCase();
  if (keyword === 'ONBUILD') return instructionOf(text, rest, end);
  const flags: Flag[] = [];
  for (const { start, end: wordEnd } of rest) {
    const [flag, name] = /^--([a-z-]+)(?:=|$)/.exec(text.slice(start, wordEnd)) ?? [];
    if (flag === undefined || name === undefined) break;
    flags.push({ name, value: { start: start + flag.length, end: wordEnd } });
  }
  return { keyword, flags, words: rest.slice(flags.length), end };
}

/** Several heredocs of one instruction follow each other in the order in which they are named. */
function behindHeredocs(text: string, parts: readonly Word[], from: number, end: number): number {
  let at = from;
  for (const part of parts)
    for (const [, , terminator] of text.slice(part.start, part.end).matchAll(HEREDOC))
      at = behindTerminator(text, terminator!, at, end);
  return at;
}

function behindTerminator(text: string, terminator: string, from: number, end: number): number {
  for (let at = from; at < end;) {
    const line = lineAt(text, at, end);
    if (text.slice(line.start, line.end).trim() === terminator) return line.next;
    at = line.next;
  }
  return end;
}

function wordsIn(text: string, { start, end }: Word): Word[] {
  return [...text.slice(start, end).matchAll(WORD)].map(({ index, 0: word }) => ({
    start: start + index,
    end: start + index + word.length,
  }));
}

function lineAt(text: string, at: number, limit: number): Line {
  const newline = text.indexOf('\n', at);
  const next = newline === -1 || newline >= limit ? limit : newline + 1;
  let end = newline === -1 || newline >= limit ? limit : newline;
  if (end > at && text[end - 1] === '\r') end -= 1;
  return { start: at, end, next };
}

function isBlank(text: string, { start, end }: Word): boolean {
  return text.slice(start, end).trim() === '';
}

function isComment(text: string, { start, end }: Word): boolean {
  return text.slice(start, end).trimStart().startsWith('#');
}
