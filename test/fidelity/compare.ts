import type { Answer } from './exchange';
import type { RecordedResponse, Step } from './recording';
import { substitute, type Variables } from './variables';

/** What a step leaves out of the comparison. */
export type Leave = Pick<Step, 'mask' | 'ignore' | 'unordered'>;

const ANYTHING = '<any>';

/** Headers that a client acts on: each must be there as recorded, and none of them beyond. */
const HEADERS = [
  'location',
  'x-total-count',
  'link',
  'content-type',
  'www-authenticate',
  'docker-content-digest',
  'docker-distribution-api-version',
  'content-length',
  'etag',
  'oci-filters-applied',
  'allow',
  'retry-after',
  'content-range',
  'accept-ranges',
];

/** Lists whose order Harbor takes from a Go map. */
const SETS = new Set(['permissions', 'access', 'actions', 'jwtAccess']);

/** What a placeholder stands for, within a text. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  '<id>': '\\d+',
  '<time>': '(?!0001-)\\d{4}-\\d\\d-\\d\\dT[\\d:.]+(?:Z|[+-]\\d\\d:\\d\\d)',
  '<uuid>': '[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}',
  '<jwt>': 'ey[\\w-]+\\.ey[\\w-]+\\.[\\w-]+',
  '<secret>': '.+',
  '<epoch>': '\\d{10,}',
  '<state>': '[^&"]+',
  '<version>': 'v\\d+\\.\\d+\\.\\d+.*',
};

/** Every difference between what was recorded and what came, as `place: want …, got …`. */
export function compareAnswer(want: RecordedResponse, got: Answer, vars: Variables, leave: Leave = {}): string[] {
  if (want.status !== got.status) return [`status: want ${want.status}, got ${got.status} ${excerpt(got.raw)}`];
  const seen = shaped(view(got, want.cookies !== undefined), leave);
  const { status: _status, headers, cookies, ...rest } = sortedAt(want, leave.unordered);
  const { headers: seenHeaders, cookies: seenCookies, ...seenRest } = seen;
  return [
    ...compareHeaders(headers, seenHeaders, vars),
    ...compareValues(rest, seenRest, vars),
    ...(short(cookies) === short(seenCookies) ? [] : [difference('cookies', cookies, seenCookies)]),
  ];
}

export function compareValues(want: unknown, got: unknown, vars: Variables, at = '', key = ''): string[] {
  if (want === ANYTHING) return [];
  if (typeof want === 'string') return matchesText(want, got, key, vars) ? [] : [difference(at, want, got)];
  if (Array.isArray(want)) return compareLists(want, got, vars, at, key);
  if (want !== null && typeof want === 'object') return compareObjects(want, got, vars, at);
  // How long a scan took differs from run to run, and here by the speed of the clock as well.
  if (key === 'duration' && typeof got === 'number' && got >= 0) return [];
  return want === got ? [] : [difference(at, want, got)];
}

function compareLists(want: unknown[], got: unknown, vars: Variables, at: string, key: string): string[] {
  if (!Array.isArray(got) || want.length !== got.length) return [difference(at, want, got)];
  if (SETS.has(key)) return compareSets(want, got, vars, at, key);
  return want.flatMap((item, index) => compareValues(item, got[index], vars, `${at}[${index}]`, key));
}

/** Each recorded item must find one of its own among those that came. */
function compareSets(want: unknown[], got: readonly unknown[], vars: Variables, at: string, key: string): string[] {
  const left = [...got];
  return want.flatMap((item) => {
    const match = left.findIndex((candidate) => compareValues(item, candidate, vars, at, key).length === 0);
    if (match < 0) return [`${at}: want ${short(item)} among ${short(left)}`];
    left.splice(match, 1);
    return [];
  });
}

function compareObjects(want: object, got: unknown, vars: Variables, at: string): string[] {
  if (got === null || typeof got !== 'object' || Array.isArray(got)) return [difference(at, want, got)];
  const keys = [...new Set([...Object.keys(want), ...Object.keys(got)])];
  return keys.flatMap((key) => {
    const place = at === '' ? key : `${at}.${key}`;
    if ((want as Record<string, unknown>)[key] === ANYTHING || (got as Record<string, unknown>)[key] === ANYTHING)
      return [];
    if (!(key in want)) return [`${place}: not recorded, got ${short((got as Record<string, unknown>)[key])}`];
    if (!(key in got)) return [`${place}: missing, want ${short((want as Record<string, unknown>)[key])}`];
    return compareValues(
      (want as Record<string, unknown>)[key],
      (got as Record<string, unknown>)[key],
      vars,
      place,
      key,
    );
  });
}

function compareHeaders(
  want: Readonly<Record<string, string>>,
  got: Record<string, string>,
  vars: Variables,
): string[] {
  return compareObjects(want, got, vars, 'headers');
}

