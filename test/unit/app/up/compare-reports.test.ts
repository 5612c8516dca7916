import type { CheckResult, ConformanceReport } from '../../../../src/conformance';
import { compareReports, comparisonText } from '../../../../src/app/up/steps';

type Row = readonly [id: string, status: CheckResult['status'], project?: string];

function report(...rows: Row[]): ConformanceReport {
  return {
    results: rows.map(([id, status, project]) => ({ id, status, ...(project === undefined ? {} : { project }) })),
  } as unknown as ConformanceReport;
}

it('distinguishes what the upgrade broke from what was broken before', () => {
  const before = report(
    ['T1', 'pass'],
    ['M1', 'pass', 'hub'],
    ['M1', 'known-deviation', 'quay'],
    ['M2', 'fail', 'hub'],
    ['M3', 'error', 'hub'],
    ['M4', 'skip', 'hub'],
    ['M5', 'pass', 'hub'],
    ['M6', 'pass', 'gone'],
  );
  const after = report(
    ['T1', 'pass'],
    ['M1', 'fail', 'hub'],
    ['M1', 'error', 'quay'],
    ['M2', 'fail', 'hub'],
    ['M3', 'pass', 'hub'],
    ['M4', 'fail', 'hub'],
    ['M5', 'skip', 'hub'],
  );
  const comparison = compareReports(before, after);
  expect(comparison).toEqual({
    broken: ['M1 hub', 'M1 quay'],
    lost: ['M5 hub', 'M6 gone'],
    stillRed: ['M2 hub'],
    mended: ['M3 hub'],
  });
  expect(comparisonText(comparison)).toBe(
    [
      'passed before the upgrade, fails now: M1 hub, M1 quay',
      'passed before the upgrade, not verified now: M5 hub, M6 gone',
      'failed before the upgrade, still fails: M2 hub',
      'failed before the upgrade, passes now: M3 hub',
    ].join('\n'),
  );
});

it('reports it if nothing broke', () => {
  const same = report(['T1', 'pass']);
  expect(comparisonText(compareReports(same, same))).toBe('no check that passed before the upgrade fails now');
});
