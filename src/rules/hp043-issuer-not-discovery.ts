import { settingsOf } from './declared';
import type { Rule } from './rule';

/**
 * The mistake is usual because many products ask for the discovery URL. Harbor stores it without an error; only a login
 * fails. Found by the path alone, so that it is known before anything is sent.
 *
 *      https://dex.example.com/.well-known/openid-configuration     finding
 *      https://login.example.com/realms/x                           none: an issuer may have a path
 */
export const hp043: Rule = {
  id: 'HP043',
  title: 'oidc_endpoint is the issuer',
  severity: 'high',
  why: 'Harbor appends /.well-known/openid-configuration itself: with the discovery URL every login fails (OpenID Connect Discovery 1.0, 4).',
  declared: {
    judge: (declared) => {
      const { address, settings } = settingsOf(declared);
      const value = settings['oidc_endpoint'];
      if (!(typeof value === 'string' && /\/\.well-known(?:\/|$)/.test(value))) return [];
      return [
        {
          address,
          field: 'oidc_endpoint',
          message: `oidc_endpoint is the discovery URL, not the issuer`,
          hint: 'remove /.well-known and everything after it',
        },
      ];
    },
    good: { configuration: { oidc_endpoint: 'https://dex.example.com' } },
    bad: { configuration: { oidc_endpoint: 'https://dex.example.com/.well-known/openid-configuration' } },
  },
};
