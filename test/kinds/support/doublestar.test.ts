import { checkDoublestar } from '../../../src/kinds/support/doublestar';

const check = (pattern: string, of: 'tag' | 'repository' = 'repository') =>
  checkDoublestar(pattern, of, 'f').map(({ severity = 'error', message }) => `${severity} ${message}`);

it.each([
  '**',
  'library/**',
  '**/alpine',
  '{library,org}/**',
  '{library/**,org}',
  '{test,repo/test2}',
  '{a,{b,c}}/[a-z]*',
  '[^a-z_]x',
  'a[,]b',
  'a\\,b',
  '[{]',
  '\\[x',
  'v?.*',
])('%j is valid', (pattern) => {
  expect(check(pattern)).toEqual([]);
});

it.each(['{a,b', 'a}', '[', '[]', '[a-]', '[-a]', '[a-z-]', '[a', 'a\\', '{[}'])('%j cannot be read', (pattern) => {
  expect(check(pattern)).toEqual([expect.stringMatching(/^error .* is not a doublestar pattern/) as string]);
});

it.each(['library/**,org/**', 'v1,v2', '{a,b}/x,y'])('the comma in %j separates nothing', (pattern) => {
  expect(check(pattern, 'tag')).toEqual([expect.stringMatching(/^error the comma/) as string]);
});

it.each(['team**', '**team', 'a/b**/c', '{a**,b}'])('** in %j stops at a slash', (pattern) => {
  expect(check(pattern)).toEqual([expect.stringMatching(/^warning \*\* in/) as string]);
  expect(check(pattern, 'tag')).toEqual([]);
});
