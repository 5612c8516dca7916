import { settingsOf } from './declared';
import type { Rule } from './rule';

/** Harbor has a setting for each login service, and uses only the service of its `auth_mode`. */
const SERVICES = [
  { mode: 'oidc_auth', verify: 'oidc_verify_cert', at: 'oidc_endpoint' },
  { mode: 'ldap_auth', verify: 'ldap_verify_cert', at: 'ldap_url' },
  { mode: 'http_auth', verify: 'http_authproxy_verify_cert', at: 'http_authproxy_endpoint' },
  { mode: 'uaa_auth', verify: 'uaa_verify_cert', at: 'uaa_endpoint' },
] as const;

/**
 * Only the service in use is judged:
 *
 *      auth_mode       declared for OIDC                          finding
 *      oidc_auth       oidc_verify_cert: false                    yes
 *      db_auth         oidc_verify_cert: false                    no: Harbor never connects to it
 *      not declared    oidc_verify_cert: false, oidc_endpoint     yes: the endpoint shows that OIDC is meant
 *      not declared    oidc_verify_cert: false                    no: nothing to connect to is declared
 */
export const hp007: Rule = {
  id: 'HP007',
  title: 'the certificate of every login service is verified',
  severity: 'high',
  why: 'Without verification an attacker on the network can pose as the login service, read passwords and create administrators (Harbor: lib/config/metadata).',
  declared: {
    judge: (declared) => {
      const { address, settings } = settingsOf(declared);
      const { auth_mode: declaredMode } = settings;
      return SERVICES.filter(
        ({ mode, verify, at }) =>
          settings[verify] === false && (declaredMode === undefined ? Boolean(settings[at]) : declaredMode === mode),
      ).map(({ verify }) => ({
        address,
        field: verify,
        message: `${verify} is false: the login service is not verified`,
        hint: `declare ${verify}: true, and give Harbor the certificate authority`,
      }));
    },
    good: { configuration: { auth_mode: 'oidc_auth', oidc_verify_cert: true, uaa_verify_cert: false } },
    bad: { configuration: { auth_mode: 'oidc_auth', oidc_verify_cert: false } },
  },
};
