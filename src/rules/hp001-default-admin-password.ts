import { defaultSecret } from './default-secret';
import type { Rule } from './rule';

/**
 * Looks at every text of the stacks, not only at `env`: the password could also stand in a file that is uploaded or in
 * a command. A password that the host reads from a file is not in a stack, so it is not found here.
 */
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
