import { headline, toFleet, type CheckResult, type ConformanceReport, type Rank } from '../../../../src/conformance';
import { countStatuses } from '../../../../src/conformance/model/outcome';
import { BAD_NIGHT, nightReport } from '../../../support/example-night';

const CAUSE = {
  kind: 'x',
  rank: 'outage',
  party: 'upstream',
  words: 'upstream quay.io is down',
  evidence: [],
} as const;

describe('the first line of a report', () => {
  it.each<[string, ConformanceReport, string, string]>([
    ['no failure', nightReport({}), 'pass', 'OK: 6 of 6 projects on harbor.example.com serve as declared'],
    [
      'known deviations are not hidden',
      nightReport({ 'proxy.gcr.io/S4a': { status: 'known-deviation' } }),
      'pass',
      'OK: 6 of 6 projects on harbor.example.com serve as declared (1 known Harbor deviation)',
    ],
    [
      'one failure',
      nightReport({ 'proxy.gcr.io/B1': { status: 'fail', message: 'the blob is cut\nmore' } }),
      'fail',
      'B1 failed in proxy.gcr.io: the blob is cut (cause not determined)',
    ],
    [
      'one check in several projects',
      nightReport({ 'proxy.gcr.io/B1': bad('cut'), 'proxy.quay.io/B1': bad('cut') }),
      'fail',
      'B1 failed in proxy.quay.io, proxy.gcr.io: cut (cause not determined)',
    ],
    [
      'several checks',
      nightReport({ 'proxy.gcr.io/M1': bad('404'), 'proxy.gcr.io/B1': bad('cut') }),
      'fail',
      'M1 failed in proxy.gcr.io: 404 (cause not determined)',
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
      'M1 could not be determined in proxy.gcr.io: no such image (cause not determined)',
    ],
    [
      'stopped',
      { ...nightReport({}), complete: false, stopped: 'the deadline of the run was reached' },
      'error',
      'The run was stopped: the deadline of the run was reached',
    ],
    ['nothing passed', withoutPasses(nightReport({})), 'error', 'Nothing was verified: no check passed'],
  ])('%s', (_name, report, kind, words) => {
    expect(headline(report)).toMatchObject({ kind, words });
  });

  it('puts an exposure before an outage, and what comes soon after both', () => {
    const of = (rank: Rank, words: string): Partial<CheckResult> => ({ ...bad('x'), cause: { ...CAUSE, rank, words } });
    const { words, more } = headline(
      nightReport({
        'proxy.docker.io/A4': of('soon', 'robot$clusters expires'),
        'proxy.docker.io/M1': of('outage', 'upstream is down'),
        'proxy.docker.io/S1': of('outage', 'upstream is down'),
        'proxy.quay.io/A2': of('exposure', 'anonymous clients can read a private project'),
        'proxy.quay.io/M5': of('proof', 'image is gone'),
      }),
    );
    expect([words, ...more].map((line) => line.split(':')[0])).toEqual([
      'Anonymous clients can read a private project',
      'Upstream is down',
      // Names keep their case.
      'robot$clusters expires',
      'Image is gone',
    ]);
  });

  it('reports how many projects, and what to do', () => {
    expect(headline(nightReport(BAD_NIGHT))).toMatchObject({
      verdict: 'FAILED: 3 of 6 projects on harbor.example.com; 3 checks failed, 1 could not be determined',
      whatToDo:
        'put a living credential where QUAY_TOKEN comes from, then apply: breakwater apply --rotate registry/quay',
    });
  });

  it('names the rest below it', () => {
    expect(headline(nightReport(BAD_NIGHT)).more).toEqual([
      expect.stringMatching(/^B1 failed in proxy\.docker\.io: /),
      expect.stringMatching(/^A4 could not be determined in proxy\.a-registry.*: /),
    ]);
  });

  it('names the Harbor of a fleet', () => {
    const fleet = toFleet([
      { ...nightReport({}), instance: 'edge' },
      { ...nightReport({ 'proxy.gcr.io/B1': bad('cut') }, 0, 'https://eu.example.com/'), instance: 'eu' },
    ]);
    expect(headline(fleet).words).toBe('B1 failed in eu proxy.gcr.io: cut (cause not determined)');
  });

  it('does not name fifty projects', () => {
    const night = Object.fromEntries(nightReport({}).projects.map(({ name }) => [`${name}/B1`, bad('cut')]));
    expect(headline(nightReport(night)).words).toBe(
      'B1 failed in 6 places (proxy.docker.io, proxy.ghcr.io, proxy.quay.io and 3 more): cut (cause not determined)',
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
