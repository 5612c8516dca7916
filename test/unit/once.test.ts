import { once, oncePerKey } from '../../src/once';

describe('once', () => {
  it('creates the value once, on the first request, for any number of callers', async () => {
    let made = 0;
    const ask = once(() => Promise.resolve(++made));
    expect(made).toBe(0);
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1]);
    expect(await ask()).toBe(1);
  });

  it('forgets a rejection: the next one may try again', async () => {
    let tries = 0;
    const ask = once(() => (++tries === 1 ? Promise.reject(new Error('busy')) : Promise.resolve('there')));
    await expect(ask()).rejects.toThrow('busy');
    await expect(ask()).resolves.toBe('there');
  });

  it('keeps each key apart', async () => {
    const known = new Map<string, Promise<string>>();
    const ask = (key: string) => oncePerKey(known, key, () => Promise.resolve(`made for ${key}`));
    expect(await Promise.all([ask('a'), ask('b'), ask('a')])).toEqual(['made for a', 'made for b', 'made for a']);
    expect(known.size).toBe(2);
  });
});
