import type { Extractor } from '../found';
import { scanHcl } from '../hcl/scan-hcl';

/** Nomad jobs: `config { image = "redis:7" }` of a task. Jobs in JSON are read as YAML of an unknown format. */
export const nomad: Extractor = {
  name: 'nomad',
  claims: (path, head) =>
    /\.nomad(?:\.hcl)?(?:\.(?:tmpl|tpl|j2))?$/.test(path) || (/\.hcl$/.test(path) && /^[ \t]*job[ \t]+"/m.test(head())),
  extract: (text, start) => scanHcl(text, start),
};
