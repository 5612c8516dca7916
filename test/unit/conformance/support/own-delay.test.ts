import { judge as judgeShield, judgeMoved } from '../../../../src/conformance/checks/d8-shield-outage';
import { judge as judgeSpeed } from '../../../../src/conformance/checks/b7-speed';
import { failTooLong, mayBeOwnDelay, withOwnDelay } from '../../../../src/conformance/support/own-delay';

/** Occupies this process, as a large file or other work does. */
function occupy(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

describe('the delay of this machine', () => {
  it.each<[string, () => Promise<string>]>([
    ['before the first wait', async () => (occupy(200), 'done')],
    [
      'in the middle',
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 30));
        occupy(200);
        await new Promise((resolve) => setTimeout(resolve, 30));
        return 'done';
      },
    ],
    [
      'until the end',
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 30));
        occupy(200);
        return 'done';
      },
    ],
  ])('is seen %s', async (_, work) => {
    const { result, ownDelayMs } = await withOwnDelay(work);
    expect(result).toBe('done');
    expect(ownDelayMs).toBeGreaterThanOrEqual(150);
  });

  it('passes on what the work rejects with', async () => {
    await expect(withOwnDelay(() => Promise.reject(new Error('reset')))).rejects.toThrow('reset');
  });

  it.each([
    // took, bound, delay: may the delay be the reason?
    [400, 300, 5, false],
    [400, 300, 75, false],
    [400, 300, 80, true],
    [900, 300, 80, false],
    [5_001, 5_000, 40, false],
    [5_600, 5_000, 1_300, true],
    [30_000, 5_000, 1_300, false],
  ])('%d ms instead of %d ms with %d ms of delay', (tookMs, boundMs, ownDelayMs, expected) => {
    const found = { tookMs, boundMs, ownDelayMs };
    expect(mayBeOwnDelay(found)).toBe(expected);
    const { status, message } = failTooLong('too slow', found);
    expect([status, message]).toEqual(
      expected
        ? [
            'error',
            `too slow, but this machine was too busy to measure that: its own timers were up to ${ownDelayMs} ms late. ` +
              'Run the check again when it is idle, or on another machine',
          ]
        : ['fail', 'too slow'],
    );
  });
});

describe('D8 with a hundred answers', () => {
  const KNOWN = `sha256:${'a'.repeat(64)}`;
  const answers = (ms: number, count = 100) =>
    Array.from({ length: count }, () => ({ ms, answered: true, digest: KNOWN }));
  const FAST = answers(5, 98);

  it.each([
    ['fast', answers(5), 0, 'pass'],
    ['fast, on a busy machine', answers(5), 2_000, 'pass'],
    ['one of them slow', [...answers(5, 99), ...answers(2_000, 1)], 0, 'pass'],
    ['two of them slow, on an idle machine', [...FAST, ...answers(400, 2)], 8, 'fail'],
    ['two of them slow, on a busy machine', [...FAST, ...answers(400, 2)], 120, 'error'],
    ['all slow, on an idle machine', answers(400), 8, 'fail'],
    ['all far too slow, on a busy machine', answers(3_000), 120, 'fail'],
    [
      'two with another digest, on a busy machine',
      [...FAST, { ms: 5, answered: true, digest: 'sha256:b' }],
      900,
      'fail',
    ],
    ['two without a digest, on a busy machine', [...FAST, { ms: 5, answered: true }], 900, 'fail'],
    ['one never answered', [...FAST, { ms: 10_004, answered: false }], 120, 'fail'],
    ['one never answered, on a machine that stood still', [...FAST, { ms: 11_000, answered: false }], 2_600, 'error'],
  ])('%s', (_, asked, ownDelayMs, expected) => {
    expect(judgeShield(asked, KNOWN, ownDelayMs).status).toBe(expected);
  });
});

describe('B7 on a machine that stood still', () => {
  it.each([
    [100 << 20, 50, 101_000, 26_000, 'error'],
    [100 << 20, 50, 400_000, 26_000, 'fail'],
    [100 << 20, 31_000, 32_000, 8_000, 'error'],
    [100 << 20, 31_000, 500_000, 8_000, 'fail'],
  ])('%d bytes, first after %d ms, all after %d ms, delay of %d ms: %s', (bytes, first, all, ownDelayMs, expected) => {
    expect(judgeSpeed(bytes, first, all, ownDelayMs).status).toBe(expected);
  });
});

it.each<[string, string | undefined, string, RegExp]>([
  ['a new digest', 'sha256:b', 'pass', /picks up a moved tag$/],
  ['the old digest', 'sha256:a', 'fail', /^a tag that moved 10 s ago is still sha256:a$/],
  ['no digest', undefined, 'fail', /^the response for a tag that moved 10 s ago has no digest$/],
])('a moved tag with %s', (_, after, status, message) => {
  expect(judgeMoved('sha256:a', after, 10_000)).toMatchObject({ status, message: expect.stringMatching(message) });
});
