import { Client, type Entry, EqualityFilter, ResultCodeError } from 'ldapts';
import { configured, configuredFlag, configuredNumber, configuredText } from '../configuration';
import type { Store } from '../store/store';

/** How Harbor reaches an LDAP server; keys as in its configuration. */
export interface LdapSettings {
  readonly ldap_url: string;
  readonly ldap_search_dn: string;
  readonly ldap_search_password: string;
  readonly ldap_base_dn: string;
  readonly ldap_filter: string;
  readonly ldap_uid: string;
  /** 0 the entry itself, 1 the level below it, 2 everything below it. */
  readonly ldap_scope: number;
  /** Seconds. */
  readonly ldap_timeout: number;
  readonly ldap_verify_cert: boolean;
}

/**
 * `name` is the value of the attribute that the configuration names, `dn` as the directory wrote it. Harbor
 * stores the DN in lower case (see `trimLower`).
 */
export interface LdapGroup {
  readonly name: string;
  readonly dn: string;
}

/** By Harbor's number in `ldap_scope`: 0, 1, 2. */
const SCOPES = ['base', 'one', 'sub'] as const;

/** Defaults included, so that a ping without a body tests exactly what a login would use. */
export function storedSettings(store: Store): LdapSettings {
  return {
    ldap_url: configuredText(store, 'ldap_url'),
    ldap_search_dn: configuredText(store, 'ldap_search_dn'),
    ldap_search_password: String(configured(store, 'ldap_search_password')),
    ldap_base_dn: configuredText(store, 'ldap_base_dn'),
    ldap_filter: configuredText(store, 'ldap_filter'),
    ldap_uid: configuredText(store, 'ldap_uid'),
    ldap_scope: configuredNumber(store, 'ldap_scope'),
    ldap_timeout: configuredNumber(store, 'ldap_timeout'),
    ldap_verify_cert: configuredFlag(store, 'ldap_verify_cert'),
  };
}

/** Undefined when the server accepts the bind, else the reason, in Go's words where they are known. */
export async function ldapProblem(settings: LdapSettings): Promise<string | undefined> {
  if (settings.ldap_url === '') return 'can not get any available LDAP_URL';
  try {
    await withSession(settings, async () => undefined);
    return undefined;
  } catch (error) {
    const { name, code, message } = error as ResultCodeError & Error;
    return error instanceof ResultCodeError ? `LDAP Result Code ${code} "${name.replace(/Error$/, '')}"` : message;
  }
}

/** Users whose `ldap_uid` contains a text. Rejects with ldapts' errors. */
export async function searchUsers(settings: LdapSettings, name: string): Promise<object[]> {
  const { ldap_uid: uid, ldap_filter: filter } = settings;
  const entries = await search(settings, settings.ldap_base_dn, and(`(${uid}=*${escaped(name)}*)`, filter));
  return entries.map((entry) => ({
    username: first(entry, uid),
    realname: first(entry, 'cn'),
    email: first(entry, 'mail') || first(entry, 'email'),
  }));
}

/** Groups by a part of their name, or one by its DN. Rejects with ldapts' errors. */
export async function searchGroups(store: Store, { name, dn }: { name?: string; dn?: string }): Promise<LdapGroup[]> {
  const settings = storedSettings(store);
  const attribute = configuredText(store, 'ldap_group_attribute_name') || 'cn';
  const wanted = name ? `(${attribute}=*${escaped(name)}*)` : `(${attribute}=*)`;
  const filter = and(wanted, configuredText(store, 'ldap_group_search_filter'));
  const scope = SCOPES[configuredNumber(store, 'ldap_group_search_scope')] ?? 'sub';
  const base = dn ?? configuredText(store, 'ldap_group_base_dn');
  const entries = await search(settings, base, filter, dn === undefined ? scope : 'base');
  return entries.map((entry) => ({ name: first(entry, attribute), dn: entry.dn }));
}

/** A connection for each search, as Harbor's LDAP session. Without `scope` the configured one is used. */
async function search(
  settings: LdapSettings,
  base: string,
  filter: string,
  scope: (typeof SCOPES)[number] = SCOPES[settings.ldap_scope] ?? 'sub',
): Promise<Entry[]> {
  return withSession(settings, async (client) => (await client.search(base, { scope, filter })).searchEntries);
}

/** One connection for one question. It is always closed: the sandbox could not end while one is open. */
async function withSession<T>(settings: LdapSettings, work: (client: Client) => Promise<T>): Promise<T> {
  const { ldap_url: url, ldap_timeout: seconds, ldap_verify_cert: verify } = settings;
  const client = new Client({
    url: url.includes('://') ? url : `ldap://${url}`,
    connectTimeout: seconds * 1000,
    timeout: seconds * 1000,
    ...(url.startsWith('ldaps:') && { tlsOptions: { rejectUnauthorized: verify } }),
  });
  try {
    // Without a search DN Harbor binds anonymously.
    await client.bind(settings.ldap_search_dn, settings.ldap_search_dn === '' ? '' : settings.ldap_search_password);
    return await work(client);
  } finally {
    await client.unbind().catch(() => undefined);
  }
}

/** The declared filter may be without its outer parentheses. */
function and(wanted: string, filter: string): string {
  const inner = filter.trim();
  return inner === '' ? wanted : `(&${wanted}${inner.startsWith('(') ? inner : `(${inner})`})`;
}

/** RFC 4515: escapes what a user types, so that it cannot change the filter. */
function escaped(text: string): string {
  return new EqualityFilter({ attribute: 'a', value: text }).toString().slice('(a='.length, -1);
}

/** Names of attributes have no case in LDAP (RFC 4512, section 2.5). */
function first(entry: Entry, attribute: string): string {
  const key = Object.keys(entry).find((candidate) => candidate.toLowerCase() === attribute.toLowerCase());
  const value = key === undefined ? '' : entry[key];
  return String((Array.isArray(value) ? value[0] : value) ?? '');
}
