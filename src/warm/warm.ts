import { setTimeout as sleep } from 'node:timers/promises';
import type { Caching, CachePuller, ProjectTarget, RateLimit, WarmedPull } from '../conformance';
import { BreakwaterError } from '../errors';
import { HOUR_MS, Pace } from './pace';
import { isDone, type WarmRecord } from './state';
import { keyOf, type LeftOut, type Wish } from './wish';

/** `puller` is the only way to Harbor and the upstreams, so that tests need neither. */
export interface WarmOptions {
  readonly harbor: string;
  readonly projects: ReadonlyMap<string, ProjectTarget>;
  /** In the order in which they are pulled. */
  readonly wishes: readonly Wish[];
  /** What earlier runs did. */
  readonly before: readonly WarmRecord[];
  /** Pulls per hour and upstream. Absent: the limit that the upstream announces, or DEFAULT_RATE. */
  readonly perHour?: number;
  /** Pulls reserved for others. Absent: a fifth of the upstream's limit, at least 20. */
  readonly floor?: number;
  /** Absent: the platforms of the project. */
  readonly platforms?: readonly string[];
  /** Factor for Harbor's waits and the length of an hour; 1 for a real Harbor. */
  readonly timeScale: number;
  readonly signal: AbortSignal;
  readonly puller: CachePuller;
  /** Stored permanently before the next image is pulled. */
  readonly record: (record: WarmRecord) => void;
  readonly on: (event: WarmEvent) => void;
}

/** `ms` of `waiting` is in time of a real Harbor, whatever `timeScale` is. */
export type WarmEvent =
  | { readonly type: 'warmed'; readonly record: WarmRecord; readonly done: number; readonly total: number }
  | { readonly type: 'waiting'; readonly upstream: string; readonly ms: number; readonly why: string };

/** A wish may be both in `records` and in `open`: it was limited, and not reached again. */
export interface Warmed {
  /** Of this run. */
  readonly records: readonly WarmRecord[];
  /** Done by earlier runs. */
  readonly earlier: number;
  /** Not reached: because the run was stopped, or because of the upstream's limit. */
  readonly open: readonly Wish[];
  readonly left: readonly LeftOut[];
  /** Number of images that a limit of the run excludes. */
  readonly beyond: number;
}

/** Pulls per hour from an upstream that announces no limit. */
export const DEFAULT_RATE = 100;
/** A share of the announced limit, to tolerate clock differences. */
const SHARE = 0.9;
/** How long an upstream gets no requests after a refusal, or when only the reserve is left. */
const PAUSE_MS = 15 * 60_000;
const MOST_PAUSES = 50;
/** In a row. */
const MOST_FAILURES = 5;
/** The limit is read again after this many pulls, because others use it, too. */
const READ_AGAIN_AFTER = 10;
/** Images that wait until Harbor has stored them, while the next ones are pulled. */
const MOST_WAITING = 20;
const MIN_FLOOR = 20;
const FLOOR_SHARE = 0.2;

/**
 * Pulls the wanted images through the cache, one image after the other for each upstream, upstreams in parallel.
 * One image in the lane of its upstream:
 *
 *     stored in Harbor already? ──► already
 *     limit of the upstream, every 10 pulls: is more than the reserve left? ──► no: wait 15 min, same image again
 *     wait for the pace
 *     pull index and platforms ──► 429 ──► limited, wait 15 min, same image again
 *                              ──► another problem ──► failed, next image
 *     wait until Harbor has stored it, while the next image is pulled (at most 20 such waits)
 *                              ──► stored | not-stored | pulled | unknown
 */
export async function warm(options: WarmOptions): Promise<Warmed> {
  const { wishes, before } = options;
  const done = new Set(before.filter(isDone).map(keyOf));
  const todo = wishes.filter((wish) => !done.has(keyOf(wish)));
  const records: WarmRecord[] = [];
  const note = (record: WarmRecord): void => {
    records.push(record);
    options.record(record);
    options.on({ type: 'warmed', record, done: records.length, total: todo.length });
  };
  const open = await Promise.all(
    [...byUpstream(options, todo)].map(([upstream, own]) => new Lane(options, upstream, note).run(own)),
  );
  return { records, earlier: wishes.length - todo.length, open: open.flat(), left: [], beyond: 0 };
}

