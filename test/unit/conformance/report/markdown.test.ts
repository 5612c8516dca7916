import { toMarkdown, toSummary } from '../../../../src/conformance';
import { BAD_NIGHT, fleetNight, largeNight, nightReport } from '../../../support/example-night';
import { EXAMPLE } from './example-report';

describe('the Markdown report', () => {
  it('begins with the verdict, the worst cause and what to do', () => {
    expect(toMarkdown(nightReport(BAD_NIGHT)).split('\n').slice(0, 6)).toEqual([
      '## ✗ FAILED: 3 of 6 projects on harbor.example.com; 3 checks failed, 1 could not be determined',
      '',
      '**Worst:** Upstream quay.io refuses the declared credential: M1, S1 failed in proxy.quay.io',
      '',
      '**Do:** put a living credential where QUAY\\_TOKEN comes from, then apply: breakwater apply --rotate registry/quay',
      '',
    ]);
  });

  it('folds known deviations, and lists what failed as a table', () => {
    const text = toMarkdown(nightReport(BAD_NIGHT));
    expect(text).toContain('<summary>1 known deviation</summary>');
    expect(text).toMatch(/^\| `proxy\.quay\.io` \| M1 \| ✗ \| HEAD: 404 not found/m);
    expect(text).toContain('   breakwater apply --rotate registry/quay');
  });

  it('reports a successful night', () => {
    expect(toMarkdown(nightReport({}))).toBe(
      '## ✓ OK: 6 of 6 projects on harbor.example.com serve as declared\n\n79 passed\n',
    );
  });

  it('never turns text of a server into markup', () => {
    const text = toMarkdown(EXAMPLE);
    expect(text).not.toContain('<script>');
    expect(text).toContain('\\<script\\>');
  });

  it('fits into an issue, however much failed', () => {
    const night = largeNight();
    const results = night.results.map((one, at) => ({
      ...one,
      ...{ status: 'fail' as const, message: `another failure ${at} ${'x'.repeat(300)}` },
    }));
    expect(toMarkdown({ ...night, results: results.slice(0, 3_000) }).length).toBeLessThan(65_536);
  });

  it('names the Harbors of a fleet', () => {
    expect(toMarkdown(fleetNight())).toContain('### eu');
  });
});

describe('the summary', () => {
  it('is one line', () => {
    expect(toSummary(nightReport(BAD_NIGHT))).toBe(
      'FAILED: 3 of 6 projects on harbor.example.com; 3 checks failed, 1 could not be determined; ' +
        'worst: Upstream quay.io refuses the declared credential: M1, S1 failed in proxy.quay.io; ' +
        'put a living credential where QUAY_TOKEN comes from, then apply: breakwater apply --rotate registry/quay\n',
    );
    expect(toSummary(nightReport({})).split('\n')).toHaveLength(2);
  });
});
