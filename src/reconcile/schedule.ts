import type { Change } from '../plan/plan';

/**
 * Runs changes stage by stage, and in a stage up to `concurrency` side by side. A change waits for those it
 * names in `after`. They stand before it in a plan, so whoever waits, waits for one that has already started.
 */
export async function schedule<Result>(
  changes: readonly Change[],
  stageOf: (change: Change) => number,
  concurrency: number,
  run: (change: Change) => Promise<Result>,
): Promise<Result[]> {
  const results = new Map<string, Promise<Result>>();
  const stages = [...new Set(changes.map(stageOf))].sort((a, b) => a - b);
  for (const stage of stages) {
    const queue = changes.filter((change) => stageOf(change) === stage).values();
    const work = async (): Promise<void> => {
      for (const change of queue) {
        const result = afterOthers(change, results).then(() => run(change));
        results.set(change.address, result);
        await result;
      }
    };
    await Promise.all(Array.from({ length: Math.max(1, concurrency) }, work));
  }
  return Promise.all(changes.map((change) => results.get(change.address)!));
}

async function afterOthers(change: Change, results: ReadonlyMap<string, Promise<unknown>>): Promise<void> {
  await Promise.all(change.after.flatMap((address) => results.get(address) ?? []));
}
