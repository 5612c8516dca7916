import { connect } from 'node:net';
import type { Api } from '../api/api';
import { OK, ok } from '../api/answer';
import { requireSystem } from '../api/access';
import { type FieldType, type JsonObject, model } from '../api/model';
import { CONFIGURATION_ITEMS, configured, configuredFlag, configuredText } from '../configuration';
import type { Context } from '../context';
import { badRequest, HarborError } from '../errors';
import { storageLimitProblem } from '../projects/storage-limit';
import type { ConfigurationValue, Store } from '../store/store';
import { trimLower } from '../go-compat/trim-lower';

const ADMIN_ID = 1;
const MAX_NUMBER = 9_999_999_999;
const LIMITED_NUMBERS = ['token_expiration', 'robot_token_duration', 'session_timeout'];
const ENUMS: Readonly<Record<string, readonly string[]>> = {
  auth_mode: ['db_auth', 'ldap_auth', 'uaa_auth', 'http_auth', 'oidc_auth'],
  project_creation_restriction: ['adminonly', 'everyone'],
};
const LDAP_SCOPES = ['ldap_scope', 'ldap_group_search_scope'];

const Configurations = model(
  'Configurations',
  Object.fromEntries(Object.entries(CONFIGURATION_ITEMS).map(([key, { type }]) => [key, type as FieldType])),
);

/**
 * Stands in for src/server/v2.0/handler/config.go. GET wraps each value with `editable`, PUT takes it bare.
 *
 *     PUT ─► checks ─► stored form ─► an audit endpoint that is set has to accept a connection ─► stored
 *                                        │
 *                                        └─ otherwise 400, but GET returns the new values
 */
export function register(api: Api): void {
  const { store } = api.context;
  api.get('/configurations', ({ caller }) => {
    requireSystem(caller, 'configuration', 'read');
    return ok(readAll(store));
  });
  api.get('/internalconfig', () => {
    throw new HarborError('UNAUTHORIZED', 'only internal service is allowed to call this API');
  });
  api.put(
    '/configurations',
    async ({ caller, body }) => {
      requireSystem(caller, 'configuration', 'update');
      validate(api.context, body);
      const values = asStored(api.context, body);
      const endpoint = values['audit_log_forward_endpoint'];
      if (typeof endpoint === 'string' && endpoint !== '' && !(await isActive(endpoint))) {
        // Harbor has already stored the values in memory before it checks them.
        store.refusedConfiguration = { ...store.refusedConfiguration, ...values };
        throw badRequest(`bad request: could not connect to the audit endpoint: ${endpoint}`);
      }
      store.setConfiguration(values);
      return OK;
    },
    { body: ['configurations', Configurations] },
  );
}

const CONNECT_TIMEOUT_MS = 3_000;

/** Whether a server listens at `host:port`. */
function isActive(endpoint: string): Promise<boolean> {
  const [, host = '', port = ''] = /^\[?([^\]]*?)\]?:(\d+)$/.exec(endpoint) ?? [];
  if (port === '' || Number(port) > 65_535) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect({ host: host === '' ? 'localhost' : host, port: Number(port), timeout: CONNECT_TIMEOUT_MS });
    const end = (active: boolean) => (): void => {
      socket.destroy();
      resolve(active);
    };
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
  });
}

/** Secrets are not listed at all, neither masked nor empty. */
function readAll(store: Store): object {
  const shown = Object.entries(CONFIGURATION_ITEMS)
    .filter(([, { secret }]) => !secret)
    .map(([key]): [string, object] => [
      key,
      { editable: key !== 'auth_mode' || authModeEditable(store), value: configured(store, key) },
    ]);
  // A leftover of old versions: its value is never set and renders as an empty object.
  return Object.fromEntries([...shown, ['scan_all_policy', {}]]);
}

/** Once a user other than admin exists, the auth mode cannot change. */
function authModeEditable(store: Store): boolean {
  return store.users.all().every((user) => user.id === ADMIN_ID);
}

