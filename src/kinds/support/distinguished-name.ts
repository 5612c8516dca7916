import type { Json } from '../../json';

/** One `attribute=value`, the value with its signs escaped (RFC 4514), or in quotes as RFC 2253 allows. */
const PART = String.raw`\s*(?:[A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)*)\s*=\s*(?:"(?:\\.|[^"\\])*"\s*|(?:\\.|[^,+"\\<>;])*)`;
const NAME = new RegExp(`^${PART}(?:[,;+]${PART})*$`, 's');

/** Why an LDAP server can find nothing under this name; undefined where it can, and for what is no text or empty. */
export function dnProblem(name: Json | undefined): string | undefined {
  if (typeof name !== 'string' || name.trim() === '' || NAME.test(name)) return undefined;
  return `${JSON.stringify(name)} is not a distinguished name: write it as cn=developers,ou=groups,dc=example,dc=com`;
}

/** As Harbor stores the DN of a group (utils.TrimLower): a DN has no letter case of its own. */
export function normaliseDn(dn: string): string {
  return dn.toLowerCase().trim();
}
