import { compact } from '../../compact';
import { askOrigin, clockSkew, type OriginFinding } from '../support/ask-origin';
import type { PullContext } from '../model/context';
import { oncePerKey } from '../../once';

type Asking = Pick<PullContext, 'project' | 'wire'>;

/** How many upstreams this machine contacted, and how many of them responded. */
export interface Reach {
  readonly asked: number;
  readonly reached: number;
  /** Those whose name did not resolve here. Default 0. */
  readonly unresolved?: number;
  /** Not even the upstreams of projects that pull well respond: then this machine is cut off. */
  readonly isOwn?: boolean;
}

const MAX_CLOCKS = 3;
/** Each counts as a pull. */
const MAX_GETS = 10;

/**
 * Probes upstreams from this machine after a failure: each once per run, however many projects and images failed,
 * unless its response depends on the image.
 */
export class UpstreamProbes {
  private readonly upstreams = new Map<string, Promise<OriginFinding | undefined>>();
  private readonly images = new Map<string, Promise<OriginFinding | undefined>>();
  private readonly gets = new Map<string, Promise<OriginFinding | undefined>>();

  /** @param text the image that failed, below the project */
  async ask(asking: Asking, text: string | undefined): Promise<OriginFinding | undefined> {
    if (!asking.project.origin || text === undefined) return undefined;
    const upstream = keyOf(asking);
    const ask = (): Promise<OriginFinding | undefined> =>
      oncePerKey(this.images, `${upstream} ${text}`, () => askOrigin(asking, text));
    const found = await oncePerKey(this.upstreams, upstream, ask);
    return found && !isOfImage(found) ? found : ask();
  }

  /**
   * The same with GET, which counts as a pull: an upstream may answer HEAD and fail for GET. Undefined after a few.
   */
  async get(asking: Asking, text: string): Promise<OriginFinding | undefined> {
    const key = `${keyOf(asking)} ${text}`;
    if (!this.gets.has(key) && this.gets.size >= MAX_GETS) return undefined;
    return oncePerKey(this.gets, key, () => askOrigin(asking, text, 'GET'));
  }

  /** Seconds by which the clocks of a few upstreams are ahead of this machine's. */
  async skews(askings: readonly Asking[]): Promise<readonly number[]> {
    const found = await Promise.all(askings.slice(0, MAX_CLOCKS).map((asking) => clockSkew(asking)));
    return found.filter((skew) => skew !== undefined);
  }

  async reach(): Promise<Reach> {
    const found = (await Promise.all(this.upstreams.values())).filter((one) => one !== undefined);
    // One that sends clients elsewhere for a token has answered.
    const reached = found.filter((one) => one.state === 'answers' || one.elsewhere !== undefined).length;
    const unresolved = found.filter((one) => one.state === 'unreachable' && one.code === 'NETWORK_DNS').length;
    return compact({ asked: found.length, reached, unresolved: unresolved > 0 ? unresolved : undefined });
  }
}

/** Two registries may have the same account at one upstream, and one of them an old secret. */
function keyOf({ project: { origin, registry = '' } }: Asking): string {
  const login = origin?.credential === undefined ? '' : ` ${origin.credential.username} ${registry}`;
  return `${origin?.url ?? ''}${login}`;
}

/** Registries return 401 and 403 for a repository that does not exist or that this account may not read. */
function isOfImage(found: OriginFinding): boolean {
  return found.state === 'answers' && found.status !== 429 && found.status < 500;
}
