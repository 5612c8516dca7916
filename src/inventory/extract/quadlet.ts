import type { Extractor } from '../found';
import { noVariables } from '../interpolate';
import { imageAt, keyedLines } from '../lines';

/**
 * Podman's units: `Image=` names an image, unless it names another unit (`.image`, `.build`).
 *
 *      [Container]
 *      Image=docker.io/library/nginx:1.27        found
 *      Image=web.image                           the unit web.image, whose own `Image=` is found there
 */
export const quadlet: Extractor = {
  name: 'quadlet',
  claims: (path, head) =>
    /\.(?:container|image|volume|pod|kube|build)(?:\.d\/[^/]+\.conf)?(?:\.j2)?$/.test(path) &&
    /^\[(?:Container|Image|Volume|Pod|Kube|Build)\]/m.test(head()),
  extract: (text, start) => ({
    found: keyedLines(text, start)
      .filter(({ key }) => key === 'Image')
      .flatMap((line) => imageAt(text, line, noVariables, true)),
  }),
};
