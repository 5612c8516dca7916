import type { Extractor } from '../found';
import { scanYaml } from '../yaml/scan-yaml';

/**
 * Values of Helm charts, in any values file. Almost always in parts:
 *
 *      image: { registry: quay.io, repository: example/app, tag: v1 }      quay.io/example/app:v1
 *      sidecar: { image: { repository: alpine, tag: "" } }                 alpine, with a tag that the chart fills in
 */
export const helmValues: Extractor = {
  name: 'helm-values',
  claims: (path, head) =>
    /(?:^|\/)(?:[^/]*[._-])?values(?:[._-][^/]*)?\.ya?ml(?:\.gotmpl)?$/.test(path) && !/^apiVersion:/m.test(head()),
  extract: (text, start) => scanYaml(text, start, text.length, { weak: () => true }),
};
