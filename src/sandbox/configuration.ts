import type { ConfigurationValue, Store } from './store/store';

/** A key of the user scope (src/lib/config/metadata/metadatalist.go). */
export interface ConfigurationItem {
  readonly type: 'string' | 'int64' | 'bool';
  readonly value: ConfigurationValue;
  /** Never returned by GET. */
  readonly secret?: true;
  /** PUT refuses an empty string (docs/harbor-behavior.md 3.3). */
  readonly nonEmpty?: true;
}

const text = (value = ''): ConfigurationItem => ({ type: 'string', value });
const required = (value = ''): ConfigurationItem => ({ type: 'string', value, nonEmpty: true });
const secret = (): ConfigurationItem => ({ type: 'string', value: '', secret: true });
const flag = (value: boolean): ConfigurationItem => ({ type: 'bool', value });
const number = (value: number): ConfigurationItem => ({ type: 'int64', value });

/** Every user-scope key that PUT accepts, with its default (docs/harbor-behavior.md 3.2). */
export const CONFIGURATION_ITEMS: Readonly<Record<string, ConfigurationItem>> = {
  audit_log_forward_endpoint: text(),
  auth_mode: text('db_auth'),
  banner_message: text(),
  disabled_audit_log_event_types: text(),
  http_authproxy_admin_groups: text(),
  http_authproxy_admin_usernames: text(),
  http_authproxy_endpoint: text(),
  http_authproxy_server_certificate: text(),
  http_authproxy_skip_search: flag(false),
  http_authproxy_tokenreview_endpoint: text(),
  http_authproxy_verify_cert: flag(true),
  ldap_base_dn: required(),
  ldap_filter: text(),
  ldap_group_admin_dn: text(),
  ldap_group_attach_parallel: flag(false),
  ldap_group_attribute_name: text(),
  ldap_group_base_dn: text(),
  ldap_group_membership_attribute: text('memberof'),
  ldap_group_search_filter: text(),
  ldap_group_search_scope: number(2),
  ldap_scope: number(2),
  ldap_search_dn: text(),
  ldap_search_password: secret(),
  ldap_timeout: number(5),
  ldap_uid: required('cn'),
  ldap_url: required(),
  ldap_verify_cert: flag(true),
  notification_enable: flag(true),
  oidc_admin_group: text(),
  oidc_auto_onboard: flag(false),
  oidc_client_id: text(),
  oidc_client_secret: secret(),
  oidc_endpoint: text(),
  oidc_extra_redirect_parms: text('{}'),
  oidc_group_filter: text(),
  oidc_groups_claim: text(),
  oidc_logout: flag(false),
  oidc_name: text(),
  oidc_scope: text(),
  oidc_user_claim: text(),
  oidc_verify_cert: flag(true),
  primary_auth_mode: flag(false),
  project_creation_restriction: text('everyone'),
  quota_per_project_enable: flag(true),
  read_only: flag(false),
  robot_name_prefix: text('robot$'),
  robot_token_duration: number(30),
  scanner_skip_update_pulltime: flag(false),
  self_registration: flag(false),
  session_timeout: number(60),
  skip_audit_log_database: flag(false),
  storage_per_project: number(-1),
  token_expiration: number(30),
  uaa_client_id: text(),
  uaa_client_secret: text(),
  uaa_endpoint: text(),
  uaa_verify_cert: flag(false),
};

/**
 *     set by PUT                        its value
 *     refused late, never set           the refused value: Harbor has it in the memory of core
 *     neither                           the default
 *     unknown key                       ''
 */
export function configured(store: Store, key: string): ConfigurationValue {
  return store.configuration[key] ?? store.refusedConfiguration[key] ?? CONFIGURATION_ITEMS[key]?.value ?? '';
}

/** Numbers and flags as text, too. */
export function configuredText(store: Store, key: string): string {
  return String(configured(store, key));
}

/** NaN for a key that is not a number; no caller asks for one. */
export function configuredNumber(store: Store, key: string): number {
  return Number(configured(store, key));
}

/** Only `true` itself: the text "true" is not a flag. */
export function configuredFlag(store: Store, key: string): boolean {
  return configured(store, key) === true;
}
