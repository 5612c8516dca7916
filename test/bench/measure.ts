/** Runs two things in turn, so that a machine which slows down slows both, and answers their medians in milliseconds. */
export async function inTurn(
  runs: number,
  ours: () => Promise<void>,
  theirs: () => Promise<void>,
): Promise<{ ours: number; theirs: number }> {
  const times = { ours: [] as number[], theirs: [] as number[] };
  await ours();
  await theirs();
  for (let run = 0; run < runs; run++) {
    times.ours.push(await timed(ours));
    times.theirs.push(await timed(theirs));
  }
  return { ours: median(times.ours), theirs: median(times.theirs) };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

export function ratio(ours: number, theirs: number): string {
  return `${(ours / theirs).toFixed(2)} times`;
}
