import { formsOf, type Form } from './secret-forms';
import { unescaped, type Layer } from './unescaped';

/** The text that replaces a secret. */
export const MASK = '[masked]';

/** Shorter values appear in every text: masking them everywhere would reveal them. */
const SHORTEST_SECRET = 4;
/** Forms are found by their beginning; in a text that was cut, this length is enough to mask it. */
const BEGINNING = 4;
/** JSON inside JSON inside a URL. */
const MOST_LAYERS = 4;

/** Also in the middle of an escaped character. */
const CUT_HERE = /^(?:%[0-9a-f]?|&#?\w{0,6}|\\(?:u[0-9a-f]{0,3})?)?…/i;
const LONGEST_ESCAPE = 10;

type Span = readonly [start: number, end: number];

/**
 * All secrets that a run resolved, so that none is shown: a server may repeat what it received, in any field and
 * encoding. Values are found as plain text, in hexadecimal and base64, escaped for URLs, HTML and JSON, in
 * combinations, and if `…` cuts them.
 */
export class SecretMask {
  private readonly known = new Set<string>();
  private readonly byBeginning = new Map<string, Form[]>();
  /** For two characters: whether a form begins with them. Most positions of a text are skipped by this check alone. */
  private readonly pairs = new Uint8Array(1 << 16);

  constructor(secrets: Iterable<string> = []) {
    for (const secret of secrets) this.remember(secret);
  }

  /** Values shorter than four characters are ignored, see `SHORTEST_SECRET`. */
  remember(secret: string): void {
    if (this.known.has(secret) || secret.trim().length < SHORTEST_SECRET) return;
    this.known.add(secret);
    for (const form of formsOf(secret)) {
      const beginning = form.text.slice(0, BEGINNING);
      this.pairs[pairAt(beginning, 0)] = 1;
      this.byBeginning.set(beginning, [...(this.byBeginning.get(beginning) ?? []), form]);
    }
  }

  /** The text without any of the secrets. */
  mask(text: string): string {
    const spans = this.known.size === 0 ? [] : this.spansIn(text);
    let [masked, end] = ['', 0];
    for (const [from, to] of merged(spans)) {
      masked += text.slice(end, from) + MASK;
      end = to;
    }
    return masked + text.slice(end);
  }

  /** Whether the text contains any of the secrets. */
  holds(text: string): boolean {
    return this.known.size > 0 && this.spansIn(text).length > 0;
  }

  /** The same value with every string in it masked. */
  maskDeep<T>(value: T): T {
    return this.known.size === 0 ? value : (mapStrings(value, (text) => this.mask(text)) as T);
  }

  /** Each layer is the text with one more level of escapes decoded; positions always refer to the first one. */
  private spansIn(text: string): Span[] {
    const spans: Span[] = [];
    let layer: Layer | undefined = { text };
    for (let depth = 0; layer && depth < MOST_LAYERS; depth++) {
      const { from } = layer;
      for (const [start, end] of this.spansInLayer(layer.text))
        spans.push(from ? [from[start]!, from[end]!] : [start, end]);
      layer = unescaped(layer);
    }
    return spans;
  }

  private spansInLayer(text: string): Span[] {
    const spans: Span[] = [];
    for (let at = 0; at + BEGINNING <= text.length; at++) {
      if (this.pairs[pairAt(text, at)] === 0) continue;
      for (const form of this.byBeginning.get(text.slice(at, at + BEGINNING)) ?? []) {
        const span = spanOf(form, text, at);
        if (span) spans.push(span);
      }
    }
    return spans;
  }
}

/** A hash of two characters. Two pairs may share a place: then the full comparison decides. */
function pairAt(text: string, at: number): number {
  return (text.charCodeAt(at) * 251 + text.charCodeAt(at + 1)) & 0xffff;
}

/** The end of the form at this position, complete or cut. */
function spanOf({ text: form, alone, inBase64 }: Form, text: string, at: number): Span | undefined {
  let length = BEGINNING;
  while (length < form.length && text[at + length] === form[length]) length++;
  const end = at + length;
  const isWhole = length >= form.length;
  if (!isWhole && !CUT_HERE.test(text.slice(end, end + LONGEST_ESCAPE))) return undefined;
  if (alone && (isWordAt(text, at - 1) || (isWhole && isWordAt(text, end)))) return undefined;
  return inBase64 ? [back(text, at), isWhole ? ahead(text, end) : end] : [at, end];
}

function isWordAt(text: string, at: number): boolean {
  return /[\p{L}\p{N}]/u.test(text[at] ?? '');
}

const BASE64 = /[A-Za-z0-9+/_-]/;

/** Two characters on either side may contain bits of the secret, and the padding reveals its length. */
function back(text: string, at: number): number {
  let start = at;
  while (start > 0 && at - start < 2 && BASE64.test(text[start - 1]!)) start--;
  return start;
}

function ahead(text: string, at: number): number {
  let end = at;
  while (end < text.length && end - at < 2 && BASE64.test(text[end]!)) end++;
  while (text[end] === '=') end++;
  return end;
}

/** Spans may overlap if one secret is part of another one. */
function merged(spans: readonly Span[]): Span[] {
  const result: [number, number][] = [];
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}

/** A key that is a plain word is one of ours, even if someone chose it as a secret. */
function mapKey(key: string, map: (text: string) => string): string {
  return /^[a-z_]+$/i.test(key) ? key : map(key);
}

/** Every string of a JSON value, and the keys that come from elsewhere. */
export function mapStrings(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === 'string') return map(value);
  if (Array.isArray(value)) return value.map((inner) => mapStrings(inner, map));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [mapKey(key, map), mapStrings(inner, map)]));
}
