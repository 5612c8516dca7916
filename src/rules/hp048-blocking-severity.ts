import { specsOf } from './declared';
import type { Rule } from './rule';

/**
 * For every project, not only for caches. `severity` is the lowest one that is refused: with `none` even an image
 * without findings reaches it. Not declared is no finding, because Harbor keeps what it has.
 */
export const hp048: Rule = {
  id: 'HP048',
  title: 'blocking has a severity',
  severity: 'high',
  why: 'With prevent_vul and severity: none every scanned image is refused, even without serious findings: the first pull is served, later ones are not (Harbor: server/middleware/vulnerable).',
  declared: {
    judge: (declared) =>
      specsOf(declared, 'project')
        .filter(({ spec }) => spec.prevent_vul === true && spec.severity === 'none')
        .map(({ address }) => ({
          address,
          field: 'severity',
          message: 'prevent_vul with severity: none refuses every scanned image as soon as it is cached',
          hint: 'declare the lowest severity to refuse, such as critical',
        })),
    good: {
      registries: { hub: { type: 'docker-hub', url: 'https://hub.docker.com' } },
      projects: { p: { registry: 'hub', prevent_vul: true, severity: 'critical', auto_scan: true } },
    },
    bad: {
      registries: { hub: { type: 'docker-hub', url: 'https://hub.docker.com' } },
      projects: { p: { registry: 'hub', prevent_vul: true, severity: 'none', auto_scan: true } },
    },
  },
};
