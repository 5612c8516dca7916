import type { Extractor } from '../found';
import { scanYaml } from '../yaml/scan-yaml';
import { kubernetesRules, mayNameImage } from './kubernetes';

/** YAML and JSON of unknown formats: only unambiguous images. */
export const yaml: Extractor = {
  name: 'yaml',
  claims: (path) =>
    /\.(?:ya?ml)(?:\.(?:j2|tmpl|tpl|template|gotmpl))?$/.test(path) ||
    (/\.json$/.test(path) && !/(?:^|\/)(?:package|package-lock|tsconfig[^/]*|composer|renovate)\.json$/.test(path)),
  extract: (text, start) => (mayNameImage(text) ? scanYaml(text, start, text.length, kubernetesRules) : { found: [] }),
};
