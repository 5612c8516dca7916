import type { Json } from '../../json';
import type { JsonSchema } from '../kind';
import { secretSchema } from './secret-schema';
import { sizeSchema } from './size';

/** One setting: how it is declared, and where its form in the API differs. */
export interface ConfigurationKey {
  readonly schema: JsonSchema;
  /** The form of the value in the API, if it differs from the declared one. */
  readonly form?: 'secret' | 'size' | 'list' | 'map';
  /** Empty in a fresh Harbor, but never again once it was set. */
  readonly neverEmptied?: true;
}

const boolean = (about: string): ConfigurationKey => ({ schema: { description: about, type: 'boolean' } });
const text = (about: string, limits: JsonSchema = {}): ConfigurationKey => ({
  schema: { description: about, type: 'string', ...limits },
});
/**
 * Harbor refuses "" for these (400 `the configure value can not be empty`); they are empty only until the first write.
 */
const neverEmptied = (about: string): ConfigurationKey => ({ ...text(about), neverEmptied: true });
/** Never empty in Harbor. */
const nonEmpty = (about: string): ConfigurationKey => text(about, { minLength: 1 });
const url = (about: string): ConfigurationKey =>
  text(`${about} An http:// or https:// URL.`, { pattern: '^(https?://.+)?$' });
const integer = (about: string, minimum: number, maximum = 9_999_999_999): ConfigurationKey => ({
  schema: { description: about, type: 'integer', minimum, maximum },
});
const oneOf = (about: string, values: readonly (string | number)[]): ConfigurationKey => ({
  schema: { description: about, enum: values },
});
/** Never compared: Harbor does not return these, except for one that is left out when reading. */
const secret = (about: string): ConfigurationKey => ({ schema: secretSchema(about), form: 'secret' });

/** LDAP's own numbers. */
const SCOPES = [0, 1, 2];

/** Every key of user scope that PUT accepts (docs/harbor-behavior.md 3.2), by group. */
const KEYS = {
  auth_mode: oneOf('How users log in. Cannot be changed as soon as there is a user besides admin.', [
    'db_auth',
    'ldap_auth',
    'uaa_auth',
    'http_auth',
    'oidc_auth',
  ]),
  primary_auth_mode: boolean('The login page redirects to the identity provider.'),
  project_creation_restriction: oneOf('Who may create projects.', ['everyone', 'adminonly']),
  read_only: boolean('Read-only mode: nothing can be pushed, deleted or changed.'),
  self_registration: boolean('Anyone can create an account.'),
  token_expiration: integer('Lifetime of a pull or push token in minutes.', 1),
  robot_token_duration: integer('Default lifetime of a robot in days.', 1),
  // 2.15 accepts an empty prefix and 2.16 refuses it; a robot could then be mistaken for a user.
  robot_name_prefix: text('Prefix of robot names; must not be empty.', { pattern: '\\S' }),
  notification_enable: boolean('Send webhooks.'),
  session_timeout: integer('Portal session timeout in minutes.', 1),
  banner_message: text('Shown on top of the portal.'),
  audit_log_forward_endpoint: text('host:port of a syslog server; Harbor connects to it before it stores the value.'),
  skip_audit_log_database: boolean('Only forward audit logs, do not store them.'),
  scanner_skip_update_pulltime: boolean('Do not count a scan as a pull.'),
  disabled_audit_log_event_types: {
    schema: {
      description: 'Events that are not logged.',
      type: 'array',
      items: { description: 'a type of event, such as pull_artifact', type: 'string', pattern: '^[a-z_]+$' },
    },
    form: 'list',
  },

  quota_per_project_enable: boolean('Projects have quotas.'),
  storage_per_project: { schema: sizeSchema, form: 'size' },

  oidc_name: text('Name of the provider, as the login page shows it.'),
  oidc_endpoint: url('Issuer of the provider.'),
  oidc_client_id: text("Harbor's OIDC client ID."),
  oidc_client_secret: secret('Client secret.'),
  oidc_groups_claim: text('Claim that lists the groups of a user.'),
  oidc_admin_group: text('Members of this group are administrators of Harbor.'),
  oidc_group_filter: text('Regular expression; only matching groups are used.'),
  oidc_scope: text('Scopes to request, separated by commas.'),
  oidc_user_claim: text('Claim with the user name.'),
  oidc_verify_cert: boolean('Verify the certificate of the provider.'),
  oidc_auto_onboard: boolean('Create users at their first login without asking for a name.'),
  oidc_extra_redirect_parms: {
    schema: {
      description: 'Further parameters of the redirect to the provider.',
      type: 'object',
      additionalProperties: { type: 'string' },
    },
    form: 'map',
  },
  oidc_logout: boolean('Also log out of the provider (Harbor 2.13).'),

  ldap_url: neverEmptied('ldap:// or ldaps:// URL. Once set, it can be replaced, not emptied.'),
  ldap_search_dn: text('DN of the account that searches.'),
  ldap_search_password: secret('Password of ldap_search_dn.'),
  ldap_base_dn: neverEmptied('Where users are searched. Once set, it can be replaced, not emptied.'),
  ldap_filter: text('LDAP filter for users.'),
  ldap_uid: nonEmpty('Attribute with the user name.'),
  ldap_scope: oneOf('Search scope: 0 base, 1 one level, 2 subtree.', SCOPES),
  ldap_timeout: integer('Timeout in seconds.', 1),
  ldap_verify_cert: boolean('Verify the certificate of the server.'),
  ldap_group_membership_attribute: text('Attribute with the groups of a user.'),
  ldap_group_attach_parallel: boolean('Look up groups in parallel.'),
  ldap_group_base_dn: text('Base DN for groups.'),
  ldap_group_admin_dn: text('Members of this group are administrators of Harbor.'),
  ldap_group_attribute_name: text('Attribute with the name of a group.'),
  ldap_group_search_filter: text('LDAP filter for groups.'),
  ldap_group_search_scope: oneOf('Search scope: 0 base, 1 one level, 2 subtree.', SCOPES),

  http_authproxy_endpoint: url('Endpoint that checks passwords.'),
  http_authproxy_tokenreview_endpoint: url('Endpoint that reviews tokens.'),
  http_authproxy_admin_groups: text('Groups of administrators, separated by commas.'),
  http_authproxy_admin_usernames: text('Names of administrators, separated by commas.'),
  http_authproxy_server_certificate: text('PEM of the certificate of the proxy.'),
  http_authproxy_verify_cert: boolean('Verify the certificate of the proxy.'),
  http_authproxy_skip_search: boolean('Skip the search for a user before it becomes a member.'),

  uaa_client_id: text("Harbor's UAA client ID."),
  // Harbor returns this one in clear text, unlike its other secrets: it is left out when reading.
  uaa_client_secret: secret('Client secret.'),
  uaa_endpoint: url('URL of the UAA.'),
  uaa_verify_cert: boolean('Verify the certificate of the UAA.'),
} satisfies Readonly<Record<string, ConfigurationKey>>;

