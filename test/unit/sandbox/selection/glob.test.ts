import { matchesGlob, PatternError } from '../../../../src/sandbox/selection/glob';

it.each([
  ['**', 'a/b/c', true],
  ['*', 'a/b', false],
  ['*', 'abc', true],
  ['a/**', 'a/b/c', true],
  ['a/**', 'a', false],
  ['**/c', 'a/b/c', true],
  ['**/c', 'c', true],
  ['**/c', 'a/b', false],
  ['v*', 'v', true],
  ['v**', 'v', true],
  ['v***', 'v', false],
  ['v1.?', 'v1.2', true],
  ['v1.?', 'v1.', false],
  ['{v1,v2}*', 'v2-rc', true],
  ['{v1,v2}', 'v3', false],
  ['[a-c]x', 'bx', true],
  ['[^a-c]x', 'bx', false],
  ['[a\\]]', ']', true],
  ['a\\*', 'a*', true],
  ['a\\*', 'ab', false],
  ['a/b', 'a/b/c', false],
])('%s on %s: %s', (pattern, text, wanted) => {
  expect(matchesGlob(pattern, text)).toBe(wanted);
});

it.each([
  ['{a,b', 'x'],
  ['[a-]', 'x'],
  ['[]', 'x'],
  ['[a', 'a'],
  ['{a/b,c}', 'x'],
])('%s cannot be read', (pattern, text) => {
  expect(() => matchesGlob(pattern, text)).toThrow(PatternError);
});

it.each([
  ['x{a', 'y', 'the text differs before it'],
  ['*{a', 'x', 'it is behind a star'],
  ['**/[a-]', 'x/y', 'it is behind two stars'],
])('the mistake in %s is not found in %s: %s', (pattern, text) => {
  expect(matchesGlob(pattern, text)).toBe(false);
});
