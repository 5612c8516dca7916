import { proxiesOf } from './declared';
import type { Rule } from './rule';

export const hp028: Rule = {
  id: 'HP028',
  title: 'what an upstream has deleted is not served on, unless somebody decided so',
  severity: 'low',
  why: 'With proxy_cache_local_on_not_found Harbor serves a tag that the upstream has withdrawn, for example because it was malicious (goharbor/harbor#22153).',
  declared: {
    judge: (declared) =>
      proxiesOf(declared)
        .filter(({ spec }) => spec.proxy_cache_local_on_not_found === true)
        .map(({ address }) => ({
          address,
          field: 'proxy_cache_local_on_not_found',
          message: 'what its upstream deletes is served on from the cache',
          hint: 'declare proxy_cache_local_on_not_found: false; waive it where builds must outlive the upstream',
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
