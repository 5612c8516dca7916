import type { Extractor } from '../found';
import { imageAt, keyedLines } from '../lines';
import { variables } from '../words';
import { isImageKey } from '../yaml/scan-yaml';

/**
 * Environment and property files: variables named like images.
 *
 *      REGISTRY=docker.io
 *      WEB_IMAGE=${REGISTRY}/library/nginx:1.27      found, with the value of REGISTRY
 *      NGINX_VERSION=1.27                            not named like an image
 */
export const envFile: Extractor = {
  name: 'env-file',
  claims: (path) => /(?:^|\/)(?:\.env(?:\.[\w.-]+)?|[^/]+\.env|testcontainers\.properties)$/.test(path),
  extract(text, start) {
    const lines = keyedLines(text, start);
    const lookup = variables(text, new Map(lines.map(({ key, ...word }) => [key, word])));
    return { found: lines.filter(({ key }) => isImageKey(key)).flatMap((line) => imageAt(text, line, lookup, false)) };
  },
};
