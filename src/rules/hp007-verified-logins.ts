import { settingsOf } from './declared';
import type { Rule } from './rule';

const SWITCHES = ['oidc_verify_cert', 'ldap_verify_cert', 'http_authproxy_verify_cert', 'uaa_verify_cert'];

export const hp007: Rule = {
  id: 'HP007',
  title: 'the certificate of every login service is verified',
  severity: 'high',
  why: 'Without verification whoever is on the network answers for the login service, and takes passwords or makes administrators (Harbor: lib/config/metadata).',
  declared: {
    judge: (declared) => {
      const { address, settings } = settingsOf(declared);
      return SWITCHES.filter((key) => settings[key] === false).map((key) => ({
        address,
        message: `${key} is false: the login service is not verified`,
        hint: `declare ${key}: true, and give Harbor the certificate authority`,
      }));
    },
    good: { configuration: { oidc_verify_cert: true } },
    bad: { configuration: { oidc_verify_cert: false } },
  },
};
