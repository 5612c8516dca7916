import { CONFIGURATION_KEYS } from '../../src/kinds/support/configuration-keys';

/** Every key of `Configurations` in Harbor's api/v2.0/swagger.yaml: what PUT /configurations takes, by group. */
const OF_HARBOR: Readonly<Record<string, readonly string[]>> = {
  system: [
    'auth_mode primary_auth_mode project_creation_restriction read_only self_registration token_expiration',
    'robot_token_duration robot_name_prefix notification_enable quota_per_project_enable storage_per_project',
    'audit_log_forward_endpoint skip_audit_log_database session_timeout scanner_skip_update_pulltime banner_message',
    'disabled_audit_log_event_types',
  ],
  ldap: [
    'ldap_base_dn ldap_filter ldap_group_base_dn ldap_group_admin_dn ldap_group_attribute_name',
    'ldap_group_search_filter ldap_group_search_scope ldap_group_attach_parallel ldap_scope ldap_search_dn',
    'ldap_search_password ldap_timeout ldap_uid ldap_url ldap_verify_cert ldap_group_membership_attribute',
  ],
  uaa: ['uaa_client_id uaa_client_secret uaa_endpoint uaa_verify_cert'],
  http_authproxy: [
    'http_authproxy_endpoint http_authproxy_tokenreview_endpoint http_authproxy_admin_groups',
    'http_authproxy_admin_usernames http_authproxy_verify_cert http_authproxy_skip_search',
    'http_authproxy_server_certificate',
  ],
  oidc: [
    'oidc_name oidc_endpoint oidc_client_id oidc_client_secret oidc_groups_claim oidc_admin_group oidc_group_filter',
    'oidc_scope oidc_user_claim oidc_verify_cert oidc_auto_onboard oidc_extra_redirect_parms oidc_logout',
  ],
};

const declarable = Object.keys(CONFIGURATION_KEYS).sort();

it.each(
  Object.entries(OF_HARBOR).flatMap(([group, lines]) =>
    lines.flatMap((line) => line.split(' ').map((key) => [group, key])),
  ),
)('%s: %s is declarable', (_group, key = '') => {
  expect(declarable).toContain(key);
});

it('declares nothing that Harbor does not accept', () => {
  const known = Object.values(OF_HARBOR).flatMap((lines) => lines.flatMap((line) => line.split(' ')));
  expect(declarable.filter((key) => !known.includes(key))).toEqual([]);
});