/** A recorded text may stand for a number: an id that an earlier step saved, or any id. */
function matchesText(want: string, got: unknown, key: string, vars: Variables): boolean {
  if (typeof got !== 'string' && typeof got !== 'number') return false;
  if (key === 'pull_count') return typeof got === 'number';
  // Harbor flushes pull times every ten seconds, so the recorder may have come before or after.
  if (key === 'pull_time') return /^\d{4}-\d\d-\d\dT/.test(String(got));
  if (typeof got === 'number' && want === '<id>') return got > 0;
  // What was masked stands in both as it is, and `${scn}` names any of the scanners of the recording.
  if (substitute(want, vars) === got) return true;
  if (want === '${scn}') return [...vars].some(([name, value]) => name.startsWith('scn') && value === got);
  if (key === 'message' && loose(substituteTexts(want, vars)) === loose(String(got))) return true;
  return pattern(want, vars).test(String(got));
}

function pattern(want: string, vars: Variables): RegExp {
  const escaped = substitute(want, vars).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return new RegExp(
    `^${escaped.replace(/<[a-z]+>/g, (placeholder) => PLACEHOLDERS[placeholder] ?? placeholder)}$`,
    's',
  );
}

/** In messages the numbers differ from run to run, and so does the order of a bracketed list. */
function loose(message: string): string {
  return message
    .replace(/\$\{\w+\}|\b\d+\b/g, '#')
    .replace(/\[([^\]]*)\]/g, (_whole, list: string) => `[${list.split(',').sort().join(',')}]`);
}

function substituteTexts(text: string, vars: Variables): string {
  return substitute(text, new Map([...vars].filter(([, value]) => typeof value === 'string')));
}

interface View extends Omit<RecordedResponse, 'status' | 'headers'> {
  readonly headers: Record<string, string>;
}

function shaped(answer: View, { mask = {}, ignore = [], unordered }: Leave): View {
  const masked = Object.keys(mask).length === 0 ? answer : (maskDeep(answer, mask) as View);
  const left = ignore.reduce((rest, place) => changeAt(rest, place.split('.'), () => ANYTHING) as View, masked);
  return sortedAt(left, unordered);
}

function sortedAt<T>(value: T, places: readonly string[] = []): T {
  const byText = (a: unknown, b: unknown): number => (short(a) < short(b) ? -1 : 1);
  const sort = (list: unknown): unknown => (Array.isArray(list) ? [...(list as unknown[])].sort(byText) : list);
  return places.reduce((rest, place) => changeAt(rest, place.split('.'), sort) as T, value);
}

function maskDeep(value: unknown, mask: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string')
    return Object.entries(mask).reduce((text, [search, by]) => text.replace(new RegExp(search, 'g'), by), value);
  if (Array.isArray(value)) return value.map((item) => maskDeep(item, mask));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskDeep(item, mask)]));
}

/** A copy in which what is at the place, where there is something, is changed. */
function changeAt(value: unknown, [key, ...rest]: readonly string[], change: (old: unknown) => unknown): unknown {
  if (key === undefined) return change(value);
  if (value === null || typeof value !== 'object') return value;
  const step = (one: string, item: unknown): unknown =>
    key === '*' || key === one ? changeAt(item, rest, change) : item;
  if (Array.isArray(value)) return value.map((item, index) => step(String(index), item));
  return Object.fromEntries(Object.entries(value).map(([one, item]) => [one, step(one, item)]));
}

/** An answer as the recorder wrote it down: JSON, page, text or a number of bytes. */
function view(answer: Answer, withCookies: boolean): View {
  const content = contentOf(answer);
  const isJson = content.body !== undefined && answer.raw.length > 0;
  const headers = HEADERS.filter(
    (name) => answer.headers[name] !== undefined && !(name === 'content-length' && (isJson || answer.status >= 400)),
  ).map((name) => [name, String(answer.headers[name])] as const);
  return {
    headers: Object.fromEntries(headers),
    ...content,
    ...tokenAccess(answer.raw),
    ...(withCookies ? { cookies: cookieShapes(answer) } : {}),
    ...(answer.broken ? { broken: true as const } : {}),
  };
}

function contentOf({ raw, headers }: Answer): Pick<View, 'body' | 'text' | 'html' | 'bytes'> {
  const type = headers['content-type'] ?? '';
  const text = raw.toString('utf8');
  if (raw.length === 0) return { body: null };
  if (/json/.test(type) || /^[[{]/.test(text)) {
    try {
      return { body: JSON.parse(text) as unknown };
    } catch {
      return { text };
    }
  }
  if (/^text\/html/.test(type) && raw.length > 200) return { html: true };
  if (/^text\//.test(type) && raw.length < 4000) return { text };
  return { bytes: raw.length };
}

function tokenAccess(raw: Buffer): { jwtAccess?: unknown } {
  const payload = /"token":\s*"ey[\w-]+\.(ey[\w-]+)\./.exec(raw.toString('latin1'))?.[1];
  if (payload === undefined) return {};
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { access?: unknown };
  return { jwtAccess: claims.access ?? null };
}

/** Names and attributes; values and lifetimes differ. */
function cookieShapes({ headers }: Answer): string[] {
  return (headers['set-cookie'] ?? [])
    .map((cookie) => cookie.replace(/^([^=]+)=[^;]*/, '$1=<value>').replace(/(Expires|Max-Age)=[^;]*/gi, '$1=<time>'))
    .sort();
}

function difference(at: string, want: unknown, got: unknown): string {
  return `${at}: want ${short(want)}, got ${short(got)}`;
}

function short(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 160);
}

function excerpt(raw: Buffer): string {
  return raw.toString('utf8', 0, 200);
}
