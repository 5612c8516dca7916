import { judgeJump, oldestVersion } from '../../../../src/app/up/steps';

it.each([
  [undefined, 'v2.15.2', { kind: 'first' }],
  ['v2.15.2', 'v2.15.2', { kind: 'same' }],
  ['v2.15.2-080b0220', 'v2.15.2', { kind: 'same' }],
  ['v2.15.0', 'v2.15.2', { kind: 'upgrade', from: 'v2.15.0', to: 'v2.15.2' }],
  ['v2.14.4-1234abcd', 'v2.15.2', { kind: 'upgrade', from: 'v2.14.4-1234abcd', to: 'v2.15.2' }],
  ['v2.13.5', 'v2.15.2', { kind: 'upgrade', from: 'v2.13.5', to: 'v2.15.2' }],
])('%s, and %s is wanted', (running, wanted, jump) => {
  expect(judgeJump(running, wanted)).toEqual(jump);
});

it.each([
  ['v2.12.4', 'v2.15.2', 'version-jump', 'upgrade to v2.14 first'],
  ['v2.9.9', 'v2.15.2', 'version-jump', 'upgrade to v2.11 first'],
  ['v1.10.19', 'v2.15.2', 'version-jump', 'upgrade to v2.0 first'],
  ['v2.15.2', 'v2.15.1', 'downgrade', 'restore the backup that was taken with v2.15.1'],
  ['v2.16.0', 'v2.15.2', 'downgrade', 'restore the backup'],
  ['dev', 'v2.15.2', 'version-unknown', 'v2.15.2'],
  ['v2.15', 'v2.15.2', 'version-unknown', 'v2.15.2'],
])('refuses %s to %s', (running, wanted, rule, hint) => {
  const jump = judgeJump(running, wanted);
  expect(jump).toMatchObject({ kind: 'refused', problem: { rule, hint: expect.stringContaining(hint) } });
});

it.each([
  [[], undefined],
  [[undefined, 'nonsense'], undefined],
  [['v2.15.2', 'v2.14.4'], 'v2.14.4'],
  [['v2.9.0', 'v2.10.0', undefined], 'v2.9.0'],
])('the oldest of %j', (claims, oldest) => {
  expect(oldestVersion(claims)).toBe(oldest);
});
