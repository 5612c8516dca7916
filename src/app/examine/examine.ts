import type { Probe, ProbeResult, Seen } from './examination';

export interface Patience {
  /** Milliseconds until the last failing probe is believed; 0 asks once. */
  readonly waitMs: number;
  readonly intervalMs: number;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly signal: AbortSignal;
  /** Told of what is still waited for. */
  readonly onWaiting?: (name: string, message: string) => void;
}

/**
 * Asks one probe after the other. A failing one is asked again until the time is over, then the rest is not asked:
 * what stands later builds on it.
 */
export async function examine(probes: readonly Probe[], patience: Patience): Promise<readonly ProbeResult[]> {
  const deadline = patience.now() + patience.waitMs;
  const results: ProbeResult[] = [];
  let stopped = false;
  for (const probe of probes) {
    if (stopped || patience.signal.aborted) {
      results.push({ name: probe.name, outcome: 'not examined', message: 'what stands above comes first' });
      continue;
    }
    const { outcome, message, hint } = await persist(probe, patience, deadline);
    results.push({ name: probe.name, outcome, message, ...(hint === undefined ? {} : { hint }) });
    stopped = outcome === 'error';
  }
  return results;
}

async function persist(probe: Probe, patience: Patience, deadline: number): Promise<Seen> {
  for (;;) {
    const seen = await probe.run();
    const over = patience.now() + patience.intervalMs > deadline || patience.signal.aborted;
    if (seen.outcome !== 'error' || seen.final || over) return seen;
    patience.onWaiting?.(probe.name, seen.message);
    await patience.sleep(patience.intervalMs);
  }
}
