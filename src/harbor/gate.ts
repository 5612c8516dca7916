/** Limits the number of simultaneous callers; the others wait in order. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * A caller that leaves passes its place directly to the next one, so a new caller cannot overtake those that
 * wait.
 */
export function createGate(limit: number): Gate {
  let free = limit;
  const waiting: (() => void)[] = [];
  const leave = (): void => {
    const next = waiting.shift();
    if (next) next();
    else free++;
  };
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((enter) => waiting.push(enter));
    try {
      return await work();
    } finally {
      leave();
    }
  };
}
