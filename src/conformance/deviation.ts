import type { Deviation } from './outcome';

/** Harbor stores an index re-serialised and cut to the children it has, so that it gets another digest. */
export const REWRITTEN_INDEX: Deviation = {
  title: 'Harbor stores a rewritten index under another digest',
  link: 'https://github.com/goharbor/harbor/issues/21818',
};

/** To a token that it refuses Harbor answers with a Basic challenge, or none. */
export const BASIC_AFTER_TOKEN: Deviation = {
  title: 'Harbor offers Basic, not Bearer, to whoever sends a broken token',
  link: 'https://github.com/goharbor/harbor/issues/18856',
};

/** HEAD of a blob never asks the upstream. */
export const UNCACHED_BLOB_HEAD: Deviation = {
  title: 'Harbor answers 404 to HEAD of a blob that is not cached',
  link: 'https://github.com/goharbor/harbor/issues/22609',
};
