import { proxiesOf } from './declared';
import type { Rule } from './rule';

/**
 * While the upstream cannot be reached, Harbor serves the cached copy in any case (docs/harbor-behavior.md 10.2). This
 * setting is about a 404.
 */
export const hp028: Rule = {
  id: 'HP028',
  title: 'images that an upstream deleted are no longer served',
  severity: 'low',
  why: 'With proxy_cache_local_on_not_found Harbor serves a tag that the upstream has withdrawn, for example because it was malicious (goharbor/harbor#22153).',
  declared: {
    judge: (declared) =>
      proxiesOf(declared)
        .filter(({ spec }) => spec.proxy_cache_local_on_not_found === true)
        .map(({ address }) => ({
          address,
          field: 'proxy_cache_local_on_not_found',
          message: 'images that the upstream deleted are still served from the cache',
          hint: 'declare proxy_cache_local_on_not_found: false; add a waiver if builds must still work when an upstream deletes images',
        })),
    good: {
      registries: { hub: { type: 'docker-hub', url: 'https://hub.docker.com' } },
      projects: { p: { registry: 'hub', proxy_cache_local_on_not_found: false } },
    },
    bad: {
      registries: { hub: { type: 'docker-hub', url: 'https://hub.docker.com' } },
      projects: { p: { registry: 'hub', proxy_cache_local_on_not_found: true } },
    },
  },
};
