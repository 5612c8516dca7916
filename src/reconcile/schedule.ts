import type { Change } from '../plan/plan';
import type { Pace } from './pace';

/**
 * Runs changes stage by stage, and within a stage as many at a time as the pace allows. A change waits for those in its
 * `after`. They come before it in a plan, so a change only waits for changes that have already started.
 */
export async function schedule<Result>(
  changes: readonly Change[],
  stageOf: (change: Change) => number,
  pace: Pick<Pace, 'limit'>,
  run: (change: Change) => Promise<Result>,
): Promise<Result[]> {
  const results = new Map<string, Promise<Result>>();
  const stages = [...new Set(changes.map(stageOf))].sort((a, b) => a - b);
  for (const stage of stages) {
    const queue = changes.filter((change) => stageOf(change) === stage);
    await inTurn(queue, pace, (change) => {
      const result = afterOthers(change, results).then(() => run(change));
      results.set(change.address, result);
      return result;
    });
  }
  return Promise.all(changes.map((change) => results.get(change.address)!));
}

/** Starts the next ones whenever one has ended, up to the current limit. */
function inTurn(
  queue: readonly Change[],
  pace: Pick<Pace, 'limit'>,
  start: (change: Change) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  let running = 0;
  return new Promise((resolve, reject) => {
    const fill = (): void => {
      while (next < queue.length && running < Math.max(1, pace.limit)) {
        running++;
        start(queue[next++]!).then(() => {
          running--;
          fill();
        }, reject);
      }
      if (running === 0 && next >= queue.length) resolve();
    };
    fill();
  });
}

/** Changes of earlier stages have ended, so only those of this stage are really waited for. */
async function afterOthers(change: Change, results: ReadonlyMap<string, Promise<unknown>>): Promise<void> {
  await Promise.all(change.dependsOn.flatMap((address) => results.get(address) ?? []));
}
