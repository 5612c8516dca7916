import { proxiesOf, specsOf } from './declared';
import type { Rule } from './rule';

/**
 * An empty cron is a schedule that is switched off. Without a declared proxy cache there is no finding: own images that
 * lost their last tag are what `delete_untagged` is for.
 */
export const hp046: Rule = {
  id: 'HP046',
  title: 'garbage collection keeps images that were pulled by digest',
  severity: 'medium',
  why: 'With delete_untagged each run deletes cached images that were pulled by digest, and the platforms of an index: clusters that pin digests lose their cache every night (goharbor/harbor#23570).',
  declared: {
    judge: (declared) => {
      if (proxiesOf(declared).length === 0) return [];
      return specsOf(declared, 'gc-schedule')
        .filter(({ spec }) => spec.delete_untagged === true && spec.cron !== '')
        .map(({ address }) => ({
          address,
          field: 'delete_untagged',
          message:
            'delete_untagged is on although there are proxy caches: images that were pulled by digest are deleted',
          hint: 'declare delete_untagged: false; retention deletes unused images',
        }));
    },
    good: {
      registries: { hub: { type: 'docker-hub', url: 'https://hub.docker.com' } },
      projects: { p: { registry: 'hub' } },
      schedules: { gc: { cron: '0 0 4 * * *', delete_untagged: false } },
    },
    bad: {
      registries: { hub: { type: 'docker-hub', url: 'https://hub.docker.com' } },
      projects: { p: { registry: 'hub' } },
      schedules: { gc: { cron: '0 0 4 * * *', delete_untagged: true } },
    },
  },
};
