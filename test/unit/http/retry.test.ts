import { retried, retryDelayMs, type RetryPolicy } from '../../../src/http/retry';

const POLICY: RetryPolicy = {
  tries: 4,
  baseDelayMs: 100,
  maxDelayMs: 250,
  maxRetryAfterMs: 5_000,
  beyond: 'give-up',
};

describe('retried', () => {
  interface Over {
    readonly leftMs?: number;
    readonly pause?: boolean;
  }
  const run = async (outcomes: readonly string[], over: Over) => {
    const waits: number[] = [];
    const result = await retried((tries) => Promise.resolve(outcomes[tries - 1]!), {
      policy: POLICY,
      judge: (outcome) => (outcome === 'ok' ? undefined : { retryAfter: outcome }),
      leftMs: () => over.leftMs ?? Infinity,
      pause: (ms) => Promise.resolve(waits.push(ms) > 0 && over.pause !== false),
      random: () => 1,
    });
    return { ...result, waits };
  };

  it.each<[string, readonly string[], Over, string, readonly number[]]>([
    ['a good first outcome', ['ok'], {}, 'ok', []],
    ['one that gets better', ['', '', 'ok'], {}, 'ok', [100, 200]],
    ['one that never does', ['a', 'b', 'c', 'd'], {}, 'd', [100, 200, 250]],
    ['a server that asks for a pause', ['3', 'ok'], {}, 'ok', [3_000]],
    ['a server that asks for too long a pause', ['6', 'ok'], {}, '6', []],
    ['too little time for the pause', ['3', 'ok'], { leftMs: 3_000 }, '3', []],
    ['a run that is stopped meanwhile', ['', 'ok'], { pause: false }, '', [100]],
  ])('%s', async (_name, outcomes, over, outcome, waits) => {
    expect(await run(outcomes, over)).toEqual({ outcome, waits, tries: waits.length + (over.pause === false ? 0 : 1) });
  });
});

describe('retryDelayMs', () => {
  const tried = { tries: 9, retryAfter: undefined, random: 0.5 };

  it.each([
    ['is between nothing and the ceiling', POLICY, tried, 125],
    ['is never below what was asked for', POLICY, { ...tried, retryAfter: '1' }, 1_000],
    ['ends where more is asked for', POLICY, { ...tried, retryAfter: '60' }, undefined],
    ['or waits as long as it may', { ...POLICY, beyond: 'wait' as const }, { ...tried, retryAfter: '60' }, 5_000],
  ])('%s', (_name, policy, one, expected) => expect(retryDelayMs(policy, one, 0)).toBe(expected));
});
