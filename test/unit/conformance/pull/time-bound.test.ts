import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { timeBound } from '../../../../src/conformance/pull/time-bound';

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
