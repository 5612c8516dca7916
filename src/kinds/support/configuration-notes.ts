import type { Json, JsonObject } from '../../json';

/** A secret exists if the setting that it belongs to is set: a client at a provider, a search account at a server. */
const HELD: Readonly<Record<string, string>> = {
  oidc_client_secret: 'oidc_client_id',
  ldap_search_password: 'ldap_search_dn',
  uaa_client_secret: 'uaa_client_id',
};

/** Keys of the secrets that Harbor has but does not return. */
export function heldSecrets(spec: JsonObject): string[] {
  return Object.entries(HELD).flatMap(([key, of]) => (spec[key] === undefined && spec[of] ? [key] : []));
}

/** With CONFIG_OVERWRITE_JSON no key can be edited; without it only auth_mode can be fixed. */
export function isOwnedByEnvironment(notEditable: readonly string[]): boolean {
  return notEditable.some((key) => key !== 'auth_mode');
}

/** Values that are valid and surprise. For `export`: who reads the file for the first time sees why they matter. */
const TRAPS: Readonly<Record<string, { readonly is: (value: Json) => boolean; readonly note: string }>> = {
  project_creation_restriction: {
    is: (value) => value === 'everyone',
    note: 'Every system robot can create projects, even without the permission.',
  },
  self_registration: { is: isOn, note: 'Anyone who can open the login page can create an account.' },
  read_only: { is: isOn, note: 'While this is on, proxy cache projects cache nothing new.' },
  robot_name_prefix: {
    is: (value) => typeof value === 'string' && value.includes('$'),
    note: 'Part of the login name of robots; quote the $ in a shell, in Compose and in make.',
  },
  oidc_verify_cert: { is: isOff, note: 'The certificate of the provider is not verified.' },
  ldap_verify_cert: { is: isOff, note: 'The certificate of the server is not verified.' },
};

/**
 * Comments on unexpected values, by key; `''` for the configuration as a whole. They are written into the exported file
 * and compared with nothing.
 */
export function configurationNotes(
  value: JsonObject,
  notEditable: readonly string[],
): Readonly<Record<string, string>> {
  const traps = Object.entries(value).filter(([key, found]) => TRAPS[key]?.is(found));
  return {
    ...Object.fromEntries(traps.map(([key]) => [key, TRAPS[key]?.note ?? ''])),
    ...noteOnFixed(notEditable),
  };
}

function noteOnFixed(notEditable: readonly string[]): Readonly<Record<string, string>> {
  if (isOwnedByEnvironment(notEditable)) {
    const left = `${notEditable.length} settings are left out`;
    return { '': `CONFIG_OVERWRITE_JSON in the environment of Harbor's core fixes the configuration: ${left}.` };
  }
  return notEditable.includes('auth_mode') ? { auth_mode: 'Fixed: Harbor has users besides admin.' } : {};
}

function isOn(value: Json): boolean {
  return value === true;
}

function isOff(value: Json): boolean {
  return value === false;
}
