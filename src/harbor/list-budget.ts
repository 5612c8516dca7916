import { NetworkError } from '../errors';
import type { Where } from './lifetime';

/** For one list with all its pages. */
export interface ListLimits {
  readonly bytes: number;
  readonly ms: number;
}

/** Limits for one list with all its pages and repeated reads, so that a wrong total cannot exceed them. */
export interface ListBudget {
  /** Milliseconds left. Waiting in the queue behind other requests does not count. */
  leftMs(): number;
  /** @throws NetworkError `NETWORK_BODY_LIMIT` */
  take(bytes: number): void;
  /** A request of the list starts; call the returned function when it ends. */
  enter(): () => void;
  /** Whether another read with the average cost of the `count` so far fits. */
  affordsAnother(count: number): boolean;
  timedOut(): NetworkError;
}

const HINT = 'check that this is Harbor: a proxy may be repeating pages, or X-Total-Count may be wrong';

/**
 * Time counts only while at least one request of the list is running. Pages run in parallel, so the time of
 * each page must not be added up:
 *
 *     page 1   ├────────┤
 *     page 2        ├────────┤            ├────┤
 *     counted  ├─────────────┤            ├────┤
 */
export function createListBudget({ method, url }: Where, limits: ListLimits): ListBudget {
  let takenBytes = 0;
  let spentMs = 0;
  let inFlight = 0;
  let since = 0;
  const usedMs = (): number => spentMs + (inFlight > 0 ? performance.now() - since : 0);
  const leave = (): void => {
    if (--inFlight === 0) spentMs += performance.now() - since;
  };
  return {
    leftMs: () => Math.max(0, limits.ms - usedMs()),
    take(bytes) {
      takenBytes += bytes;
      if (takenBytes <= limits.bytes) return;
      const size = `${Math.round(limits.bytes / 2 ** 20)} MiB`;
      throw new NetworkError(`${method} ${url}: the list is larger than ${size}`, 'NETWORK_BODY_LIMIT', url, HINT);
    },
    enter() {
      if (inFlight++ === 0) since = performance.now();
      return leave;
    },
    affordsAnother(count) {
      const factor = (count + 1) / count;
      return takenBytes * factor <= limits.bytes && usedMs() * factor <= limits.ms;
    },
    timedOut: () =>
      new NetworkError(
        `${method} ${url}: the list was not complete within ${limits.ms / 1000} s`,
        'NETWORK_TIMEOUT',
        url,
        HINT,
      ),
  };
}
