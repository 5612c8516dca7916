import type { Extractor } from '../found';
import { scanHcl } from '../hcl/scan-hcl';

/** Bake files: named contexts and build arguments that are images; `tags` are built images. */
export const bake: Extractor = {
  name: 'bake',
  claims: (path) => /(?:^|\/)[^/]*docker-bake[^/]*\.hcl$/.test(path),
  extract: (text, start) => scanHcl(text, start),
};
