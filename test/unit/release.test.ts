import { compareReleases, isBefore } from '../../src/release';

it.each([
  ['v2.13.5', '2.14', true],
  ['v2.14.0', '2.14', false],
  ['2.15', '2.15.1', false],
  ['v2.15.0', '2.15.1', true],
  ['v2.16.0-c50c7ddd', '2.16', false],
  ['v2.9.1', '2.14', true],
  ['v3.0.0', '2.14', false],
  ['dev', '2.14', false],
])('%s is before %s: %s', (version, other, expected) => {
  expect(isBefore(version, other)).toBe(expected);
});

it.each([
  [
    ['v2.15.2', '2.14', '2.15.10', 'v2.15.2-7b1a9a4f'],
    ['2.14', 'v2.15.2', 'v2.15.2-7b1a9a4f', '2.15.10'],
  ],
  [
    ['2.9.1', '2.10.0', 'dev'],
    ['dev', '2.9.1', '2.10.0'],
  ],
])('%j in order', (releases, sorted) => {
  expect([...releases].sort(compareReleases)).toEqual(sorted);
});
