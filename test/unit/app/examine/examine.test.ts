import { IdentityError } from '../../../../src/errors';
import { examine } from '../../../../src/app/examine/examine';
import type { Examiner, Seen } from '../../../../src/app/examine/examination';

function probe(name: Examiner['name'], ...answers: Seen[]): Examiner & { asked: number } {
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

it('repeats while there is time, but runs no probe after a failed one', async () => {
  const [first, second, third] = [probe('components', ILL, ILL, OK), probe('pull', ILL), probe('job', OK)];
  const results = await examine([first, second, third], patience(50));
  expect(results.map(({ outcome }) => outcome)).toEqual(['ok', 'error', 'skipped']);
  // Two intervals go to the first, three of the five are left for the second: it is asked four times.
  expect([first.asked, second.asked, third.asked]).toEqual([3, 4, 0]);
});

it.each([
  ['without waiting', ILL, 0],
  ['waiting does not mend it', { ...ILL, final: true as const }, 1_000],
])('asks once if %s', async (_what, seen, waitMs) => {
  const only = probe('identity', seen);
  await examine([only], patience(waitMs));
  expect(only.asked).toBe(1);
});

it('starts nothing more once it is asked to stop', async () => {
  const only = probe('job', OK);
  expect(await examine([only], patience(0, AbortSignal.abort()))).toMatchObject([{ outcome: 'skipped' }]);
  expect(only.asked).toBe(0);
});

it('skips only those that need the failed one', async () => {
  const alone = { ...probe('release', OK), needs: [] };
  const access = { ...probe('access', OK), needs: ['harbor'] };
  const results = await examine([probe('harbor', ILL), access, alone], patience(0));
  expect(results).toEqual([
    { name: 'harbor', outcome: 'error', message: 'ill' },
    { name: 'access', outcome: 'skipped', message: 'fix the error above first' },
    { name: 'release', outcome: 'ok', message: 'well' },
  ]);
});

it('reports an error of ours with its hint, and throws any other', async () => {
  const broken = (error: Error) => ({ name: 'harbor', run: () => Promise.reject(error) });
  expect(await examine([broken(new IdentityError('refused', 'check the secret'))], patience(0))).toEqual([
    { name: 'harbor', outcome: 'error', message: 'refused', hint: 'check the secret' },
  ]);
  await expect(examine([broken(new TypeError('bug'))], patience(0))).rejects.toThrow('bug');
});
