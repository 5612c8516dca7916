import { isAtLeast } from '../../../src/sandbox/harbor-version';

it.each([
  ['v2.15.2', '2.15', true],
  ['v2.15.2', '2.15.1', true],
  ['v2.15.0', '2.15.1', false],
  ['v2.14.4', '2.15', false],
  ['2.9.0', '2.14', false],
  ['v3.0.0', '2.14', true],
])('%s is at least %s: %s', (version, wanted, expected) => {
  expect(isAtLeast(version, wanted)).toBe(expected);
});
