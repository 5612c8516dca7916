import { proxiesOf, specsOf } from './declared';
import type { Rule } from './rule';

/**
 * The first pull goes through in any case, because Harbor checks only what is cached (docs/harbor-behavior.md 10.10).
 * That is why the mistake is noticed late.
 */
export const hp030: Rule = {
  id: 'HP030',
  title: 'projects that block vulnerable images are scanned',
  severity: 'high',
  why: 'prevent_vul refuses every cached image without a finished scan: without auto_scan or a scan schedule the second pull of every image fails (Harbor: server/middleware/vulnerable).',
  declared: {
    judge: (declared) => {
      const isScheduled = specsOf(declared, 'scan-all-schedule').some(({ spec }) => Boolean(spec.cron));
      return proxiesOf(declared)
        .filter(({ spec }) => spec.prevent_vul === true && spec.auto_scan !== true && !isScheduled)
        .map(({ address }) => ({
          address,
          field: 'prevent_vul',
          message: 'prevent_vul is on, but images are not scanned: the second pull of every image is refused',
          hint: 'declare auto_scan: true',
        }));
    },
    good: {
      registries: { hub: { type: 'docker-hub', url: 'https://hub.docker.com' } },
      projects: { p: { registry: 'hub', prevent_vul: true, severity: 'critical', auto_scan: true } },
    },
    bad: {
      registries: { hub: { type: 'docker-hub', url: 'https://hub.docker.com' } },
      projects: { p: { registry: 'hub', prevent_vul: true, severity: 'critical', auto_scan: false } },
    },
  },
};
