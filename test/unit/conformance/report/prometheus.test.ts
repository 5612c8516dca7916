import { renderReport, toHistoryEntry, type Report } from '../../../../src/conformance';
import { BAD_NIGHT, fleetNight, nightReport, thirtyNights } from '../../../support/example-night';
import { EXAMPLE } from './example-report';

const prometheus = (report: Report, history = [toHistoryEntry(report)]): string =>
  renderReport('prometheus', report, history);

const SAMPLE =
  /^breakwater_conformance_[a-z_]+\{[a-z_]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\["\\n])*")*\} -?[0-9.e+]+$/;

describe('the Prometheus report', () => {
  it.each<[string, Report]>([
    ['one Harbor', EXAMPLE],
    ['a fleet', fleetNight()],
  ])('is text format 0.0.4 without timestamps: %s', (_name, report) => {
    const text = prometheus(report);
    expect(text.endsWith('\n')).toBe(true);
    const lines = text.trimEnd().split('\n');
    expect(lines.filter((line) => !line.startsWith('# ') && !SAMPLE.test(line))).toEqual([]);
    const samples = lines.filter((line) => !line.startsWith('#')).map((line) => line.slice(0, line.lastIndexOf(' ')));
    expect(new Set(samples).size).toBe(samples.length);
  });

  it('has help and type once before the samples of each metric', () => {
    const blocks = prometheus(fleetNight()).split(/(?=^# HELP )/m);
    for (const block of blocks) {
      const [help, type, ...samples] = block.trimEnd().split('\n');
      const name = help!.split(' ')[2]!;
      expect(type).toBe(`# TYPE ${name} gauge`);
      expect(samples.filter((sample) => !sample.startsWith(`${name}{`))).toEqual([]);
    }
    expect(blocks.length).toBeGreaterThan(6);
  });

  it('reports 1 and 0, and nothing for skipped or deviating checks', () => {
    const text = prometheus(EXAMPLE);
    expect(text.match(/^breakwater_conformance_check_status.*$/gm)).toEqual([
      'breakwater_conformance_check_status{harbor="harbor.example.com",project="",check="T4"} 1',
      'breakwater_conformance_check_status{harbor="harbor.example.com",project="proxy.docker.io",check="B1"} 0',
      'breakwater_conformance_check_status{harbor="harbor.example.com",project="private",check="B1"} 0',
    ]);
    expect(text).toContain(
      'breakwater_conformance_pull_bytes{harbor="harbor.example.com",project="proxy.docker.io"} 2097152',
    );
    expect(text).toContain('breakwater_conformance_checks{harbor="harbor.example.com",status="known-deviation"} 1');
    expect(text).toContain(
      'breakwater_conformance_run_info{harbor="harbor.example.com",harbor_version="v2.15.2",version="1.2.3"} 1',
    );
  });

  it.each([
    ['well now', nightReport({}), Date.parse('2026-11-21T03:00:00Z') / 1000],
    ['well three nights ago', nightReport(BAD_NIGHT), Date.parse('2026-11-18T03:00:00Z') / 1000],
  ])('has the time of the last success: %s', (_name, report, fromSeconds) => {
    const [, value] =
      /last_success_timestamp_seconds\{[^}]*\} (.*)/.exec(prometheus(report, [...thirtyNights()])) ?? [];
    expect(Number(value) - fromSeconds).toBeGreaterThan(0);
    expect(Number(value) - fromSeconds).toBeLessThan(120);
  });

  it('has no such time without a success', () => {
    expect(prometheus(nightReport(BAD_NIGHT))).not.toContain('last_success');
  });

  it('exports the lowest measured value of each check', () => {
    const measures = (value: number) => [{ name: 'upstream_ratelimit_remaining', of: 'docker.io', value } as const];
    const night = {
      'proxy.docker.io/M1': { measures: measures(87) },
      'proxy.docker.io/S1': { measures: measures(85) },
    };
    expect(prometheus(nightReport(night))).toContain(
      'breakwater_conformance_upstream_ratelimit_remaining{harbor="harbor.example.com",source="docker.io"} 85',
    );
  });

  it('keeps digests and tags out of labels', () => {
    expect(prometheus(nightReport(BAD_NIGHT))).not.toMatch(/sha256|alpine|3\.20/);
  });

  it('escapes what a label cannot hold', () => {
    const odd = { ...EXAMPLE, instance: 'a"b\\c\nd' };
    expect(prometheus(odd)).toContain('harbor="a\\"b\\\\c\\nd"');
  });
});
