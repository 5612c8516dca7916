import { cronProblem, nextRun } from '../../../../src/sandbox/go-compat/cron';

describe('cronProblem', () => {
  it.each(['0 0 0 * * *', '0 30 2 * * 1-5', '0 */15 * 1,15 jan-mar *', '0 0 12 ? * sun'])('takes %s', (cron) => {
    expect(cronProblem(cron)).toBeUndefined();
  });

  it.each([
    ['nonsense', 'expected exactly 6 fields, found 1: [nonsense]'],
    ['* * * * *', 'expected exactly 6 fields, found 5: [* * * * *]'],
    ['* * * * * *', 'the 1st field (indicating Seconds of time) of the cron setting must be 0'],
    ['0 61 * * * *', 'end of range (61) above maximum (59): 61'],
    ['0 0 0 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['0 x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
    ['0 5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
    ['0 */0 * * * *', 'step of range should be a positive number: */0'],
  ])('refuses %s', (cron, problem) => {
    expect(cronProblem(cron)).toBe(problem);
  });
});

describe('nextRun', () => {
  it.each([
    ['0 0 0 * * *', '2026-11-21T03:00:00Z', '2026-11-22T00:00:00.000Z'],
    ['0 0 0 * * *', '2026-12-31T23:59:59Z', '2027-01-01T00:00:00.000Z'],
    ['0 */15 * * * *', '2026-11-21T03:15:00Z', '2026-11-21T03:30:00.000Z'],
    ['0 0 4 29 feb *', '2026-11-21T00:00:00Z', '2028-02-29T04:00:00.000Z'],
    ['0 0 0 1 * mon', '2026-11-21T00:00:00Z', '2026-11-23T00:00:00.000Z'],
  ])('%s after %s', (cron, after, expected) => {
    expect(new Date(nextRun(cron, Date.parse(after))!).toISOString()).toBe(expected);
  });

  it('knows that the 31st of February never comes', () => {
    expect(nextRun('0 0 0 31 feb *', 0)).toBeUndefined();
  });
});
