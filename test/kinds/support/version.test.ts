import { isBefore } from '../../../src/kinds/support/version';

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
