import { ACCEPT_MANIFEST, header, manifestReference, type RegistryClient } from '../oci';
import { isCachedNow } from './caching';
import type { ProjectCheck, ProjectContext } from './check';
import { openUpstream } from './checks/m6-upstream-digest';
import { namedImage } from './image-cache';
import type { Measure } from './outcome';

/** What an upstream still grants to one account or address. */
export interface RateLimit {
  readonly limit: number;
  readonly remaining: number;
  /** Whose limit it is, as the upstream names it: an address or an account. */
  readonly source?: string;
}

export interface Leave {
  /** Why the check must not pull now; absent: it may. */
  readonly refusal?: string;
  /** Of a reading that was just made. */
  readonly measure?: Measure;
}

/** Docker Hub shows its limit on this image, which costs nothing; of others the image is asked that is to be pulled. */
const PREVIEWS: Readonly<Record<string, { readonly repository: string; readonly reference: string }>> = {
  'registry-1.docker.io': { repository: 'ratelimitpreview/test', reference: 'latest' },
};
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
  return { limit: Number(most), remaining: Number(left), ...(source !== undefined && { source }) };
}

/** So much is left to those who work: a proof must not be what stops their pulls. */
export function reserveOf({ limit }: RateLimit): number {
  return Math.max(MIN_LEFT, LEFT_SHARE * limit);
}

/** The pulls that one run may take from upstreams that count them. Upstreams that do not count are not limited. */
export class RateBudget {
  private readonly readings = new Map<string, Promise<RateLimit | undefined>>();
  /** Taken since the reading, by upstream. */
  private readonly spent = new Map<string, number>();
  private readonly charged = new Map<string, number>();

  /** Checks of one project share what they pull: it is charged for the dearest of them, not for their sum. */
  async leave({ upstreamPulls = 0 }: ProjectCheck, context: ProjectContext): Promise<Leave> {
    const { project } = context;
    if (upstreamPulls === 0 || !project.proxy || !project.origin || project.images.length === 0) return {};
    const { url, credential } = project.origin;
    const key = `${url} ${credential?.username ?? ''}`;
    const isFirst = !this.readings.has(key);
    const reading = this.readings.get(key) ?? readRateLimit(context).catch(() => undefined);
    this.readings.set(key, reading);
    const limit = await reading;
    if (!limit) return {};
    const { host } = new URL(url);
    const measure: Measure = { name: 'upstream_ratelimit_remaining', of: host, value: limit.remaining };
    const pulls = upstreamPulls * project.images.length * (1 + project.platforms.length);
    const refusal = await this.take(key, limit, pulls, context);
    return { ...(isFirst && { measure }), ...(refusal !== undefined && { refusal: `${refusal} at ${host}` }) };
  }

  private async take(
    key: string,
    limit: RateLimit,
    pulls: number,
    context: ProjectContext,
  ): Promise<string | undefined> {
    const { name } = context.project;
    const more = pulls - (this.charged.get(name) ?? 0);
    if (more <= 0 || (await isAllCached(context))) return undefined;
    const left = limit.remaining - (this.spent.get(key) ?? 0);
    if (left - more < reserveOf(limit)) return describeRefusal(limit, left, more);
    this.spent.set(key, (this.spent.get(key) ?? 0) + more);
    this.charged.set(name, pulls);
    return undefined;
  }
}

function describeRefusal(limit: RateLimit, left: number, pulls: number): string {
  const of = limit.source === undefined ? '' : ` of ${limit.source}`;
  const kept = Math.ceil(reserveOf(limit));
  return `rate budget: up to ${pulls} pulls are needed, ${left} of ${limit.limit}${of} are left and ${kept} are kept back`;
}

/** What Harbor has costs the upstream a HEAD, which is not counted. */
async function isAllCached(context: ProjectContext): Promise<boolean> {
  for (const text of context.project.images)
    if ((await isCachedNow(context, namedImage(context.project.name, text))) !== true) return false;
  return true;
}

/** One HEAD as the project's own account: the limit is that of an account, and of an address where there is none. */
async function readRateLimit({ project, wire }: ProjectContext): Promise<RateLimit | undefined> {
  const upstream: RegistryClient = openUpstream(project.origin!);
  const { image } = namedImage(project.name, project.images[0]!);
  const own = { repository: image.repository, reference: manifestReference(image) };
  const { repository, reference } = PREVIEWS[upstream.url.host] ?? own;
  const deadline = AbortSignal.timeout(READING_TIMEOUT_MS);
  const signal = wire.signal ? AbortSignal.any([wire.signal, deadline]) : deadline;
  const path = `/v2/${repository}/manifests/${reference}`;
  try {
    const request = { method: 'HEAD' as const, path, headers: { accept: ACCEPT_MANIFEST } };
    const answer = await upstream.authorized(request, repository, { ...wire, signal });
    const [limit, remaining, source] = ['ratelimit-limit', 'ratelimit-remaining', 'docker-ratelimit-source'].map(
      (name) => header(answer, name),
    );
    return parseRateLimit(limit, remaining, source);
  } finally {
    await upstream.close();
  }
}