/** A DN is stored in lower case; releases with stricter input also trim the prefix of robots. */
function asStored({ features }: Context, values: JsonObject): Record<string, ConfigurationValue> {
  const { robot_name_prefix: prefix } = values;
  const adminDn = values['ldap_group_admin_dn'];
  const lowered = typeof adminDn === 'string' ? { ldap_group_admin_dn: trimLower(adminDn) } : {};
  const cut = features.stricterInput && typeof prefix === 'string' ? { robot_name_prefix: prefix.trim() } : {};
  return { ...(values as Record<string, ConfigurationValue>), ...cut, ...lowered };
}

/** In Harbor's order: auth mode, each item, audit log, lengths (src/controller/config/controller.go). */
function validate({ store, features }: Context, values: JsonObject): void {
  const mode = values['auth_mode'];
  if (mode !== undefined && mode !== configuredText(store, 'auth_mode') && !authModeEditable(store))
    throw badRequest('the auth mode cannot be modified as new users have been inserted into database');
  for (const [key, value] of Object.entries(values)) {
    const problem = itemProblem(key, value);
    if (problem !== undefined) throw badRequest(`bad request: ${problem}`);
  }
  const prefix = values['robot_name_prefix'];
  if (features.stricterInput && typeof prefix === 'string' && prefix.trim() === '')
    throw badRequest('bad request: robot_name_prefix cannot be empty or contain only spaces');
  validateAuditLog(store, values);
  for (const key of LIMITED_NUMBERS) validateNumber(key, values[key]);
}

function itemProblem(key: string, value: unknown): string | undefined {
  if (key === 'storage_per_project') return storageLimitProblem(Number(value));
  const problem = valueProblem(key, value);
  return problem === undefined ? undefined : `item name ${key}: ${problem}`;
}

/** The words are Harbor's, with its spelling. */
function valueProblem(key: string, value: unknown): string | undefined {
  const allowed = ENUMS[key];
  if (allowed && !allowed.includes(String(value)))
    return key === 'auth_mode'
      ? `invalid auth_mode, shoud be one of ${allowed.join(', ')}`
      : `invalid ${key}, should be ${allowed.join(' or ')}`;
  if (CONFIGURATION_ITEMS[key]?.nonEmpty && value === '') return 'the configure value can not be empty';
  if (LDAP_SCOPES.includes(key) && ![0, 1, 2].includes(Number(value))) return 'invalid scope, should be 0, 1 or 2';
  if (key === 'oidc_extra_redirect_parms') return stringMapProblem(String(value));
  return undefined;
}

/** Go's decoder expects `{`, or the literals null, true or false for a word that begins like one. */
function stringMapProblem(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    const literal = ['null', 'true', 'false'].find((word) => word[0] === text[0]);
    if (literal === undefined) return `invalid character '${text[0] ?? ''}' looking for beginning of value`;
    const at = [...literal].findIndex((letter, index) => text[index] !== letter);
    return `invalid character '${text[at] ?? ''}' in literal ${literal} (expecting '${literal[at] ?? ''}')`;
  }
}

/** What is not sent counts as it is stored. */
function validateAuditLog(store: Store, values: JsonObject): void {
  const skip = values['skip_audit_log_database'] ?? configuredFlag(store, 'skip_audit_log_database');
  const endpoint = values['audit_log_forward_endpoint'] ?? configuredText(store, 'audit_log_forward_endpoint');
  const touched = 'skip_audit_log_database' in values || 'audit_log_forward_endpoint' in values;
  if (touched && skip === true && endpoint === '')
    throw badRequest(
      'bad request: audit log forward endpoint should be configured before enable skip audit log in database',
    );
}

/** A text in place of a number is found elsewhere. */
function validateNumber(key: string, value: unknown): void {
  if (typeof value !== 'number') return;
  if (value <= 0) throw badRequest(`the ${key} value must be positive`);
  if (value > MAX_NUMBER) throw badRequest(`the ${key} value is over the limit value: ${MAX_NUMBER}`);
}
