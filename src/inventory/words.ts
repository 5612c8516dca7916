import { compact } from '../compact';
import type { Confidence, Found } from './found';
import { interpolate, type Lookup } from './interpolate';
import { oncePerText } from './once-per-text';
import { plausibility } from './plausible';
import { textOf, type Value } from './value';

/** Offsets of a word in a file, without its quotes. */
export interface Word {
  readonly start: number;
  readonly end: number;
}

/** A name has at most 255 characters, a tag 128, a digest 135; variables may be longer than their values. */
const MAX_LENGTH = 1024;

/** In `docker://alpine:3` and similar, the image follows the scheme. */
const SCHEME = /^(?:docker|docker-image|docker-daemon|oci-registry|container|image|registry):\/\//;

/** What is known about the place before its text is read. `fixed` forbids edits, with the reason. */
export interface Expected {
  readonly lookup: Lookup;
  /** Whether a bare name such as `alpine` counts as an image here. */
  readonly weak: boolean;
  readonly confidence?: Confidence;
  readonly fixed?: string;
}

/** The image that [start, end) names, if any. */
export function foundIn(text: string, word: Word, { lookup, weak, confidence, fixed }: Expected): Found[] {
  const { start, end } = withoutScheme(text, unquoted(text, word));
  if (end - start > MAX_LENGTH) return [];
  const value = interpolate(text, start, end, lookup);
  const how = accepted(value, weak);
  return how === undefined ? [] : [compact({ start, end, value, confidence: confidence ?? how, fixed })];
}

/** How certain it is that the value is an image. */
export function accepted(value: Value, weak: boolean): Confidence | undefined {
  const how = plausibility(value);
  if (how === undefined || (how !== 'strong' && !weak)) return undefined;
  if (how === 'strong') return weak ? 'high' : 'medium';
  return how === 'weak' ? 'medium' : 'low';
}

/** Only a pair of equal quotes around the whole word. Escapes inside are left as they are. */
export function unquoted(text: string, { start, end }: Word): Word {
  const first = text[start];
  const isQuoted = (first === '"' || first === "'") && end - start >= 2 && text[end - 1] === first;
  return isQuoted ? { start: start + 1, end: end - 1 } : { start, end };
}

function withoutScheme(text: string, { start, end }: Word): Word {
  const scheme = SCHEME.exec(text.slice(start, Math.min(end, start + 24)));
  return scheme ? { start: start + scheme[0].length, end } : { start, end };
}

/** Variables whose uses in one file are counted; other variables are not edited. */
const MAX_COUNTED = 500;

/** Each value may name two others, and so on: no image has that many parts. */
const MAX_STEPS = 500;

/** Assignments as variables of `interpolate`; the last one wins. */
export function variables(text: string, assignments: ReadonlyMap<string, Word>): Lookup {
  const open = new Set<string>();
  let steps = 0;
  const lookup: Lookup = (name) => {
    const word = assignments.get(name);
    steps = open.size === 0 ? 0 : steps + 1;
    if (!word || open.has(name) || steps > MAX_STEPS) return undefined;
    open.add(name);
    try {
      if (word.end - word.start > MAX_LENGTH) return undefined;
      const value = interpolate(text, word.start, word.end, lookup);
      if (textOf(value) === '') return undefined;
      const uses = usesOf(text, name);
      return value.map((part) => ('unknown' in part ? part : { ...part, uses }));
    } finally {
      open.delete(name);
    }
  };
  return lookup;
}

const countsOf = oncePerText(() => new Map<string, number>());

function usesOf(text: string, name: string): number {
  const counts = countsOf(text);
  const uses = counts.get(name) ?? (counts.size < MAX_COUNTED ? countUses(text, name) : Infinity);
  counts.set(name, uses);
  return uses;
}

function countUses(text: string, name: string): number {
  const escaped = name.replace(/[.*+?^${}()|[\]\\-]/g, '\\$&');
  // `var.x` of Terraform is used with and without braces.
  const pattern = /^(?:var|local)\./.test(name)
    ? `(?<![\\w.])${escaped}(?![\\w-])`
    : `(?:\\$[{(]?|\\{\\{[^}]{0,300}?|<<\\s*|%|\\.)${escaped}\\b|\\bvar\\.${escaped}\\b`;
  return [...text.matchAll(new RegExp(pattern, 'g'))].length;
}
