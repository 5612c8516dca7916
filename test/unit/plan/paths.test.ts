import { isPattern, matchesAddress } from '../../../src/plan/address-pattern';
import { fieldPath, pathsTouch, topLevelField } from '../../../src/plan/field-path';

describe('a pattern of addresses', () => {
  it.each([
    ['project/a', 'project/a', true],
    ['project/a', 'project/ab', false],
    ['project/*', 'project/a', true],
    ['*', 'project/a', true],
    ['project/proxy.*', 'project/proxy.docker.io', true],
    ['project/proxy.*', 'project/library', false],
    ['*/a', 'project/a', true],
    ['p*t/*b', 'project/ab', true],
    ['a*a', 'a', false],
    ['*b*b', 'ab', false],
    ['', '', true],
    ['', 'a', false],
  ])('%j means %j: %s', (pattern, address, expected) => {
    expect(matchesAddress(pattern, address)).toBe(expected);
    expect(isPattern(pattern)).toBe(pattern.includes('*'));
  });
});

describe('a path of a field', () => {
  it.each([
    ['', 'url', 'url'],
    ['credential', 'access_key', 'credential.access_key'],
    ['projects', 'a.b', 'projects["a.b"]'],
    ['', 'a b', '["a b"]'],
  ])('%j and %j are %j', (parent, key, expected) => expect(fieldPath(parent, key)).toBe(expected));

  it.each([
    ['credential.access_key', 'credential'],
    ['projects["a.b"]', 'projects'],
    ['rules[0].tags', 'rules'],
    ['url', 'url'],
  ])('%j lies in %j', (path, expected) => expect(topLevelField(path)).toBe(expected));

  it.each([
    ['a', 'a', true],
    ['a.b', 'a', true],
    ['a', 'a[0]', true],
    ['ab', 'a', false],
    ['a.b', 'a.c', false],
  ])('%j touches %j: %s', (a, b, expected) => {
    expect(pathsTouch(a, b)).toBe(expected);
    expect(pathsTouch(b, a)).toBe(expected);
  });
});
