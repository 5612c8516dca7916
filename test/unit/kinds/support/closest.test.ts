import { closest } from '../../../../src/kinds/support/closest';

it.each([
  ['registri', 'registry'],
  ['regsitry', 'registry'],
  ['pul', 'pull'],
  ['puush', 'push'],
  ['xyz', undefined],
  ['', undefined],
])('%j was meant to be %j', (text, expected) => {
  expect(closest(text, ['registry', 'repository', 'pull', 'push'])).toBe(expected);
});
