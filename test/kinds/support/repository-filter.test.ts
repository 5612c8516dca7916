import { checkRepositoryFilter } from '../../../src/kinds/support/repository-filter';

const check = (kind: string | undefined, pattern?: string) =>
  checkRepositoryFilter({
    ...(kind === undefined ? {} : { proxy_cache_filter_kind: kind }),
    ...(pattern === undefined ? {} : { proxy_cache_filter_pattern: pattern }),
  });

it.each([
  ['doublestar', 'library/**'],
  ['doublestar', '{other,library}/t?ny'],
  ['doublestar', '{a,{b,c}}/[a-z]*'],
  ['doublestar', 'a[{]b'],
  ['doublestar', '\\[x'],
  ['doublestar', '(('],
  ['doublestar', ''],
  ['doublestar', undefined],
  ['regex', 'library/.*'],
  ['regex', '(?i)library/(alpine|busybox)'],
  ['regex', '(?i:library)/(?P<name>[a-z]+)'],
  ['regex', '\\Q(\\E'],
  ['regex', ''],
  [undefined, ''],
  [undefined, undefined],
])('%s takes %j', (kind, pattern) => {
  expect(check(kind, pattern)).toEqual([]);
});

it.each([
  ['doublestar', '[', 'not closed'],
  ['doublestar', '{a,b', 'not closed'],
  ['doublestar', 'a}', 'not closed'],
  ['doublestar', 'a\\', 'backslash'],
  ['regex', '(', 'unterminated group'],
  ['regex', 'library/**', 'nothing to repeat'],
  ['regex', '[a', 'unterminated character class'],
  ['regex', '(?!other)', 'look-around'],
  ['regex', 'x(?<=y)', 'look-around'],
  ['regex', '(a)\\1', 'back-references'],
])('%s refuses %j: %s', (kind, pattern, words) => {
  expect(check(kind, pattern)).toMatchObject([
    { rule: 'repository-filter', field: 'proxy_cache_filter_pattern', message: expect.stringContaining(words) },
  ]);
});

// 400 metadata.proxy_cache_filter_kind should be "doublestar" or "regex", but got: "" (recording of 2.16)
it('takes no pattern without its kind', () => {
  expect(check(undefined, 'library/**')).toMatchObject([{ hint: expect.stringContaining('doublestar') }]);
});
