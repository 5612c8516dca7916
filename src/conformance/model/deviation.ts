import type { Deviation } from './outcome';

/** Harbor stores an index re-serialised and cut to the children it has, so that it gets another digest. */
export const REWRITTEN_INDEX: Deviation = {
  title: 'Harbor stores a rewritten index under another digest',
  link: 'https://github.com/goharbor/harbor/issues/21818',
};

/** To a token that it refuses Harbor answers with a Basic challenge, or none. */
export const BASIC_AFTER_TOKEN: Deviation = {
  title: 'Harbor returns a Basic instead of a Bearer challenge for a broken token',
  link: 'https://github.com/goharbor/harbor/issues/18856',
};

/** HEAD of a blob never asks the upstream. */
export const UNCACHED_BLOB_HEAD: Deviation = {
  title: 'Harbor answers 404 to HEAD of a blob that is not cached',
  link: 'https://github.com/goharbor/harbor/issues/22609',
};

/** By tag Harbor asks the upstream first, and its client waits for half an hour. */
export const SILENT_UPSTREAM: Deviation = {
  title: 'Harbor waits for an unresponsive upstream before it serves a cached tag',
  link: 'https://github.com/goharbor/harbor/issues/17934',
};

/** What many want at once is fetched for each of them. */
export const THUNDERING_HERD: Deviation = {
  title: 'Harbor fetches a blob from upstream once for every client that waits for it, and once more to store it',
  link: 'https://github.com/goharbor/harbor/issues/22570',
};

/** Without a pull time an artifact looks as if it was never pulled. */
export const NO_INDEX_PULL_TIME: Deviation = {
  title: 'Harbor before 2.15.1 keeps no pull time of an index',
  link: 'https://github.com/goharbor/harbor/issues/20844',
};

/** Switched by proxy_cache_local_on_not_found since. */
export const FORGETS_WHAT_IS_GONE: Deviation = {
  title: 'Harbor 2.14.0 to 2.15.0 deletes from its cache what the upstream no longer has',
  link: 'https://github.com/goharbor/harbor/pull/22175',
};

/** From 2.16 with proxy_referrer_api the upstream is asked, too. */
export const HIDDEN_REFERRERS: Deviation = {
  title: 'Harbor before 2.16 lists only the referrers that it has stored, and hides those of the upstream',
  link: 'https://github.com/goharbor/harbor/issues/21451',
};

/** Until 2.16 the scanner's robots are told by their names alone. */
export const SCANNER_ROBOT_BY_NAME: Deviation = {
  title: 'Harbor before 2.16 lets a robot push if its name looks like that of the scanner',
  link: 'https://github.com/goharbor/harbor/issues/23681',
};

/** What passes through on its first pull is not looked at: the policy is asked only of what is stored. */
export const FIRST_PULL_NOT_REFUSED: Deviation = {
  title: 'Harbor does not apply the policy to the first pull of a proxied image',
  link: 'https://github.com/goharbor/harbor/issues/13242',
};

/** A mirror is an offer: where it refuses, the upstream is asked. */
export const MIRROR_BYPASSED: Deviation = {
  title: 'Docker pulls directly from the upstream what a mirror refuses',
  link: 'https://github.com/moby/moby/issues/30880',
};
