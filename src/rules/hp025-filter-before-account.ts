import { hasAccount, proxiesOf } from './declared';
import type { Rule } from './rule';

/**
 * A filter that lets everything through counts as none. The list has the usual ways to write it in both kinds of
 * pattern; another regular expression that matches everything is not recognized.
 */
export const hp025: Rule = {
  id: 'HP025',
  title: 'a cache with an upstream account has a repository filter',
  severity: 'medium',
  since: '2.16',
  why: 'Anyone who may pull from the project may pull everything that the account may: a repository filter restricts that (goharbor/harbor#23527, Harbor 2.16).',
  declared: {
    looksAt: 'upstream',
    judge: (declared) =>
      proxiesOf(declared)
        .filter(({ upstream }) => hasAccount(upstream))
        .filter(({ spec }) =>
          ['', '**', '**/*', '**/**', '.*', '.+', '^.*$'].includes(spec.proxy_cache_filter_pattern ?? ''),
        )
        .map(({ address }) => ({
          address,
          message: 'it has an account at its upstream, but no repository filter',
          hint: 'declare proxy_cache_filter_kind: doublestar and proxy_cache_filter_pattern, such as "{team,tools}/**"',
        })),
    good: {
      harbor: { url: 'https://harbor.example.com', version: '2.16' },
      registries: {
        own: {
          type: 'docker-registry',
          url: 'https://registry.example.com',
          credential: { access_key: 'bot', access_secret: { env: 'S' } },
        },
      },
      projects: {
        p: {
          registry: 'own',
          public: false,
          proxy_cache_filter_kind: 'doublestar',
          proxy_cache_filter_pattern: 'tools/**',
        },
      },
    },
    bad: {
      harbor: { url: 'https://harbor.example.com', version: '2.16' },
      registries: {
        own: {
          type: 'docker-registry',
          url: 'https://registry.example.com',
          credential: { access_key: 'bot', access_secret: { env: 'S' } },
        },
      },
      projects: { p: { registry: 'own', public: false } },
    },
  },
};
