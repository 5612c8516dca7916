import { cronProblem, normaliseCron } from '../../../src/kinds/support/cron';

it.each([
  '',
  '0 0 3 * * *',
  '0 */15 * * * *',
  '0 0,30 8-18/2 1-15 jan-mar,12 MON-fri',
  '0 5/10 0 ? * 0',
  ' 0  0 3 * * * ',
  '0 1,,2 3 * * *',
])('%j is a schedule', (expression) => {
  expect(cronProblem(expression)).toBeUndefined();
});

it.each([
  ['0 3 * * *', /six fields.* has 5/, /did you mean "0 0 3 \* \* \*"\?/],
  ['nonsense', /has 1/, undefined],
  ['* * * * * *', /seconds\) must be 0, not "\*"/, undefined],
  ['00 0 3 * * *', /must be 0/, undefined],
  ['@daily', /"@daily" is not a valid schedule/, /six fields/],
  ['0 60 3 * * *', /"60" is not valid for minutes/, /0 to 59/],
  ['0 0 24 * * *', /"24" is not valid for hours/, /0 to 23/],
  ['0 0 0 0 * *', /not valid for day of month/, /1 to 31/],
  ['0 0 0 * 13 *', /not valid for month/, /1 to 12/],
  ['0 0 0 * * 7', /not valid for day of week/, /0 to 6/],
  ['0 0 5-3 * * *', /not valid for hours/, /0 to 23/],
  ['0 */0 * * * *', /not valid for minutes/, /0 to 59/],
  ['0 1/2/3 * * * *', /not valid for minutes/, /0 to 59/],
  ['0 1-2-3 * * * *', /not valid for minutes/, /0 to 59/],
  ['0 , * * * *', /not valid for minutes/, /0 to 59/],
  ['0 1.5 * * * *', /not valid for minutes/, /0 to 59/],
])('%j is not valid', (expression, message, hint) => {
  const problem = cronProblem(expression);
  expect(problem?.message).toMatch(message);
  if (hint === undefined) expect(problem?.hint).toBeUndefined();
  else expect(problem?.hint).toMatch(hint);
});

/** As robfig/cron 3 reads them: a star in one of the two days asks for both, no star asks for either. */
it.each([
  ['0 0 3 29 2 *', 'leap days come'],
  ['0 0 0 31 1,4 *', 'one of the months has it'],
  ['0 0 0 30,28 2 *', 'one of the days is there'],
  ['0 0 0 28-31 2 *', 'the range begins with a day that is there'],
  ['0 0 0 31 feb-mar ?', 'a range of names with a longer month'],
  ['0 0 0 30 2 1', 'the day of week is enough'],
  ['0 0 0 30 2 mon-fri', 'a range of weekdays is enough'],
  ['0 0 0 30 2 */2', 'a star with a step is no star'],
  ['0 0 0 */31 2 *', 'steps count from the first'],
  ['0 0 0 31 */2 *', 'odd months begin with January'],
  ['0 0 0 * 2 *', 'every day'],
  ['0 0 0 ? 2 0', 'any day of month that is a Sunday'],
])('%j comes due: %s', (expression) => {
  expect(cronProblem(expression)).toBeUndefined();
});

it.each([
  '0 0 3 30 2 *',
  '0 0 3 31 2 ?',
  '0 0 0 31 4,6,9,11 *',
  '0 0 0 31 APR,jun *',
  '0 0 0 30-31 2 *',
  '0 0 0 30/1 feb *',
  '0 */5 0-23 31 4,9,11 */1',
  '0 0 0 31 4-6/2,9 *,1',
  '0 0 0 31 11/12 0,*',
])('%j never comes due, and would hang the job service', (expression) => {
  expect(cronProblem(expression)?.message).toMatch(/never runs.*job service then hangs/);
});

it('is compared without extra spaces', () => {
  expect(normaliseCron('  0 0   3 * *\t* ')).toBe('0 0 3 * * *');
});
