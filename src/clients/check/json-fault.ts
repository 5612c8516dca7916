const TOKEN =
  /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[[\]{},:]/uy;

type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end' | 'end';

/**
 * Offset of the first character that is not valid JSON, as for Go and every strict parser; undefined if all is valid.
 * The files are read with the YAML reader, which keeps positions but also accepts comments and trailing commas.
 * This finds what dockerd and Docker's client, which use Go's parser, refuse.
 */
export function jsonFault(text: string): number | undefined {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  for (let at = afterSpace(text, 0); at < text.length; at = afterSpace(text, TOKEN.lastIndex)) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0];
    const next: Expected | undefined = token === undefined ? undefined : follow(token, expected, open);
    if (next === undefined) return at;
    expected = next;
  }
  return expected === 'end' ? undefined : Math.max(0, text.trimEnd().length - 1);
}

function afterSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\r\n'.includes(text[at] ?? '')) at += 1;
  return at;
}

/** Tokens that may follow a token; undefined if the token is not allowed here. */
function follow(token: string, expected: Expected, open: ('{' | '[')[]): Expected | undefined {
  const closing = token === '}' ? '{' : token === ']' ? '[' : undefined;
  if (closing !== undefined) {
    const mayClose = expected === ', or end' || expected === (closing === '{' ? 'key or }' : 'value or ]');
    return mayClose && open.pop() === closing ? expectedAfter(open) : undefined;
  }
  if (token === ',') return expected === ', or end' ? (open.at(-1) === '{' ? 'key' : 'value') : undefined;
  if (token === ':') return expected === ':' ? 'value' : undefined;
  if (expected === 'key' || expected === 'key or }') return token.startsWith('"') ? ':' : undefined;
  if (expected !== 'value' && expected !== 'value or ]') return undefined;
  if (token !== '{' && token !== '[') return expectedAfter(open);
  open.push(token);
  return token === '{' ? 'key or }' : 'value or ]';
}

function expectedAfter(open: readonly string[]): Expected {
  return open.length === 0 ? 'end' : ', or end';
}
