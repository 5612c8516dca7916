import type { Json } from '../../json';

/** Why an LDAP server cannot read a filter. Harbor adds the outer parentheses; those in a value are \28 and \29 (RFC 4515). */
export function filterProblem(filter: Json | undefined): string | undefined {
  if (typeof filter !== 'string') return undefined;
  let open = 0;
  for (const sign of filter) {
    if (sign === '(') open += 1;
    if (sign === ')' && (open -= 1) < 0) break;
  }
  return open === 0 ? undefined : `${JSON.stringify(filter)} is not an LDAP filter: its parentheses do not close`;
}
