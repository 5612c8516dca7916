import type { Deviation } from './outcome';

/** Harbor stores an index re-serialized with only the children it has, so it gets another digest. */
export const REWRITTEN_INDEX: Deviation = {
  title: 'Harbor stores a rewritten index under another digest',
  link: 'https://github.com/goharbor/harbor/issues/21818',
};

/** For a token that it refuses Harbor returns a Basic challenge, or none. */
export const BASIC_AFTER_TOKEN: Deviation = {
  title: 'Harbor returns a Basic instead of a Bearer challenge for a broken token',
  link: 'https://github.com/goharbor/harbor/issues/18856',
};

/** HEAD of a blob never contacts the upstream. */
export const UNCACHED_BLOB_HEAD: Deviation = {
  title: 'Harbor returns 404 for HEAD of a blob that is not cached',
  link: 'https://github.com/goharbor/harbor/issues/22609',
};

/** For a tag Harbor contacts the upstream first, and its client waits for half an hour. */
export const SILENT_UPSTREAM: Deviation = {
  title: 'Harbor waits for an unresponsive upstream before it serves a cached tag',
  link: 'https://github.com/goharbor/harbor/issues/17934',
};

/** Simultaneous pulls of the same content are fetched once for each of them. */
export const THUNDERING_HERD: Deviation = {
  title: 'Harbor fetches a blob from upstream once for every client that waits for it, and once more to store it',
  link: 'https://github.com/goharbor/harbor/issues/22570',
};

/** Without a pull time an artifact looks as if it was never pulled. */
export const NO_INDEX_PULL_TIME: Deviation = {
  title: 'Harbor before 2.15.1 keeps no pull time of an index',
  link: 'https://github.com/goharbor/harbor/issues/20844',
};

/** Since then switched by proxy_cache_local_on_not_found. */
export const FORGETS_WHAT_IS_GONE: Deviation = {
  title: 'Harbor 2.14.0 to 2.15.0 deletes from its cache what the upstream no longer has',
  link: 'https://github.com/goharbor/harbor/pull/22175',
};

/** From 2.16 on, with proxy_referrer_api, the upstream is queried, too. */
export const HIDDEN_REFERRERS: Deviation = {
  title: 'Harbor before 2.16 lists only the referrers that it has stored, and hides those of the upstream',
  link: 'https://github.com/goharbor/harbor/issues/21451',
};

/** Until 2.16 the scanner's robots are recognized by their names alone. */
export const SCANNER_ROBOT_BY_NAME: Deviation = {
  title: 'Harbor before 2.16 lets a robot push if its name looks like that of the scanner',
  link: 'https://github.com/goharbor/harbor/issues/23681',
};

/** The first pull passes through unchecked: the policy only applies to stored images. */
export const FIRST_PULL_NOT_REFUSED: Deviation = {
  title: 'Harbor does not apply the policy to the first pull of a proxied image',
  link: 'https://github.com/goharbor/harbor/issues/13242',
};

/** A mirror is optional for clients: if it refuses, they use the upstream. */
export const MIRROR_BYPASSED: Deviation = {
  title: 'Docker pulls directly from the upstream what a mirror refuses',
  link: 'https://github.com/moby/moby/issues/30880',
};
