import { compact } from '../../compact';
import { isDigest, manifestReference } from '../../oci';
import { isCachedNow } from '../pull/caching';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { namedImage } from '../pull/named-image';
import type { Measure } from '../model/outcome';
import { oncePerKey } from '../../once';
import { readRateLimit, reserveOf, type RateLimit } from '../pull/rate-limit';

/** The answer to "may this check pull now?". Without a limit at the upstream it is always yes. */
export interface Leave {
  /** Why the check must not pull now; absent if it may. */
  readonly refusal?: string;
  /** The reading that was just made. */
  readonly measure?: Measure;
  /** What it leaves out, because another project pulls the same from the same upstream. */
  readonly duplicates: readonly Duplicate[];
}

/** An image that is left out here, because it is pulled elsewhere in this run. */
export interface Duplicate {
  /** As declared: `library/alpine:3.20`. */
  readonly text: string;
  readonly digest: string;
  /** The project that pulls it in this run. */
  readonly project: string;
}

/** What is known about one image before it is pulled. */
interface Inspected {
  readonly text: string;
  readonly isCached: boolean;
  /** Digest that clients would get now; absent if Harbor returned none. */
  readonly digest?: string;
  /** Equal for identical content at an upstream, whatever its tag and project. */
  readonly identity?: string;
}

/** The response of an upstream with a limit, and the number of reserved pulls. */
export interface RateReading {
  readonly host: string;
  readonly limit: number;
  readonly remaining: number;
  readonly spent: number;
}

interface Claim {
  readonly project: string;
  readonly platforms: readonly string[];
}

const FREE: Leave = { duplicates: [] };

/**
 * The pulls that one run may use at upstreams with a limit. Other upstreams are not limited.
 *
 *      remaining at the first reading          100
 *      - charged to checks of this run        - 46    (GETs of manifests; cached images are free)
 *      = left                                  = 54
 *      - needed by the next check              - 36
 *      must not go below the reserve           20     (20 pulls, or a fifth of the limit if that is more)
 *
 * Here the check does not run: 54 - 36 is less than 20. It is skipped with these numbers as its message. The limit
 * belongs to an account, so one key is the upstream together with the user name.
 */
export class RateBudget {
  private readonly readings = new Map<string, Promise<RateLimit | undefined>>();
  private readonly inspections = new Map<string, Promise<Inspected>>();
  /** Pulls since the reading, by upstream. */
  private readonly spent = new Map<string, number>();
  /** Pulls for an image, by project and image. */
  private readonly charged = new Map<string, number>();
  /** Which project pulls what, by identity. */
  private readonly claims = new Map<string, Claim>();

  /** Checks of one project share their pulls: the most expensive one is charged, not their sum. */
  async leave({ upstreamPulls = 0, pulls }: ProjectCheck, context: ProjectContext): Promise<Leave> {
    const { project } = context;
    const wanted = pulls?.(project) ?? project.images;
    if (upstreamPulls === 0 || !project.proxy || !project.origin || wanted.length === 0) return FREE;
    const { url, credential } = project.origin;
    const key = `${url} ${credential?.username ?? ''}`;
    const isFirst = !this.readings.has(key);
    const limit = await oncePerKey(this.readings, key, () => readRateLimit(context, wanted[0]!).catch(() => undefined));
    if (!limit) return FREE;
    const { host } = new URL(url);
    const measure: Measure = { name: 'upstream_ratelimit_remaining', of: host, value: limit.remaining };
    const images = await this.inspect(key, wanted, context);
    const duplicates = pulls ? [] : images.flatMap((image) => this.duplicateOf(image, project) ?? []);
    const own = images.filter(({ text, isCached }) => !isCached && !duplicates.some((one) => one.text === text));
    const refusal = this.take(key, limit, own, upstreamPulls * (1 + project.platforms.length), project);
    return compact({
      measure: isFirst ? measure : undefined,
      refusal: refusal === undefined ? undefined : `${refusal} at ${host}`,
      duplicates,
    });
  }

  /** The responses of upstreams with a limit, for the cost of the run. */
  async readingsSoFar(): Promise<readonly RateReading[]> {
    const all = await Promise.all([...this.readings].map(async ([key, reading]) => [key, await reading] as const));
    return all.flatMap(([key, found]) => {
      if (!found) return [];
      const { limit, remaining } = found;
      return { host: new URL(key.split(' ')[0]!).host, limit, remaining, spent: this.spent.get(key) ?? 0 };
    });
  }

  /** Nothing is awaited between looking up a claim and making one, so two projects never pull the same image. */
  private take(
    key: string,
    limit: RateLimit,
    images: readonly Inspected[],
    pullsAnImage: number,
    { name, platforms }: ProjectContext['project'],
  ): string | undefined {
    const paid = ({ text }: Inspected): number => this.charged.get(`${name} ${text}`) ?? 0;
    const more = images.reduce((sum, image) => sum + Math.max(0, pullsAnImage - paid(image)), 0);
    if (more === 0) return undefined;
    const spent = this.spent.get(key) ?? 0;
    const left = limit.remaining - spent;
    if (left - more < reserveOf(limit)) return describeRefusal(limit, left, more);
    this.spent.set(key, spent + more);
    for (const image of images) {
      this.charged.set(`${name} ${image.text}`, Math.max(pullsAnImage, paid(image)));
      if (image.identity !== undefined) this.claims.set(image.identity, { project: name, platforms });
    }
    return undefined;
  }

  private duplicateOf(
    { text, digest, identity = '', isCached }: Inspected,
    { name, platforms }: ProjectContext['project'],
  ): Duplicate | undefined {
    const claim = this.claims.get(identity);
    if (isCached || !claim || digest === undefined || claim.project === name) return undefined;
    const isCovered = platforms.every((platform) => claim.platforms.includes(platform));
    return isCovered ? { text, digest, project: claim.project } : undefined;
  }

  private inspect(key: string, images: readonly string[], context: ProjectContext): Promise<readonly Inspected[]> {
    return Promise.all(
      images.map((text) => {
        const place = `${context.project.name} ${text}`;
        return oncePerKey(this.inspections, place, () => inspect(key, text, context));
      }),
    );
  }
}

function describeRefusal(limit: RateLimit, left: number, pulls: number): string {
  const of = limit.source === undefined ? '' : ` of ${limit.source}`;
  const kept = Math.ceil(reserveOf(limit));
  return `rate budget: up to ${pulls} pulls are needed, ${left} of ${limit.limit}${of} are left and ${kept} are reserved`;
}

/**
 * For cached content, Harbor sends the upstream only a HEAD, which does not count; asking Harbor for the digest of a
 * tag does not count either.
 */
async function inspect(key: string, text: string, context: ProjectContext): Promise<Inspected> {
  const named = namedImage(context.project.name, text);
  if ((await isCachedNow(context, named)) === true) return { text, isCached: true };
  const { repository, digest: declared } = named.image;
  const digest = declared ?? (await digestOf(context, named.name, manifestReference(named.image)));
  if (digest === undefined) return { text, isCached: false };
  return { text, isCached: false, digest, identity: `${key} ${repository}@${digest}` };
}

async function digestOf({ puller, wire }: ProjectContext, name: string, tag: string): Promise<string | undefined> {
  const { status, headerDigest = '' } = await puller.manifest('HEAD', name, tag, wire);
  return status === 200 && isDigest(headerDigest) ? headerDigest : undefined;
}
