import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isOver, timeBound } from '../../../../src/conformance/pull/time-bound';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('timeBound', () => {
  it('ends when its time is up, also after the garbage was collected', async () => {
    const outer = new AbortController();
    const { signal } = timeBound(300, outer.signal);
    await sleep(20);
    collectGarbage();
    await sleep(20);
    collectGarbage();
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
    expect(outer.signal.aborted).toBe(false);
  });

  it.each([
    ['later', false],
    ['before', true],
  ])('ends with its outer signal (%s)', (_when, before) => {
    const outer = new AbortController();
    if (before) outer.abort('SIGTERM');
    const { signal, release } = timeBound(60_000, outer.signal);
    if (!before) outer.abort('SIGTERM');
    expect(signal.reason).toBe('SIGTERM');
    release();
  });

  it('does not end once it is released', async () => {
    const outer = new AbortController();
    const { signal, release } = timeBound(1, outer.signal);
    release();
    await sleep(20);
    outer.abort();
    expect(signal.aborted).toBe(false);
  });
});

describe('a wait for Harbor by polling', () => {
  const polls = { timeScale: 0.01, deadlineMs: 3_000, everyMs: 200 };

  it.each([
    ['an idle sandbox, in time', polls, 2_800, 14, false],
    ['an idle sandbox, too late', polls, 3_000, 15, true],
    ['a busy one, which answered four polls in the time of fifteen', polls, 3_200, 4, false],
    ['a busy one, after as many polls', polls, 12_000, 15, true],
    ['a real Harbor, by the clock', { ...polls, timeScale: 1 }, 3_000, 1, true],
  ])('%s', (_, of, waitedMs, polled, over) => {
    expect(isOver(of, waitedMs, polled)).toBe(over);
  });
});
