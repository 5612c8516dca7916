import { mapBounded } from '../../src/map-bounded';

describe('mapBounded', () => {
  it.each([0, -1, Number.NaN])('refuses %p at once: a run of nothing would look green', async (limit) => {
    await expect(mapBounded([1], limit, () => Promise.resolve(1))).rejects.toThrow(RangeError);
  });

  it('returns results in the order of the items, with a bounded number of calls', async () => {
    let [now, most] = [0, 0];
    const results = await mapBounded([3, 1, 2, 0], 2, async (item) => {
      most = Math.max(most, ++now);
      for (let turn = 0; turn < item; turn++) await Promise.resolve();
      now--;
      return item * 2;
    });
    expect(results).toEqual([6, 2, 4, 0]);
    expect(most).toBe(2);
  });

  it('starts nothing after the first rejection', async () => {
    const started: number[] = [];
    const run = mapBounded([0, 1, 2, 3, 4, 5], 2, async (item) => {
      started.push(item);
      await new Promise((resolve) => setTimeout(resolve, item === 0 ? 1 : 20));
      if (item === 0) throw new Error('first');
    });
    await expect(run).rejects.toThrow('first');
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(started).toEqual([0, 1]);
  });
});
