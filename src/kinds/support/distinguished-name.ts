import type { Json } from '../../json';

/** A character after a backslash, or the two hexadecimal digits of a byte (RFC 4514). */
const ESCAPED = String.raw`\\(?:[ ,+"\\<>;#=]|[0-9A-Fa-f]{2})`;
/** Bytes in hexadecimal, in quotes as RFC 2253 allows, or plain text. */
const VALUE = String.raw`(?:#(?:[0-9A-Fa-f]{2})+\s*|"(?:${ESCAPED}|[^"\\])*"\s*|(?!#)(?:${ESCAPED}|[^,+"\\<>;])*)`;
const PART = String.raw`\s*(?:[A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)*)\s*=\s*${VALUE}`;
const NAME = new RegExp(`^${PART}(?:[,;+]${PART})*$`, 's');

/** Why an LDAP server can find nothing under this name; undefined if it can, or if the value is empty or not a text. */
export function dnProblem(name: Json | undefined): string | undefined {
  if (typeof name !== 'string' || name.trim() === '' || NAME.test(name)) return undefined;
  return `${JSON.stringify(name)} is not a distinguished name: write it as cn=developers,ou=groups,dc=example,dc=com`;
}

/** As Harbor stores the DN of a group (utils.TrimLower): a DN is case-insensitive. */
export function normaliseDn(dn: string): string {
  return dn.toLowerCase().trim();
}
