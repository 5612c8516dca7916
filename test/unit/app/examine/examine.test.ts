import { examine } from '../../../../src/app/examine';
import type { Probe, Seen } from '../../../../src/app/examine/examination';

function probe(name: Probe['name'], ...answers: Seen[]): Probe & { asked: number } {
  const made = { name, asked: 0, run: async () => answers[Math.min(made.asked++, answers.length - 1)]! };
  return made;
}

/** Time passes only while somebody sleeps. */
function patience(waitMs: number, signal = new AbortController().signal) {
  let nowMs = 0;
  return {
    waitMs,
    intervalMs: 10,
    now: () => nowMs,
    sleep: async (ms: number) => void (nowMs += ms),
    signal,
  };
}

const OK: Seen = { outcome: 'ok', message: 'well' };
const ILL: Seen = { outcome: 'error', message: 'ill' };

it('asks again while there is time, and no probe after one that stays ill', async () => {
  const [first, second, third] = [probe('components', ILL, ILL, OK), probe('pull', ILL), probe('job', OK)];
  const results = await examine([first, second, third], patience(50));
  expect(results.map(({ outcome }) => outcome)).toEqual(['ok', 'error', 'not examined']);
  // Two intervals go to the first, three of the five are left for the second: it is asked four times.
  expect([first.asked, second.asked, third.asked]).toEqual([3, 4, 0]);
});

it.each([
  ['nobody wants to wait', ILL, 0],
  ['waiting does not mend it', { ...ILL, final: true as const }, 1_000],
])('asks once where %s', async (_what, seen, waitMs) => {
  const only = probe('identity', seen);
  await examine([only], patience(waitMs));
  expect(only.asked).toBe(1);
});

it('starts nothing more once it is asked to stop', async () => {
  const only = probe('job', OK);
  expect(await examine([only], patience(0, AbortSignal.abort()))).toMatchObject([{ outcome: 'not examined' }]);
  expect(only.asked).toBe(0);
});
