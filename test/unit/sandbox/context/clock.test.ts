import { Clock, ClockStoppedError } from '../../../../src/sandbox/context/clock';

describe('Clock', () => {
  it('shortens waits by its scale', async () => {
    const clock = new Clock(0.001);
    const start = performance.now();
    await clock.sleep(20_000);
    const elapsedMs = performance.now() - start;
    expect(elapsedMs).toBeGreaterThanOrEqual(18);
    expect(elapsedMs).toBeLessThan(5_000);
  });

  it('wakes sleepers on close, and refuses to sleep afterwards', async () => {
    const clock = new Clock(1);
    const sleeping = expect(clock.sleep(3_600_000)).rejects.toThrow(ClockStoppedError);
    await clock.close();
    await sleeping;
    await expect(clock.sleep(1)).rejects.toThrow(ClockStoppedError);
  });

  it('waits on close for background tasks, and reports what goes wrong in them', async () => {
    const errors: unknown[] = [];
    const steps: string[] = [];
    const clock = new Clock(1, (error) => errors.push(error));
    clock.background(async () => {
      await clock.sleep(3_600_000).finally(() => steps.push('woken'));
    });
    clock.background(() => Promise.reject(new Error('broken task')));
    await clock.close();
    expect(steps).toEqual(['woken']);
    expect(errors.map(String)).toEqual(['Error: broken task']);
  });
});
