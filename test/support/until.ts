import { setTimeout as sleep } from 'node:timers/promises';

const LONGEST_MS = 100_000;

/** Asks until it is so. Bounded: what never becomes so is a failed test, not a worker that waits for ever. */
export async function until(isSo: () => boolean, turn: () => Promise<unknown> = () => sleep(20)): Promise<void> {
  const deadline = performance.now() + LONGEST_MS;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`it did not become so: ${isSo.toString()}`);
    await turn();
  }
}
