import { formatMs } from '../../../../src/conformance/report/words';

describe('formatMs', () => {
  it.each([
    [999, '999 ms'],
    [1000, '1.0 s'],
    [59_949, '59.9 s'],
    [59_950, '1 min 0 s'],
    [119_600, '2 min 0 s'],
    [3_661_000, '61 min 1 s'],
  ])('%d is %s', (ms, words) => expect(formatMs(ms)).toBe(words));
});
