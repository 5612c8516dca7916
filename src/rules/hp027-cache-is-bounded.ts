import { proxiesOf, specsByProject } from './declared';
import type { Rule } from './rule';

/**
 * Both have to be declared. If they are, an unlimited quota is a finding only if the retention deletes nothing either.
 *
 *      retention              storage_limit      finding
 *      missing                any                yes: Harbor creates one of 7 days (docs/harbor-behavior.md 5.4)
 *      any                    missing            yes
 *      deletes                -1                 none: the retention bounds the cache
 *      deletes nothing (*)    -1                 yes: nothing bounds it
 *      deletes nothing (*)    500GiB             none here; a full cache stops storing (docs/harbor-behavior.md 7.2)
 *      (*) schedule: '' or rules: []
 */
export const hp027: Rule = {
  id: 'HP027',
  title: 'every proxy cache declares its retention and its quota',
  severity: 'medium',
  why: 'By default Harbor creates a retention of 7 days for each new proxy project and no quota: images disappear early, or the disk fills up (Harbor: server/v2.0/handler/project.go).',
  declared: {
    judge: (declared) => {
      const retentions = specsByProject(declared, 'retention');
      const quotas = specsByProject(declared, 'quota');
      const idle = (name: string): boolean =>
        (retentions.get(name) ?? []).some(({ spec }) => spec.schedule === '' || spec.rules?.length === 0);
      const unlimited = (name: string) =>
        (quotas.get(name) ?? [])
          .filter(({ spec }) => spec.storage_limit === -1 && idle(name))
          .map(() => ({
            message: 'its storage_limit is unlimited and its retention deletes nothing: the disk fills up',
            hint: 'declare a limit, such as 500GiB, or a retention with a schedule and rules',
          }));
      return proxiesOf(declared).flatMap(({ address, spec: { name } }) => {
        const missing = [
          ...(retentions.has(name) ? [] : ['retention']),
          ...(quotas.has(name) ? [] : ['storage_limit']),
        ];
        if (missing.length === 0) return unlimited(name).map((quota) => ({ ...quota, address }));
        return [
          {
            address,
            message: `it declares no ${missing.join(' and no ')}`,
            hint: 'declare both, or set them in defaults.project',
          },
        ];
      });
    },
    good: {
      registries: { hub: { type: 'docker-hub', url: 'https://hub.docker.com' } },
      projects: {
        p: {
          registry: 'hub',
          storage_limit: '500GiB',
          retention: {
            schedule: '0 0 3 * * *',
            rules: [
              { template: 'nDaysSinceLastPull', params: { nDaysSinceLastPull: 30 }, tags: '**', repositories: '**' },
            ],
          },
        },
      },
    },
    bad: {
      registries: { hub: { type: 'docker-hub', url: 'https://hub.docker.com' } },
      projects: { p: { registry: 'hub' } },
    },
  },
};
