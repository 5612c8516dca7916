import { specsOf, urlOf } from './declared';
import type { Rule } from './rule';

/**
 * A text that is not a URL is left to the kind, which reports it. Both findings can apply to the same URL. HP040
 * allows loopback, this rule does not: in Harbor's container, loopback is the container itself (HP018).
 */
export const hp016: Rule = {
  id: 'HP016',
  title: 'upstream URLs are https, without an account in them',
  severity: 'high',
  why: 'Harbor logs in to the upstream with each pull: over http the account and the images are sent in clear, and an account in a URL is in every log (RFC 3986, 3.2.1).',
  declared: {
    looksAt: 'registry',
    judge: (declared) =>
      specsOf(declared, 'registry').flatMap(({ address, spec }) => {
        const url = urlOf(spec.url);
        if (!url) return [];
        return [
          ...(url.protocol === 'http:'
            ? [{ address, field: 'url', message: 'its URL is http, without encryption', hint: 'use https' }]
            : []),
          ...(url.username || url.password
            ? [
                {
                  address,
                  field: 'url',
                  message: 'its URL contains an account',
                  hint: 'declare credential: { access_key, access_secret }',
                },
              ]
            : []),
        ];
      }),
    good: { registries: { hub: { type: 'docker-hub', url: 'https://hub.docker.com' } } },
    bad: { registries: { r: { type: 'docker-registry', url: 'http://registry.example.com' } } },
  },
};
