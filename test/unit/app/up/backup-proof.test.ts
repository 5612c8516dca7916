import { judgeCnpg, judgeCommand, judgeDump, judgeVelero, tooOld } from '../../../../src/app/up/steps';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const velero = (
  over: object = {},
  spec: object = { includedNamespaces: ['harbor', 'databases'] },
  name = 'daily-1',
) => ({
  metadata: { name },
  spec,
  status: {
    phase: 'Completed',
    completionTimestamp: '2026-11-28T03:00:00Z',
    expiration: '2026-12-28T03:00:00Z',
    ...over,
  },
});
const list = (...items: object[]): string => JSON.stringify({ kind: 'List', items });
const DEMAND = { schedule: 'daily', includes: ['harbor', 'databases'] };

describe('a Velero backup', () => {
  it.each<[string, string, RegExp | string]>([
    ['completed', list(velero()), '2026-11-28T03:00:00Z'],
    ['of every namespace', list(velero({}, {})), '2026-11-28T03:00:00Z'],
    [
      'the newest completed one, while another one runs',
      list(
        velero({ phase: 'InProgress', completionTimestamp: undefined }),
        velero({ completionTimestamp: '2026-11-27T03:00:00Z' }),
      ),
      '2026-11-27T03:00:00Z',
    ],
    ['none', list(), /no completed backup \(0 in other phases\)/],
    ['failed in part', list(velero({ phase: 'PartiallyFailed' })), /no completed backup \(1 in other phases\)/],
    [
      'without the database',
      list(velero({}, { includedNamespaces: ['harbor'] })),
      /daily-1 does not contain databases/,
    ],
    [
      'with the database left out',
      list(velero({}, { excludedNamespaces: ['databases'] })),
      /does not contain databases/,
    ],
    ['expired', list(velero({ expiration: '2026-11-28T11:00:00Z' })), /expired/],
    ['an answer that is not a list', 'error: you must be logged in', /did not return a list/],
  ])('%s', (_what, json, expected) => {
    const proven = judgeVelero(json, DEMAND, NOW);
    expect(proven).toEqual(
      typeof expected === 'string' ? { takenAt: expected } : { why: expect.stringMatching(expected) },
    );
  });
});

describe('a CloudNativePG backup', () => {
  const cnpg = (cluster: string, status: object) => ({
    metadata: { name: 'b' },
    spec: { cluster: { name: cluster } },
    status,
  });
  it.each<[string, string, RegExp | string]>([
    [
      'the newest of the cluster',
      list(
        cnpg('harbor', { phase: 'completed', stoppedAt: '2026-11-27T03:00:00Z' }),
        cnpg('harbor', { phase: 'completed', stoppedAt: '2026-11-28T03:00:00Z' }),
        cnpg('other', { phase: 'completed', stoppedAt: '2026-11-28T11:00:00Z' }),
      ),
      '2026-11-28T03:00:00Z',
    ],
    ['failed', list(cnpg('harbor', { phase: 'failed', stoppedAt: '2026-11-28T03:00:00Z' })), /no completed backup/],
    [
      'of another cluster',
      list(cnpg('other', { phase: 'completed', stoppedAt: '2026-11-28T03:00:00Z' })),
      /no completed/,
    ],
  ])('%s', (_what, json, expected) => {
    const proven = judgeCnpg(json, { cluster: 'harbor', namespace: 'databases' });
    expect(proven).toEqual(
      typeof expected === 'string' ? { takenAt: expected } : { why: expect.stringMatching(expected) },
    );
  });
});

describe('a dump', () => {
  const head = ';\n; Archive created at 2026-11-28 03:14:15 UTC\n;     dbname: registry\n';
  it('of Harbor contains the time of its creation', () => {
    const table = '3456; 0 16434 TABLE DATA public project postgres\n';
    expect(judgeDump(head + table)).toEqual({ takenAt: '2026-11-28T03:14:15Z' });
    expect(judgeDump(head)).toEqual({ why: 'it does not contain the tables of Harbor' });
    expect(judgeDump(table)).toEqual({ why: expect.stringMatching(/did not print/) });
  });
});

it('a command may say when the backup was taken', () => {
  expect(judgeCommand('checked 3 snapshots\n2026-11-28T03:14:15+01:00\n')).toEqual({
    takenAt: '2026-11-28T03:14:15+01:00',
  });
  expect(judgeCommand('all fine\n')).toEqual({ takenAt: undefined });
});

it.each<[string | undefined, RegExp | undefined]>([
  [undefined, undefined],
  ['2026-11-28T03:00:00Z', undefined],
  ['2026-11-26T03:00:00Z', /57 hours old, allowed are 24/],
  ['2026-11-29T03:00:00Z', /not a time in the past/],
  ['yesterday', /not a time in the past/],
])('the age of one of %s', (takenAt, expected) => {
  const why = tooOld(takenAt, NOW, 24 * 3_600_000);
  if (expected) expect(why).toMatch(expected);
  else expect(why).toBeUndefined();
});
