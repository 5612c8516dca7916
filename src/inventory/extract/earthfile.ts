import type { Extractor } from '../found';
import { noVariables } from '../interpolate';
import { manifestLines } from '../shell/manifest-lines';

/** Earthfiles: `FROM` with an image; `FROM +target` refers to a target. */
export const earthfile: Extractor = {
  name: 'earthfile',
  claims: (path) => /(?:^|\/)Earthfile$/.test(path),
  extract: (text, start) => ({ found: manifestLines(text, { start, end: text.length }, noVariables) }),
};
