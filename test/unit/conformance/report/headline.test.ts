import { headline, toFleet, type CheckResult, type ConformanceReport } from '../../../../src/conformance';
import { countStatuses } from '../../../../src/conformance/outcome';
import { BAD_NIGHT, nightReport } from '../../../support/example-night';

const CAUSE = { party: 'upstream', words: 'upstream quay.io is down', evidence: [] };

describe('the first line of a report', () => {
  it.each<[string, ConformanceReport, string, string]>([
    ['all well', nightReport({}), 'pass', 'All is well: 6 projects of harbor.example.com serve as declared'],
    [
      'known deviations are not hidden',
      nightReport({ 'proxy.gcr.io/S4a': { status: 'known-deviation' } }),
      'pass',
      'All is well: 6 projects of harbor.example.com serve as declared, but for 1 known deviation of Harbor',
    ],
    [
      'one failure',
      nightReport({ 'proxy.gcr.io/B1': { status: 'fail', message: 'the blob is cut\nmore' } }),
      'fail',
      'proxy.gcr.io: B1 failed: the blob is cut',
    ],
    [
      'one check in several projects',
      nightReport({ 'proxy.gcr.io/B1': bad('cut'), 'proxy.quay.io/B1': bad('cut') }),
      'fail',
      'B1 failed in proxy.quay.io, proxy.gcr.io: cut',
    ],
    [
      'several checks',
      nightReport({ 'proxy.gcr.io/M1': bad('404'), 'proxy.gcr.io/B1': bad('cut') }),
      'fail',
      '2 checks (M1, B1) failed in proxy.gcr.io: 404',
    ],
    [
      'a cause explains them all, and a failure without one comes after it',
      nightReport({
        'proxy.docker.io/B1': bad('cut'),
        'proxy.quay.io/M1': { ...bad('404'), cause: CAUSE },
        'proxy.quay.io/S1': { ...bad('404'), cause: CAUSE },
      }),
      'fail',
      'Upstream quay.io is down: M1, S1 failed in proxy.quay.io',
    ],
    [
      'only errors',
      nightReport({ 'proxy.gcr.io/M1': { status: 'error', message: 'no such image' } }),
      'error',
      'proxy.gcr.io: M1 could not be found out: no such image',
    ],
    [
      'stopped',
      { ...nightReport({}), complete: false, stopped: 'the deadline of the run was reached' },
      'error',
      'The run was stopped: the deadline of the run was reached',
    ],
    ['nothing passed', withoutPasses(nightReport({})), 'error', 'Nothing was proven: no check passed'],
  ])('%s', (_name, report, kind, words) => {
    expect(headline(report)).toMatchObject({ kind, words });
  });

  it('names the rest below it', () => {
    expect(headline(nightReport(BAD_NIGHT)).more).toEqual([
      expect.stringMatching(/^proxy\.docker\.io: B1 failed: /),
      expect.stringMatching(/^proxy\.a-registry.*: A4 could not be found out: /),
    ]);
  });

  it('says in a fleet which Harbor', () => {
    const fleet = toFleet([
      { ...nightReport({}), instance: 'edge' },
      { ...nightReport({ 'proxy.gcr.io/B1': bad('cut') }, 0, 'https://eu.example.com/'), instance: 'eu' },
    ]);
    expect(headline(fleet).words).toBe('eu proxy.gcr.io: B1 failed: cut');
  });

  it('does not name fifty projects', () => {
    const night = Object.fromEntries(nightReport({}).projects.map(({ name }) => [`${name}/B1`, bad('cut')]));
    expect(headline(nightReport(night)).words).toBe(
      'B1 failed in 6 places (proxy.docker.io, proxy.ghcr.io, proxy.quay.io and 3 more): cut',
    );
  });
});

function bad(message: string): Partial<CheckResult> {
  return { status: 'fail', message };
}

function withoutPasses(report: ConformanceReport): ConformanceReport {
  const results = report.results.map((result) => ({ ...result, status: 'skip' as const }));
  return { ...report, results, summary: countStatuses(results) };
}
