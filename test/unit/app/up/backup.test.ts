import { judgeBackup, parseBackup, type BackupManifest } from '../../../../src/app/up/steps';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const GOOD: BackupManifest = {
  schemaVersion: 1,
  takenAt: '2026-11-21T02:00:00Z',
  harborVersion: 'v2.14.4',
  hostname: 'harbor.corp.internal',
  parts: [{ name: 'database', sizeBytes: 10, sha256: 'a'.repeat(64) }],
  verified: true,
};
const DEMAND = {
  nowMs: NOW,
  maxAgeMs: 24 * 3_600_000,
  hostname: 'harbor.corp.internal',
  runningVersion: 'v2.14.4-1234abcd',
};

it('takes a verified backup of this Harbor from last night', () => {
  expect(judgeBackup(GOOD, DEMAND)).toEqual([]);
});

it.each<[string, Partial<BackupManifest>, RegExp]>([
  ['not verified', { verified: false }, /not verified/],
  ['is of another Harbor', { hostname: 'other.internal' }, /of other\.internal, not of harbor\.corp/],
  ['is old', { takenAt: '2026-11-19T12:00:00Z' }, /48 hours old/],
  ['is of the future', { takenAt: '2026-11-22T12:00:00Z' }, /not a time in the past/],
  ['has no time', { takenAt: 'yesterday' }, /not a time in the past/],
  ['is of another version', { harborVersion: 'v2.13.5' }, /a backup of v2\.13\.5, but v2\.14\.4.* is running/],
  ['holds nothing', { parts: [] }, /it is empty/],
  ['holds an empty part', { parts: [{ name: 'database', sizeBytes: 0, sha256: '' }] }, /its database is empty/],
])('does not accept one that %s', (_what, over, message) => {
  const problems = judgeBackup({ ...GOOD, ...over }, DEMAND);
  expect(problems).toEqual([
    { rule: 'backup', message: expect.stringMatching(message), hint: expect.stringMatching(/--without-backup/) },
  ]);
});

it('reports everything that is wrong with it', () => {
  expect(judgeBackup({ ...GOOD, verified: false, parts: [], hostname: 'other' }, DEMAND)).toHaveLength(3);
});

it.each([
  '',
  'null',
  '[]',
  '{}',
  JSON.stringify({ ...GOOD, verified: 'yes' }),
  JSON.stringify({ ...GOOD, schemaVersion: 2 }),
])('reads no manifest from %s', (text) => {
  expect(parseBackup(text)).toBeUndefined();
});

it('reads what was written', () => {
  expect(parseBackup(JSON.stringify(GOOD))).toEqual(GOOD);
});
