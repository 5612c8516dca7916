import { filterProblem, passesFilter } from '../../../../src/sandbox/registry/repository-filter';
import type { ProjectRow } from '../../../../src/sandbox/store/rows';

function project(pattern: string, kind?: string): ProjectRow {
  const metadata = { proxy_cache_filter_pattern: pattern, ...(kind && { proxy_cache_filter_kind: kind }) };
  const allowlist = { cveIds: [], creationTime: 0, updateTime: 0 };
  return { id: 1, name: 'p', ownerId: 1, registryId: 1, metadata, allowlist, creationTime: 0, updateTime: 0 };
}

it.each([
  ['library/**', 'library/tiny', true],
  ['library/**', 'library', true],
  ['library/**', 'libraryx/tiny', false],
  ['*', 'library/tiny', false],
  ['**', 'library/tiny', true],
  ['**/tiny', 'tiny', true],
  ['**/tiny', 'a/b/tiny', true],
  ['{other,library}/t?ny', 'library/tiny', true],
  ['{other,library}/t?ny', 'third/tiny', false],
  ['lib[a-m]ary/*', 'library/tiny', false],
  ['lib[!a-m]ary/*', 'library/tiny', true],
  ['li\\*', 'lix', false],
  ['  ', 'anything/at-all', true],
])('doublestar %j serves %s: %s', (pattern, repository, expected) => {
  expect(passesFilter(project(pattern, 'doublestar'), repository)).toBe(expected);
  expect(passesFilter(project(pattern), repository)).toBe(expected);
});

it.each([
  ['library', 'library/tiny', false],
  ['library/.*|x', 'library/tiny', true],
  ['library/.*|x', 'x', true],
  ['(?i)OTHER/T.*', 'other/tiny', true],
  ['OTHER/T.*', 'other/tiny', false],
  ['(?P<name>lib)rary', 'library', true],
])('regex %j serves %s: %s', (pattern, repository, expected) => {
  expect(passesFilter(project(pattern, 'regex'), repository)).toBe(expected);
});

it.each([
  ['doublestar', '[', 'syntax error in pattern'],
  ['doublestar', '{a,b', 'syntax error in pattern'],
  ['doublestar', 'a}', 'syntax error in pattern'],
  ['doublestar', 'a\\', 'syntax error in pattern'],
  ['regex', '(', 'error parsing regexp: missing closing ): `^(?:()$`'],
  ['regex', '[', 'error parsing regexp: missing closing ]: `[)$`'],
  ['regex', 'library/**', 'error parsing regexp: invalid nested repetition operator: `**`'],
  ['regex', '*a', 'error parsing regexp: missing argument to repetition operator: `*`'],
  ['regex', 'a)', 'error parsing regexp: unexpected ): `^(?:a))$`'],
  ['regex', '(?=a)', 'error parsing regexp: invalid or unsupported Perl syntax: `(?=`'],
  ['regex', 'library/.*', undefined],
])('%s %j: %s', (kind, pattern, problem) => {
  expect(filterProblem(kind, pattern)).toBe(problem);
});
