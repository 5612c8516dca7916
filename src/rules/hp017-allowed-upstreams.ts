import { matchesAddress } from '../plan/address-pattern';
import { organisationOf, specsOf, urlOf } from './declared';
import type { Rule } from './rule';

/**
 * Compares the host with its port, in lower case. `*` stands for any characters, also for dots. A URL without a host is
 * a finding unless a pattern is `*` alone: what cannot be read is not allowed.
 *
 *      allowed_upstreams      url                              finding
 *      "*.example.com"        https://a.b.example.com          none
 *      "*.example.com"        https://example.com              yes: there is no dot before it
 *      "*.example.com"        https://r.example.com:5000       yes: the port is part of the host
 */
export const hp017: Rule = {
  id: 'HP017',
  title: 'the organization allows every upstream',
  severity: 'high',
  why: 'Images of a cache are trusted like your own: an unapproved registry is an attack path (Harbor docs: configure proxy cache). Applies if rules.allowed_upstreams is declared.',
  declared: {
    looksAt: 'registry',
    judge: (declared) => {
      const { allowed_upstreams: allowed } = organisationOf(declared);
      if (!allowed) return [];
      return specsOf(declared, 'registry').flatMap(({ address, spec }) => {
        const host = urlOf(spec.url)?.host ?? '';
        if (allowed.some((form) => matchesAddress(form.toLowerCase(), host))) return [];
        return [
          {
            address,
            field: 'url',
            message: `${host === '' ? 'its host' : host} is not in rules.allowed_upstreams`,
            hint: `use an allowed registry (${allowed.slice(0, 5).join(', ')}), or get this one approved`,
          },
        ];
      });
    },
    good: {
      rules: { allowed_upstreams: ['hub.docker.com', '*.example.com'] },
      registries: {
        hub: { type: 'docker-hub', url: 'https://hub.docker.com' },
        own: { type: 'docker-registry', url: 'https://registry.example.com' },
      },
    },
    bad: {
      rules: { allowed_upstreams: ['*.example.com'] },
      registries: { evil: { type: 'docker-registry', url: 'https://registry.example.com.evil.test' } },
    },
  },
};
