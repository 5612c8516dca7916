import { compact } from '../../compact';
import { ACCEPT_MANIFEST, header, manifestReference, parseImage, type Image } from '../../oci';
import type { PullContext } from '../model/context';
import { openUpstream } from './open-upstream';
import { namedImage } from './named-image';
import { timeBound } from './time-bound';

/** The remaining pulls that an upstream grants to one account or address. */
export interface RateLimit {
  readonly limit: number;
  readonly remaining: number;
  /** Window of `limit` in seconds; absent if the upstream does not return it. */
  readonly windowS?: number;
  /** Owner of the limit, as the upstream names it: an address or an account. */
  readonly source?: string;
}

const READING_TIMEOUT_MS = 10_000;
const MIN_LEFT = 20;
const LEFT_SHARE = 0.2;

/** `100;w=21600` is 100 in six hours; undefined if the upstream has no limit. */
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

/** This many pulls are left for real clients: a test run must not stop their pulls. */
export function reserveOf({ limit }: RateLimit): number {
  return Math.max(MIN_LEFT, LEFT_SHARE * limit);
}

/**
 * One HEAD with the project's own account: limits apply to an account, or to an address if there is none.
 * @param wanted an image that will be pulled
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

/** If the upstream has no image for this purpose, one that will be pulled is used. */
function previewOf({ name, origin }: PullContext['project'], wanted: string): Image {
  const preview = origin?.preview === undefined ? undefined : parseImage(origin.preview);
  return preview && 'value' in preview ? preview.value : namedImage(name, wanted).image;
}
