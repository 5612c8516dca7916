import { compact } from '../../compact';
import { ACCEPT_MANIFEST, header, manifestReference, parseImage, type Image } from '../../oci';
import type { PullContext } from '../model/context';
import { openUpstream } from '../support/open-upstream';
import { namedImage } from '../pull/named-image';
import { timeBound } from '../run/time-bound';

/** What an upstream still grants to one account or address. */
export interface RateLimit {
  readonly limit: number;
  readonly remaining: number;
  /** Seconds in which `limit` may be used; absent where the upstream does not say. */
  readonly windowS?: number;
  /** Whose limit it is, as the upstream names it: an address or an account. */
  readonly source?: string;
}

const READING_TIMEOUT_MS = 10_000;
const MIN_LEFT = 20;
const LEFT_SHARE = 0.2;

/** `100;w=21600` is 100 in six hours; undefined where the upstream does not count. */
export function parseRateLimit(
  limit: string | undefined,
  remaining: string | undefined,
  source?: string,
): RateLimit | undefined {
  const [most, left] = [limit, remaining].map((value) => /^\s*(\d{1,9})\s*(?:;|$)/.exec(value ?? '')?.[1]);
  if (most === undefined || left === undefined) return undefined;
  const window = /;\s*w\s*=\s*(\d{1,9})/.exec(limit ?? '')?.[1];
  const windowS = window === undefined ? undefined : Number(window);
  return compact({ limit: Number(most), remaining: Number(left), windowS, source });
}

/** So much is left to those who work: a proof must not be what stops their pulls. */
export function reserveOf({ limit }: RateLimit): number {
  return Math.max(MIN_LEFT, LEFT_SHARE * limit);
}

/**
 * One HEAD as the project's own account: the limit is that of an account, and of an address where there is none.
 * @param wanted an image that is to be pulled
 */
export async function readRateLimit({ project, wire }: PullContext, wanted: string): Promise<RateLimit | undefined> {
  const upstream = openUpstream(project.origin!);
  const image = previewOf(project, wanted);
  const { signal, release } = timeBound(READING_TIMEOUT_MS, wire.signal);
  const path = `/v2/${image.repository}/manifests/${manifestReference(image)}`;
  try {
    const request = { method: 'HEAD' as const, path, headers: { accept: ACCEPT_MANIFEST } };
    const answer = await upstream.authorized(request, image.repository, { ...wire, signal });
    const [limit, remaining, source] = ['ratelimit-limit', 'ratelimit-remaining', 'docker-ratelimit-source'].map(
      (name) => header(answer, name),
    );
    return parseRateLimit(limit, remaining, source);
  } finally {
    release();
    await upstream.close();
  }
}

/** Where the upstream has no image for this purpose, the one is asked for that is to be pulled. */
function previewOf({ name, origin }: PullContext['project'], wanted: string): Image {
  const preview = origin?.preview === undefined ? undefined : parseImage(origin.preview);
  return preview && 'value' in preview ? preview.value : namedImage(name, wanted).image;
}
