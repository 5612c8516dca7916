import {
  parseReport,
  renderReport,
  REPORT_FORMATS,
  toJson,
  type CheckResult,
  type ConformanceReport,
} from '../../../../src/conformance';
import { failedChecksOf } from '../../../../src/conformance/run/failed-checks';
import { largeNight } from '../../../support/example-night';

const SIX_MIB = 6 * 2 ** 20;

describe('a report of a thousand projects with every check', () => {
  const night = largeNight();

  it.each(REPORT_FORMATS.filter((format) => format !== 'prometheus'))('is small as %s', (format) => {
    const startedAt = performance.now();
    const bytes = Buffer.byteLength(renderReport(format, night, []));
    expect(bytes).toBeLessThan(SIX_MIB);
    expect(performance.now() - startedAt).toBeLessThan(20_000);
  });

  it('is read back unchanged, except for the details of passed checks', async () => {
    const again = (await parseReport(toJson(night))) as ConformanceReport;
    const told = ({ id, project, status }: CheckResult): string => `${project ?? ''} ${id} ${status}`;
    expect(again.results.map(told)).toEqual(night.results.map(told));
    expect(again.summary).toEqual(night.summary);
    expect(failedChecksOf(again, undefined)).toEqual(failedChecksOf(night, undefined));
  });

  it('writes everything on request', () => {
    expect(toJson(night, { details: 'all' }).length).toBeGreaterThan(SIX_MIB);
  });
});
