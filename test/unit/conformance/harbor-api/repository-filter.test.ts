import { letsThrough } from '../../../../src/conformance/harbor-api/repository-filter';

it.each<[pattern: string, kind: 'doublestar' | 'regex', repository: string, through: boolean | undefined]>([
  ['library/**', 'doublestar', 'library/alpine', true],
  ['library/**', 'doublestar', 'outside/alpine', false],
  ['**', 'doublestar', 'outside/deep/alpine', true],
  ['**/alpine', 'doublestar', 'alpine', true],
  ['*', 'doublestar', 'library/alpine', false],
  ['{library,bitnami}/*', 'doublestar', 'bitnami/redis', true],
  ['{library,bitnami}/*', 'doublestar', 'outside/redis', false],
  ['t?ny', 'doublestar', 'tiny', true],
  ['a.b', 'doublestar', 'axb', false],
  ['[a-c]*', 'doublestar', 'alpine', undefined],
  ['library/.*', 'regex', 'library/alpine', true],
  ['library', 'regex', 'library/alpine', false],
  ['(?P<x>a)', 'regex', 'a', undefined],
])('%s (%s) and %s: %s', (pattern, kind, repository, through) => {
  expect(letsThrough({ pattern, kind }, repository)).toBe(through);
});