/** Projects with the same upstream share its limit. */
function byUpstream({ projects }: WarmOptions, wishes: readonly Wish[]): Map<string, Wish[]> {
  const lanes = new Map<string, Wish[]>();
  for (const wish of wishes) {
    const upstream = upstreamOf(projects.get(wish.project));
    lanes.set(upstream, [...(lanes.get(upstream) ?? []), wish]);
  }
  return lanes;
}

function upstreamOf(project: ProjectTarget | undefined): string {
  const { origin, registry = '' } = project ?? {};
  return origin ? new URL(origin.url).host : registry;
}

/** The pulls of one upstream. */
class Lane {
  private readonly pace: Pace;
  private limit: RateLimit | undefined;
  /** Pulls since the limit was read. */
  private spent = Infinity;
  private pauses = 0;
  private failures = 0;
  private readonly waiting = new Set<Promise<void>>();

  constructor(
    private readonly options: WarmOptions,
    private readonly upstream: string,
    private readonly note: (record: WarmRecord) => void,
  ) {
    const { platforms = [], projects } = options;
    const most = Math.max(platforms.length, ...[...projects.values()].map((project) => project.platforms.length));
    this.pace = new Pace(options.perHour ?? DEFAULT_RATE, { hourMs: HOUR_MS * options.timeScale, atOnce: 1 + most });
    for (const { project, pulls, at } of options.before)
      if (pulls > 0 && upstreamOf(options.projects.get(project)) === upstream) this.pace.spend(pulls, Date.parse(at));
  }

  /** @returns images that were not reached */
  async run(wishes: readonly Wish[]): Promise<readonly Wish[]> {
    const open = [...wishes];
    try {
      while (open.length > 0 && !this.options.signal.aborted && this.pauses < MOST_PAUSES) {
        if (await this.tryOne(open[0]!)) open.shift();
      }
    } catch (error) {
      if (!this.options.signal.aborted) throw error;
    }
    await Promise.all(this.waiting);
    return open;
  }

  /**
   * A temporarily unreachable Harbor costs one image, which the next run tries again.
   * Six errors in a row end the run: then it is not one image that is broken.
   */
  private async tryOne(wish: Wish): Promise<boolean> {
    try {
      const isSettled = await this.pullOne(wish);
      this.failures = 0;
      return isSettled;
    } catch (error) {
      this.failures += 1;
      if (!(error instanceof BreakwaterError) || this.options.signal.aborted || this.failures > MOST_FAILURES)
        throw error;
      this.note(this.recordOf(wish, { outcome: 'failed', why: error.message }));
      return true;
    }
  }

  /**
   * False if it has to be tried again later.
   * An index counts one pull, and each of its platforms another one: that is what upstreams count.
   */
  private async pullOne(wish: Wish): Promise<boolean> {
    const { puller, projects } = this.options;
    const project = projects.get(wish.project)!;
    if (await puller.isStored(project, wish.image)) {
      this.note(this.recordOf(wish, { outcome: 'already' }));
      return true;
    }
    const platforms = this.options.platforms ?? project.platforms;
    if (!(await this.hasLeave(project, wish, 1 + platforms.length))) return false;
    const pulled = await puller.pull(project, wish.image, platforms);
    if (this.options.signal.aborted && pulled.problems.length > 0) return false;
    const pulls = pulled.digest === '' ? 1 : pulled.isIndex ? 1 + pulled.leaves.length : 1;
    this.pace.spend(pulls, Date.now());
    this.spent += pulls;
    if (pulled.isLimited && pulled.problems.length > 0) {
      this.note(this.recordOf(wish, { outcome: 'limited', pulls, why: pulled.problems[0]! }));
      await this.pause('the upstream or Harbor returned 429');
      return false;
    }
    if (pulled.problems.length > 0) {
      const { bytes } = pulled;
      this.note(this.recordOf(wish, { outcome: 'failed', pulls, bytes, why: pulled.problems.join('; ') }));
      return true;
    }
    await this.awaitStored(project, wish, pulled, pulls);
    return true;
  }

