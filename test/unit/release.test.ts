import satisfies from 'semver/functions/satisfies';
import { compareReleases, isBefore, isInRange, patchesOf, releaseIn } from '../../src/release';

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

const RANGES = ['<=2.15.2', '<2.13.5 || >=2.14.0 <2.14.3', '<2.14.4 || 2.15.0', '>=2.0.0', '>2.14.1'];
const RELEASES = ['1.10.0', '2.13.4', '2.13.5', '2.14.0', '2.14.1', '2.14.3', '2.15.0', '2.15.2', '2.15.10', '3.0.0'];

it.each(RANGES)('whether a release is in %s is the same as for npm', (range) => {
  for (const release of RELEASES)
    expect([release, isInRange(release, range)]).toEqual([release, satisfies(release, range)]);
});

it('refuses a range that it does not understand', () => {
  expect(() => isInRange('2.15.2', '^2.15.0')).toThrow(RangeError);
});

it('knows the patches that a release without one stands for', () => {
  expect(patchesOf('2.15').slice(0, 2)).toEqual(['2.15.0', '2.15.1']);
  expect([releaseIn('v2.15.2-7b1a9a4f'), releaseIn('2.15'), releaseIn('dev')]).toEqual(['2.15.2', '2.15', undefined]);
});
