/**
 * The kind of fault: before Harbor has seen the request, or after it has done what was requested.
 *
 *     latency              the response comes later
 *     reset                the connection ends, the request was not handled
 *     html                 200 with a login page, as a proxy in between sends it
 *     status               an error, the request was not handled
 *     answer-lost          the request was handled, the connection ends without a response
 *     truncated            the request was handled, half of the body arrives
 *     status-after-effect  the request was handled, the response is an error
 *
 * The last three are what a client cannot distinguish from a failure: the object exists, and a second attempt
 * conflicts.
 */
export type FaultEffect =
  | { readonly kind: 'latency'; readonly delayMs: number }
  | { readonly kind: 'reset' }
  | { readonly kind: 'html' }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterS?: number }
  | { readonly kind: 'answer-lost' }
  | { readonly kind: 'truncated' }
  | { readonly kind: 'status-after-effect'; readonly status: number };

/** Which requests it affects. */
export interface FaultFilter {
  /** Upper case; empty means every method. */
  readonly methods: readonly string[];
  /** Matched against the whole path, without the query. */
  readonly path: RegExp;
  /** This many matching requests pass first. */
  readonly after: number;
  /** How often it happens at most. */
  readonly times: number;
  /** From 0 to 1, drawn for each request that matches the other filters. */
  readonly probability: number;
  readonly seed: number;
}

/** One fault of `--fault`, read and checked. */
export interface FaultSpec {
  readonly effect: FaultEffect;
  readonly filter: FaultFilter;
}

/** An invalid fault specification. The message shows it, what is wrong, and what would be valid. */
export class FaultSpecError extends Error {
  constructor(text: string, finding: string) {
    super(`fault ${JSON.stringify(text)}: ${finding}`);
    this.name = 'FaultSpecError';
  }
}

const EFFECTS = 'latency=MS, reset, html, truncated, answer-lost, a status such as 500 or 429, or 500-after-effect';
const OPTIONS = ['method', 'path', 'after', 'times', 'probability', 'seed', 'retry-after'] as const;
type Option = (typeof OPTIONS)[number];

/**
 * Reads `EFFECT[:option=value,…]`, for example `500:path=/api/v2.0/projects,method=POST,after=3,times=1`.
 * @throws FaultSpecError
 */
export function parseFaultSpec(text: string): FaultSpec {
  const colon = text.indexOf(':');
  const head = colon < 0 ? text : text.slice(0, colon);
  const options = parseOptions(text, colon < 0 ? '' : text.slice(colon + 1));
  const effect = parseEffect(text, head.trim(), options.get('retry-after'));
  return { effect, filter: parseFilter(text, options) };
}

/** @throws FaultSpecError, which repeats the whole text */
function parseEffect(text: string, head: string, retryAfter: string | undefined): FaultEffect {
  const [name = '', argument] = head.split('=', 2);
  if (name === 'latency') return { kind: 'latency', delayMs: wholeNumber(text, 'latency', argument ?? '') };
  if (argument !== undefined) throw new FaultSpecError(text, `${name} takes no value`);
  if (name === 'reset' || name === 'html' || name === 'truncated' || name === 'answer-lost') return { kind: name };
  const [, digits, late] = /^([45]\d\d)(-after-effect)?$/.exec(name) ?? [];
  if (digits === undefined) {
    throw new FaultSpecError(text, `unknown effect ${JSON.stringify(name)}; known: ${EFFECTS}`);
  }
  const status = Number(digits);
  if (late !== undefined) return { kind: 'status-after-effect', status };
  if (retryAfter === undefined) return { kind: 'status', status };
  return { kind: 'status', status, retryAfterS: wholeNumber(text, 'retry-after', retryAfter) };
}

/** Without options every request is hit, every time. */
function parseFilter(text: string, options: ReadonlyMap<Option, string>): FaultFilter {
  const numberOf = (name: Option, fallback: number): number =>
    options.has(name) ? wholeNumber(text, name, options.get(name) ?? '') : fallback;
  return {
    methods: (options.get('method') ?? '').toUpperCase().split('|').filter(Boolean),
    path: globToRegExp(options.get('path') ?? '*'),
    after: numberOf('after', 0),
    times: numberOf('times', Number.POSITIVE_INFINITY),
    probability: probability(text, options.get('probability') ?? '1'),
    seed: numberOf('seed', 1),
  };
}

/** The last of two equal options counts. */
function parseOptions(text: string, list: string): ReadonlyMap<Option, string> {
  const options = new Map<Option, string>();
  for (const part of list.split(',').filter((entry) => entry.trim() !== '')) {
    const equals = part.indexOf('=');
    const name = part.slice(0, equals < 0 ? undefined : equals).trim();
    if (!isOption(name)) throw new FaultSpecError(text, `unknown option ${JSON.stringify(name)}; ${suggestion(name)}`);
    if (equals < 0) throw new FaultSpecError(text, `${name} needs a value, as in ${name}=…`);
    options.set(name, part.slice(equals + 1).trim());
  }
  return options;
}

function isOption(name: string): name is Option {
  return (OPTIONS as readonly string[]).includes(name);
}

function suggestion(name: string): string {
  const similar = OPTIONS.find((option) => option.startsWith(name.slice(0, 2)));
  const all = `known: ${OPTIONS.join(', ')}`;
  return similar && name.length >= 2 ? `did you mean ${similar}? ${all}` : all;
}

/** At most nine digits. */
function wholeNumber(text: string, name: string, value: string): number {
  if (!/^\d{1,9}$/.test(value)) {
    throw new FaultSpecError(text, `${name} needs a whole number, as in ${name}=3, not ${JSON.stringify(value)}`);
  }
  return Number(value);
}

/** 0 never hits, 1 always. */
function probability(text: string, value: string): number {
  const number = Number(value);
  if (value === '' || !(number >= 0 && number <= 1)) {
    throw new FaultSpecError(text, `probability needs a number from 0 to 1, not ${JSON.stringify(value)}`);
  }
  return number;
}

/** `*` matches any characters, including slashes. */
function globToRegExp(glob: string): RegExp {
  const escaped = glob.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`);
}
