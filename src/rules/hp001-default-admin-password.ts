import { defaultSecret } from './default-secret';
import type { Rule } from './rule';

export const hp001: Rule = {
  id: 'HP001',
  title: 'admin does not have the default password',
  severity: 'critical',
  why: 'Harbor12345 is the default, and the first password that an attacker tries (CVE-2026-4404; harbor.yml.tmpl).',
  deployed: {
    judge: defaultSecret(['Harbor12345'], 'the default password of admin', 'set harbor_admin_password on the host'),
    good: { docker_container: { core: { env: ['LOG_LEVEL=info'] } } },
    bad: { docker_container: { core: { env: ['HARBOR_ADMIN_PASSWORD=Harbor12345'] } } },
  },
};