  /** Waits for its turn. False if there is none yet. */
  private async hasLeave(project: ProjectTarget, { image }: Wish, atMost: number): Promise<boolean> {
    if (this.spent >= READ_AGAIN_AFTER) {
      const read = await this.options.puller.limitOf(project, image);
      // A limit that was announced once does not end because it cannot be read: what was pulled since counts.
      if (read || !this.limit) this.spent = 0;
      this.limit = read ?? this.limit;
      if (read) this.pace.changeTo(this.options.perHour ?? rateOf(read, this.floor()));
    }
    if (this.limit && this.limit.remaining - this.spent - atMost < this.floor()) {
      this.spent = Infinity;
      await this.pause(`${this.limit.remaining} pulls are left of ${this.limit.limit}, ${this.floor()} are reserved`);
      return false;
    }
    await this.wait(this.pace.waitMs(Date.now()), 'the rate');
    return !this.options.signal.aborted;
  }

  private floor(): number {
    const { floor } = this.options;
    return floor ?? Math.max(MIN_FLOOR, Math.ceil(FLOOR_SHARE * (this.limit?.limit ?? 0)));
  }

  private async pause(why: string): Promise<void> {
    this.pauses += 1;
    await this.wait(PAUSE_MS * this.options.timeScale, why);
  }

  private async wait(ms: number, why: string): Promise<void> {
    if (ms <= 0) return;
    this.options.on({ type: 'waiting', upstream: this.upstream, ms: ms / this.options.timeScale, why });
    await sleep(ms, undefined, { signal: this.options.signal });
  }

  /** Harbor stores an image asynchronously, which takes seconds to minutes: meanwhile the next one is pulled. */
  private async awaitStored(project: ProjectTarget, wish: Wish, pulled: WarmedPull, pulls: number): Promise<void> {
    while (this.waiting.size >= MOST_WAITING) await Promise.race(this.waiting);
    const { bytes, digest } = pulled;
    const settled = this.options.puller
      .untilStored(project, wish.image, pulled)
      .catch((error: unknown): Caching => ({ state: 'unknown', why: String(error) }))
      .then((caching) => this.note(this.recordOf(wish, { ...outcomeOf(caching), pulls, bytes, digest })));
    this.waiting.add(settled);
    void settled.finally(() => this.waiting.delete(settled));
  }

  private recordOf({ project, image }: Wish, more: Partial<WarmRecord> & Pick<WarmRecord, 'outcome'>): WarmRecord {
    const at = new Date().toISOString();
    return { harbor: this.options.harbor, project, image, pulls: 0, bytes: 0, ...more, at };
  }
}

/** The announced limit above the reserve, distributed over its window. */
function rateOf({ limit, windowS }: RateLimit, floor: number): number {
  if (windowS === undefined || windowS === 0) return DEFAULT_RATE;
  return Math.max(1, (SHARE * Math.max(0, limit - floor) * 3600) / windowS);
}

function outcomeOf(caching: Caching): Pick<WarmRecord, 'outcome' | 'why'> {
  switch (caching.state) {
    case 'cached':
      return { outcome: 'stored' };
    case 'unknown':
      return { outcome: caching.hidden ? 'pulled' : 'unknown', why: caching.why };
    case 'missing':
      return { outcome: 'not-stored', why: `Harbor has not stored ${caching.what} after ${caching.waitedMs} ms` };
    case 'no-room':
      return {
        outcome: 'not-stored',
        why: `the quota is too small: ${caching.leftBytes} of ${caching.limitBytes} bytes are free, the image has ${caching.neededBytes}`,
      };
  }
}
