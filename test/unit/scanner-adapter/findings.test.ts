import { FindingsError, findingsFrom } from '../../../src/scanner-adapter';

it('fills in what is not declared', () => {
  expect(findingsFrom({ '*': [{ id: 'CVE-1', severity: 'high' }] })).toEqual({
    '*': [
      {
        id: 'CVE-1',
        severity: 'High',
        package: 'declared',
        version: '0',
        fix_version: '',
        description: '',
        links: [],
      },
    ],
  });
});

it.each<[unknown, RegExp]>([
  [[], /a map from images/],
  [null, /a map from images/],
  [{ a: {} }, /a: expected a list of CVEs/],
  [{ '[': [] }, /syntax error in pattern/],
  [{ a: ['CVE-1'] }, /a\[0\]: expected \{ id: CVE-…, severity: … \}/],
  [{ a: [{ severity: 'low' }] }, /a\[0\]: id is missing/],
  [{ a: [{ id: 'CVE-1', severity: 'bad' }] }, /a\[0\]\.severity: one of Unknown.*Critical/],
  [{ a: [{ id: 'CVE-1', severity: 'low', version: 1.1 }] }, /a\[0\]\.version: expected a quoted string/],
  [{ a: [{ id: 'CVE-1', severity: 'low', links: 'x' }] }, /a\[0\]\.links: a list of URLs/],
  [{ a: [{ id: 'CVE-1', severity: 'low', fixed: 'x' }] }, /a\[0\]: unknown key fixed/],
])('refuses %j', (declared, message) => {
  expect(() => findingsFrom(declared)).toThrow(FindingsError);
  expect(() => findingsFrom(declared)).toThrow(message);
});
