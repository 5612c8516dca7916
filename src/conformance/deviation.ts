import type { Deviation } from './outcome';

/** Harbor stores an index re-serialised and cut to the children it has, so that it gets another digest. */
export const REWRITTEN_INDEX: Deviation = {
  title: 'Harbor stores a rewritten index under another digest',
  link: 'https://github.com/goharbor/harbor/issues/21818',
};
