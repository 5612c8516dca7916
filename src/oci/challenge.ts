/** One challenge of a `WWW-Authenticate` header. Scheme and parameter names are in lower case. */
export interface Challenge {
  readonly scheme: string;
  readonly params: Readonly<Record<string, string>>;
}

// RFC 9110 11.2: a token, then either `name=value` pairs or one token68; several challenges may share a line.
const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const EQUALS = /[ \t]*=[ \t]*/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;
const BARE_VALUE = /[^\s,"]+/y;
const TOKEN68_REST = /[A-Za-z0-9\-._~+/]*=*(?=[ \t]*(?:,|$))/y;
const SPACES = /[ \t]+/y;
const SEPARATOR = /[\s,]*/y;
const MAX_HEADER_LENGTH = 16_384;

/**
 * Parses all challenges of all `WWW-Authenticate` headers, in order. An unreadable part ends its header and never
 * throws: a broken header is an error of the registry, which a check reports.
 */
export function parseChallenges(header: string | readonly string[] | undefined): Challenge[] {
  const lines = header === undefined ? [] : typeof header === 'string' ? [header] : header;
  return lines.flatMap((line) => parseLine(line.slice(0, MAX_HEADER_LENGTH)));
}

/** The first usable one. A challenge without a realm names no place to get a token from. */
export function bearerChallenge(header: string | readonly string[] | undefined): Challenge | undefined {
  return parseChallenges(header).find(({ scheme, params }) => scheme === 'bearer' && params['realm'] !== undefined);
}

interface Cursor {
  readonly text: string;
  at: number;
}

/**
 * One header may have several challenges. A comma separates challenges and also their parameters (RFC 9110,
 * section 11.6.1).
 */
function parseLine(text: string): Challenge[] {
  const cursor: Cursor = { text, at: 0 };
  const found: { scheme: string; params: Record<string, string> }[] = [];
  for (;;) {
    take(cursor, SEPARATOR);
    const name = take(cursor, TOKEN)?.[0]?.toLowerCase();
    if (name === undefined) return found;
    // A name with `=` is a parameter of the previous challenge; one without begins the next challenge.
    if (!take(cursor, EQUALS)) {
      found.push({ scheme: name, params: Object.create(null) as Record<string, string> });
      skipToken68(cursor);
    } else {
      const value = takeValue(cursor);
      if (value === undefined) return found;
      const current = found.at(-1);
      // The first of two equal names wins: a proxy may have appended the second.
      if (current && !(name in current.params)) current.params[name] = value;
    }
  }
}

function takeValue(cursor: Cursor): string | undefined {
  const quoted = take(cursor, QUOTED);
  return quoted ? quoted[1]!.replace(/\\(.)/g, '$1') : take(cursor, BARE_VALUE)?.[0];
}

function skipToken68(cursor: Cursor): void {
  const before = cursor.at;
  if (!take(cursor, SPACES) || !take(cursor, TOKEN68_REST)) cursor.at = before;
}

/** An empty match counts as none, so that each step of the parser moves on. */
function take(cursor: Cursor, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = cursor.at;
  const match = pattern.exec(cursor.text);
  if (!match || match[0].length === 0) return undefined;
  cursor.at = pattern.lastIndex;
  return match;
}
