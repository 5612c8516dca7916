import {
  CATALOGUE,
  renderReport,
  type Cause,
  type CheckResult,
  type ConformanceReport,
} from '../../../../src/conformance';
import { countStatuses } from '../../../../src/conformance/model/outcome';
import { nightReport } from '../../../support/example-night';

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const PROJECTS = 1_000;
const MIB = 2 ** 20;

/** A thousand projects whose names are long, in which every check on pulls fails, by three hundred causes and by none. */
function terribleNight(): ConformanceReport {
  const names = Array.from({ length: PROJECTS }, (_none, at) => `${'a-team-with-a-long-name-'.repeat(5)}${at}`);
  const results = names.flatMap((name, at) =>
    CATALOGUE.filter(({ scope }) => scope === 'project').map(({ id, title }): CheckResult => {
      const about = { id, title, project: name, startedAfterMs: 1, durationMs: 20, evidence: [], requests: [] };
      if (!/^[AMB]/.test(id)) return { ...about, status: 'pass', message: 'as it should be' };
      const cause: Cause = {
        ...{ kind: `kind-${at % 300}`, rank: 'outage', party: 'upstream', words: `upstream ${at % 300} is down` },
        evidence: [{ label: 'checked from here', value: DIGEST }],
        whatToDo: 'check its status page',
        command: `breakwater apply --target project/${name}`,
      };
      return {
        ...about,
        status: at % 5 === 0 ? 'error' : 'fail',
        message: `blob ${DIGEST} of ${name}: 404 not found [bw-${at}]\n`.repeat(12),
        evidence: [{ label: 'layer', value: DIGEST }],
        requests: [1, 2, 3, 4, 5, 6].map((number) => ({
          ...{ id: `bw-${at}-${number}`, method: 'GET', status: 404, durationMs: 12, bytes: 100, digest: DIGEST },
          url: `https://harbor.example.com/v2/${name}/manifests/${DIGEST}`,
        })),
        ...(at % 7 > 0 && { cause }),
      };
    }),
  );
  const projects = names.map((name) => ({
    ...{ name, public: true, proxy: true, images: ['library/alpine:3.20'], platforms: ['linux/amd64'] },
  }));
  const checks = CATALOGUE.map(({ id, title, proves, why, limits, upstreamCost, phase }) => ({
    ...{ id, title, proves, why, limits, upstreamCost, phase },
  }));
  return { ...nightReport({}), checks, projects, results, summary: countStatuses(results) };
}

describe('a night in which everything fails on a thousand projects', () => {
  const report = terribleNight();
  const rendered = new Map<string, string>();
  /** A report of this size takes a second. */
  const render = (format: Parameters<typeof renderReport>[0]): string => {
    const known = rendered.get(format) ?? renderReport(format, report, []);
    rendered.set(format, known);
    return known;
  };

  it.each([
    ['html', 6],
    ['junit', 6],
    ['ctrf', 6],
    ['text', 1],
    ['markdown', 1],
    ['json', 25],
  ] as const)('fits into a report as %s of %d MiB', (format, mebibytes) => {
    expect(Buffer.byteLength(render(format))).toBeLessThan(mebibytes * MIB);
  });

  it('shows the first failures of every cause with their requests', () => {
    const { results } = JSON.parse(render('json')) as { results: CheckResult[] };
    const detailed = results.filter(({ requests }) => requests.length > 0);
    expect(detailed).toHaveLength(300);
    expect(new Set(detailed.map(({ cause }) => cause?.words)).size).toBeGreaterThan(70);
    expect(results.filter(({ status }) => status === 'fail' || status === 'error')).toHaveLength(
      report.summary.fail + report.summary.error,
    );
  });

  it('counts every failure in JUnit by its project', () => {
    const xml = render('junit');
    const suites = xml.match(/<testsuite /g) ?? [];
    expect(suites).toHaveLength(PROJECTS);
    expect(xml).toContain('checks failed');
    expect(xml).not.toMatch(/<testsuite [^>]*failures="0" errors="0"/);
  });

  it('has lines of at most 100 characters, except for YAML to copy', () => {
    const long = render('text')
      .split('\n')
      .filter((line) => line.length > 100);
    expect(long).toEqual([]);
  });
});
