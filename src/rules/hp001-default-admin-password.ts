import { defaultSecret } from './default-secret';
import type { Rule } from './rule';

export const hp001: Rule = {
  id: 'HP001',
  title: 'the admin does not have the default password',
  severity: 'critical',
  why: 'Harbor starts with Harbor12345 where nothing else is said, and it is the first thing that is tried (CVE-2026-4404; harbor.yml.tmpl).',
  check: defaultSecret(['Harbor12345'], 'the default password of admin', 'set harbor_admin_password on the host'),
};
