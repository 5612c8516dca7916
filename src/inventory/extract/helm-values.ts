import type { Extractor } from '../found';
import { scanYaml } from '../yaml/scan-yaml';

/** Values of Helm charts, in any values file. */
export const helmValues: Extractor = {
  name: 'helm-values',
  claims: (path, head) =>
    /(?:^|\/)(?:[^/]*[._-])?values(?:[._-][^/]*)?\.ya?ml(?:\.gotmpl)?$/.test(path) && !/^apiVersion:/m.test(head()),
  extract: (text, start) => scanYaml(text, start, text.length, { weak: () => true }),
};