/** Names for code that depends on single settings: a renamed key is a type error there. */
export type ConfigurationName = keyof typeof KEYS;

/** Values of a fresh Harbor that are neither false nor empty. */
const DEFAULTS: Readonly<Record<string, Json>> = {
  auth_mode: 'db_auth',
  project_creation_restriction: 'everyone',
  token_expiration: 30,
  robot_token_duration: 30,
  robot_name_prefix: 'robot$',
  notification_enable: true,
  session_timeout: 60,
  quota_per_project_enable: true,
  storage_per_project: 'unlimited',
  oidc_verify_cert: true,
  ldap_uid: 'cn',
  ldap_scope: 2,
  ldap_timeout: 5,
  ldap_verify_cert: true,
  ldap_group_membership_attribute: 'memberof',
  ldap_group_search_scope: 2,
  http_authproxy_verify_cert: true,
};

/** They decide about logins, permissions, trust, audit logs and the lifetime of credentials. */
export const DECISIVE_KEYS: readonly string[] = [
  ...['auth_mode', 'project_creation_restriction', 'read_only', 'self_registration'],
  ...['token_expiration', 'session_timeout', 'robot_token_duration', 'robot_name_prefix'],
  ...['notification_enable', 'quota_per_project_enable'],
  ...['skip_audit_log_database', 'audit_log_forward_endpoint', 'disabled_audit_log_event_types'],
  ...['oidc_verify_cert', 'oidc_auto_onboard', 'oidc_admin_group', 'oidc_group_filter'],
  ...['oidc_groups_claim', 'oidc_user_claim'],
  ...['ldap_verify_cert', 'ldap_filter', 'ldap_group_admin_dn', 'ldap_group_search_filter'],
  ...['http_authproxy_verify_cert', 'http_authproxy_admin_groups', 'http_authproxy_admin_usernames'],
  ...['http_authproxy_skip_search', 'uaa_verify_cert'],
];

/** By JSON type, for every key that is not in `DEFAULTS`. */
const EMPTY: Readonly<Record<string, Json>> = { boolean: false, string: '', array: [], object: {} };

/**
 * With the default of a fresh Harbor in each schema, which an export uses to leave out settings that are still
 * as they were.
 */
export const CONFIGURATION_KEYS: Readonly<Record<string, ConfigurationKey>> = Object.fromEntries(
  Object.entries<ConfigurationKey>(KEYS).map(([name, key]) => [
    name,
    key.form === 'secret' ? key : { ...key, schema: { ...key.schema, ...defaultOf(name, key.schema) } },
  ]),
);

function defaultOf(key: string, { type }: JsonSchema): { readonly default?: Json } {
  const value = DEFAULTS[key] ?? EMPTY[String(type)];
  return value === undefined ? {} : { default: value };
}
