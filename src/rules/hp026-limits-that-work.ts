import { proxiesOf } from './declared';
import type { Rule } from './rule';

/** 1 Mbit/s: an image of 1 GiB takes more than two hours. */
const SLOWEST_KB = 1024;
/** The limit counts requests for one artifact: one client alone opens three. */
const FEWEST = 3;

/**
 * -1 is no limit. The message counts in kilobits: 1 GiB is 8,388,608 of them.
 *
 *      declared                   as people read it        as Harbor applies it
 *      proxy_speed_kb: 1024       1 MB/s                   1 Mbit/s, 128 KiB/s
 *      max_upstream_conn: 1       one client at a time     one request for an artifact; the next one gets 429
 */
export const hp026: Rule = {
  id: 'HP026',
  title: 'limits of a proxy cache are high enough',
  severity: 'low',
  why: 'proxy_speed_kb is in kilobits, not kilobytes, and above max_upstream_conn Harbor returns 429 to clients (goharbor/harbor#22348): with too low a limit pulls take hours or fail.',
  declared: {
    judge: (declared) =>
      proxiesOf(declared).flatMap(({ address, spec: { proxy_speed_kb: speed = -1, max_upstream_conn: most = -1 } }) => [
        ...(speed > 0 && speed < SLOWEST_KB
          ? [
              {
                address,
                field: 'proxy_speed_kb',
                message: `proxy_speed_kb: ${speed} kilobits a second: 1 GiB takes ${Math.round(8_388_608 / speed / 3600)} hours`,
                hint: 'declare at least 1024, or -1 for no limit',
              },
            ]
          : []),
        ...(most > 0 && most < FEWEST
          ? [
              {
                address,
                field: 'max_upstream_conn',
                message: `max_upstream_conn: ${most}: one client that pulls in parallel already gets 429`,
                hint: 'declare at least 3, or -1 for no limit',
              },
            ]
          : []),
      ]),
    good: {
      registries: { hub: { type: 'docker-hub', url: 'https://hub.docker.com' } },
      projects: { p: { registry: 'hub', proxy_speed_kb: 102400, max_upstream_conn: 50 } },
    },
    bad: {
      registries: { hub: { type: 'docker-hub', url: 'https://hub.docker.com' } },
      projects: { p: { registry: 'hub', proxy_speed_kb: 512, max_upstream_conn: 1 } },
    },
  },
};
