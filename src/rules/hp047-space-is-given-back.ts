import { specsOf } from './declared';
import type { Rule } from './rule';

/** One finding for the whole declaration, at the first retention: there is one garbage collection for all projects. */
export const hp047: Rule = {
  id: 'HP047',
  title: 'garbage collection runs after retention',
  severity: 'low',
  why: 'Retention only removes references; garbage collection frees the disk space (Harbor docs: garbage collection).',
  declared: {
    judge: (declared) => {
      const [first] = specsOf(declared, 'retention');
      if (!first || specsOf(declared, 'gc-schedule').some(({ spec }) => Boolean(spec.cron))) return [];
      return [
        {
          address: first.address,
          message:
            'retention is declared without scheduled garbage collection: what it deletes still uses space on the disk',
          hint: 'declare schedules.gc: { cron: "0 0 4 * * *" }',
        },
      ];
    },
    good: {
      registries: { hub: { type: 'docker-hub', url: 'https://hub.docker.com' } },
      projects: {
        p: {
          registry: 'hub',
          retention: {
            schedule: '0 0 3 * * *',
            rules: [
              { template: 'nDaysSinceLastPull', params: { nDaysSinceLastPull: 30 }, tags: '**', repositories: '**' },
            ],
          },
        },
      },
      schedules: { gc: { cron: '0 0 4 * * *' } },
    },
    bad: {
      registries: { hub: { type: 'docker-hub', url: 'https://hub.docker.com' } },
      projects: {
        p: {
          registry: 'hub',
          retention: {
            schedule: '0 0 3 * * *',
            rules: [
              { template: 'nDaysSinceLastPull', params: { nDaysSinceLastPull: 30 }, tags: '**', repositories: '**' },
            ],
          },
        },
      },
    },
  },
};
