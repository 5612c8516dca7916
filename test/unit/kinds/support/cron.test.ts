import { cronProblem, normaliseCron } from '../../../../src/kinds/support/cron';

it.each([
  '',
  '0 0 3 * * *',
  '0 */15 * * * *',
  '0 0,30 8-18/2 1-15 jan-mar,12 MON-fri',
  '0 5/10 0 ? * 0',
  ' 0  0 3 * * * ',
])('%j is a schedule', (expression) => {
  expect(cronProblem(expression)).toBeUndefined();
});

it.each([
  ['0 3 * * *', /six fields.* has 5/, /did you mean "0 0 3 \* \* \*"\?/],
  ['nonsense', /has 1/, undefined],
  ['* * * * * *', /seconds\) must be 0, not "\*"/, undefined],
  ['00 0 3 * * *', /must be 0/, undefined],
  ['@daily', /knows no "@daily"/, /six fields/],
  ['0 60 3 * * *', /"60" is no minutes/, /0 to 59/],
  ['0 0 24 * * *', /"24" is no hours/, /0 to 23/],
  ['0 0 0 0 * *', /no day of month/, /1 to 31/],
  ['0 0 0 * 13 *', /no month/, /1 to 12/],
  ['0 0 0 * * 7', /no day of week/, /0 to 6/],
  ['0 0 5-3 * * *', /no hours/, /0 to 23/],
  ['0 */0 * * * *', /no minutes/, /0 to 59/],
  ['0 1/2/3 * * * *', /no minutes/, /0 to 59/],
  ['0 1-2-3 * * * *', /no minutes/, /0 to 59/],
  ['0 , * * * *', /no minutes/, /0 to 59/],
  ['0 1.5 * * * *', /no minutes/, /0 to 59/],
])('%j is none', (expression, message, hint) => {
  const problem = cronProblem(expression);
  expect(problem?.message).toMatch(message);
  if (hint === undefined) expect(problem?.hint).toBeUndefined();
  else expect(problem?.hint).toMatch(hint);
});

it('is compared without extra spaces', () => {
  expect(normaliseCron('  0 0   3 * *\t* ')).toBe('0 0 3 * * *');
});
