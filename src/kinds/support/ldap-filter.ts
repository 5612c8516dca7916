import type { Json } from '../../json';

const DESCRIPTION = String.raw`(?:[A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)*)(?:;[A-Za-z0-9-]+)*`;
const RULE = String.raw`:[A-Za-z0-9][A-Za-z0-9.-]*`;
/** `cn=`, `uid>=`, and the extensible matches `cn:=`, `cn:dn:2.4.6.8:=`, `:dn:2.4.6.8:=`. */
const ITEM = new RegExp(`^(?:${DESCRIPTION}(?:(?:[><~]?|(?::dn)?(?:${RULE})?:)=)|(?::dn)?${RULE}:=)`, 'i');
/** Up to the parenthesis: in a value, parentheses are written \28 and \29, backslashes \5c. */
const VALUE = /^(?:\\[0-9A-Fa-f]{2}|[^()\\\0])*/;
/** Limits the recursion, so that no filter overflows the stack. */
const DEEPEST = 100;

/** The text after a filter, or why it is not one. */
type Read = { readonly rest: string } | { readonly problem: string };

/** Why an LDAP server cannot read a filter (RFC 4515); Harbor adds missing outer parentheses. */
export function filterProblem(filter: Json | undefined): string | undefined {
  if (typeof filter !== 'string' || filter === '') return undefined;
  const read = filterFrom(filter.startsWith('(') ? filter : `(${filter})`, 0);
  const problem = 'problem' in read ? read.problem : extraProblem(read.rest);
  return problem && `${JSON.stringify(filter)} is not an LDAP filter: ${problem}`;
}

function extraProblem(rest: string): string | undefined {
  return rest === '' ? undefined : `${JSON.stringify(rest)} follows its last parenthesis`;
}

function filterFrom(text: string, depth: number): Read {
  if (depth > DEEPEST) return { problem: `it is nested more than ${DEEPEST} times` };
  if (!text.startsWith('(')) return { problem: `a parenthesis is missing before ${shown(text)}` };
  const inside = text.slice(1);
  const read = /^[&|!]/.test(inside) ? combination(inside, depth) : item(inside);
  if ('problem' in read) return read;
  return read.rest.startsWith(')')
    ? { rest: read.rest.slice(1) }
    : { problem: `a parenthesis is missing before ${shown(read.rest)}` };
}

/** `&(…)(…)`, `|(…)(…)` or `!(…)`. */
function combination(text: string, depth: number): Read {
  const most = text.startsWith('!') ? 1 : Infinity;
  let rest = text.slice(1);
  let count = 0;
  for (; count < most && rest.startsWith('('); count += 1) {
    const read = filterFrom(rest, depth + 1);
    if ('problem' in read) return read;
    rest = read.rest;
  }
  return most === 1 && count === 0 ? { problem: `a filter is missing after ! before ${shown(rest)}` } : { rest };
}

/** A value ends at a parenthesis. One that belongs to the value has to be escaped (RFC 4515, section 3). */
function item(text: string): Read {
  const start = ITEM.exec(text)?.[0];
  if (start === undefined) return { problem: `${shown(text)} does not begin with an attribute and =` };
  const value = VALUE.exec(text.slice(start.length))?.[0] ?? '';
  const rest = text.slice(start.length + value.length);
  if (rest.startsWith('\\')) return { problem: `after a backslash come two hexadecimal digits, not ${shown(rest)}` };
  return rest.startsWith('(') ? { problem: 'a parenthesis in a value is written \\28' } : { rest };
}

function shown(text: string): string {
  return text === '' ? 'its end' : JSON.stringify(text.slice(0, 20));
}
