import { toHtml, toJson, toJunit, toText, runConformance, type ConformanceReport } from '../../../src/conformance';
import { SANDBOX_PASSWORD, startSandboxUnderTest, TIME_SCALE, type SandboxUnderTest } from './sandbox-target';

/** Nothing that is guarded and no mirror domain is declared. */
const ELSEWHERE = 'P1 P2 P3 P4 V1 V2 V3 V4 V5 D1 D2 D3 D4 D5 D6 D7 D8'.split(' ');

describe('a run against the sandbox', () => {
  let under: SandboxUnderTest;
  let report: ConformanceReport;

  beforeAll(async () => {
    under = await startSandboxUnderTest();
    report = await runConformance(under.target, {
      tool: { name: 'breakwater', version: '0.0.0' },
      timeScale: TIME_SCALE,
    });
  }, 120_000);

  afterAll(() => under.close());

  it('finds no faults, and determines everything', () => {
    const bad = report.results.filter(({ status }) => status === 'fail' || status === 'error');
    expect(bad.map(({ id, project, message }) => `${id} ${project}: ${message}`)).toEqual([]);
  });

  it('names the known deviations that they are', () => {
    const known = report.results.filter(({ status }) => status === 'known-deviation');
    // Whether S4c finds one depends on whether Harbor's own check has noticed the outage before it.
    const certain = known.filter(({ id }) => id !== 'S4c');
    expect(certain.map(({ id, project }) => `${id} ${project}`)).toEqual([
      'S4a proxy.public',
      'S9 proxy.public',
      'A6 proxy.private',
      'S9 proxy.private',
    ]);
    expect(known).toContainEqual(
      expect.objectContaining({
        id: 'S4a',
        project: 'proxy.public',
        link: 'https://github.com/goharbor/harbor/issues/21818',
      }),
    );
  });

  it('skips only what does not apply', () => {
    const skipped = report.results.filter(({ status }) => status === 'skip');
    expect(skipped.map(({ id, project }) => `${id} ${project}`)).toEqual([
      'T1 undefined',
      'T2 undefined',
      'A4 proxy.public',
      'A5 proxy.public',
      'B5 proxy.public',
      ...ELSEWHERE.map((id) => `${id} proxy.public`),
      ...['S4b', 'S11', 'S12', 'S13', 'S14'].map((id) => `${id} proxy.public`),
      'M5 proxy.private',
      'B5 proxy.private',
      ...ELSEWHERE.map((id) => `${id} proxy.private`),
      ...['S4b', 'S11', 'S12', 'S13', 'S14'].map((id) => `${id} proxy.private`),
    ]);
  });

  it("saw the cold pull being cached at Harbor's own pace", () => {
    const cold = report.results.find(({ id, project }) => id === 'S1' && project === 'proxy.private');
    const after = cold?.evidence.find(({ label }) => label === 'cached after')?.value ?? '';
    const unscaledSeconds = Number(/\((\d+\.\d) s unscaled\)/.exec(after)?.[1]);
    expect(unscaledSeconds).toBeGreaterThan(15);
    expect(unscaledSeconds).toBeLessThan(600);
  });

  it('leaves no secret in any report', async () => {
    const robot = await under.target.projects[1]!.pullCredential!.password();
    for (const text of [toHtml(report), toJson(report), toJunit(report), toText(report)]) {
      expect(text).not.toContain(SANDBOX_PASSWORD);
      expect(text).not.toContain(robot);
      expect(text).not.toMatch(/Bearer ey|Basic [A-Za-z0-9+/]{12}/);
    }
  });
});

describe('a deep run against the sandbox', () => {
  it('waits until Harbor has noticed the outage, and until it has noticed its end', async () => {
    const timeScale = 0.005;
    const under = await startSandboxUnderTest(timeScale);
    const target = { ...under.target, projects: under.target.projects.slice(1) };
    const options = { tool: { name: 'breakwater', version: '0.0.0' }, timeScale, deep: true, checks: ['S4b', 'M1'] };
    const report = await runConformance(target, options);
    expect(report.results.map(({ id, status, message }) => `${id} ${status} ${message}`)).toEqual([
      expect.stringMatching(/^M1 pass/),
      'S4b pass the same image, complete, from the cache',
    ]);
    under.upstream.takeLog();
    const after = await runConformance(target, { ...options, checks: ['M1'] });
    expect(after.summary.pass).toBe(1);
    expect(under.upstream.takeLog()).toContain('HEAD /v2/library/single/manifests/1');
    await under.close();
  }, 60_000);
});
