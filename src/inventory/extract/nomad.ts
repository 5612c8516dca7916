import type { Extractor } from '../found';
import { scanHcl } from '../hcl/scan-hcl';

/** Nomad jobs. */
export const nomad: Extractor = {
  name: 'nomad',
  claims: (path, head) =>
    /\.nomad(?:\.hcl)?(?:\.(?:tmpl|tpl|j2))?$/.test(path) || (/\.hcl$/.test(path) && /^\s*job\s+"/m.test(head())),
  extract: (text, start) => scanHcl(text, start),
};
