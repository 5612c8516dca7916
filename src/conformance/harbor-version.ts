import { compareReleases } from '../release';

interface Span {
  /** The first version with it, such as `2.15.1`. */
  readonly since: string;
  /** The first version without it. */
  readonly until?: string;
}

/**
 * Differences between Harbor versions that checks depend on. This is the only place that knows versions: a check asks
 * for the feature, never for the version.
 */
const SPANS = {
  /** `max_upstream_conn`: further simultaneous cold pulls are refused with 429. */
  limitsUpstreamConnections: { since: '2.14.4' },
  /** `proxy_cache_local_on_not_found`: a tag that is gone upstream may be served from the cache. */
  localOnNotFound: { since: '2.15.1' },
  /** An image that the upstream deleted is deleted from the cache, too (goharbor/harbor#22175). */
  forgetsWhatIsGone: { since: '2.14', until: '2.15.1' },
  /**
   * The time of the last pull of an index is stored; in earlier versions retention saw the year 1
   * (goharbor/harbor#20844).
   */
  indexPullTime: { since: '2.15.1' },
  /** `proxy_cache_filter_pattern`. */
  repositoryFilter: { since: '2.16' },
  /** `proxy_referrer_api`. */
  proxiedReferrers: { since: '2.16' },
  /** A blob that is passed through has its length and digest (goharbor/harbor#23373). */
  blobHeaders: { since: '2.16' },
  /** A robot that is only named like the scanner's may not push (goharbor/harbor#23681). */
  scannerRobotByIdentity: { since: '2.16' },
} as const satisfies Readonly<Record<string, Span>>;

/** The name of a difference, for `hasFeature`. */
export type HarborFeature = keyof typeof SPANS;

/** All of them, so that one test covers each. */
export const HARBOR_FEATURES = Object.keys(SPANS) as readonly HarborFeature[];

/** Whether that Harbor has it; undefined for an unknown version: then a check reports and does not guess. */
export function hasFeature(version: string | undefined, feature: HarborFeature): boolean | undefined {
  if (version === undefined || !/^v?\d+\.\d+/.test(version)) return undefined;
  const { since, until }: Span = SPANS[feature];
  const isAtLeast = (release: string): boolean => compareReleases(version, release) >= 0;
  return isAtLeast(since) && (until === undefined || !isAtLeast(until));
}
