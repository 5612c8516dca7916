import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import { renderReport, type Report } from '../../../../src/conformance';
import { BAD_NIGHT, fleetNight, nightReport } from '../../../support/example-night';
import { EXAMPLE } from './example-report';

/** As its authors publish it. */
const SCHEMA = JSON.parse(
  readFileSync(join(dirname(require.resolve('ctrf')), 'ctrf-schema-0.0.json'), 'utf8'),
) as object;
const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(SCHEMA);

function ctrf(report: Report): { results: { summary: object; environment: object; tests: Record<string, unknown>[] } } {
  return JSON.parse(renderReport('ctrf', report, []));
}

describe('the CTRF report', () => {
  it.each<[string, Report]>([
    ['one Harbor', EXAMPLE],
    ['a bad night', nightReport(BAD_NIGHT)],
    ['a fleet', fleetNight()],
    ['a stopped run', { ...EXAMPLE, complete: false, stopped: 'SIGTERM' }],
  ])('keeps to the schema that CTRF publishes: %s', (_name, report) => {
    validate(ctrf(report));
    expect(validate.errors ?? []).toEqual([]);
  });

  it('counts an undetermined check as failed, and a known deviation as neither', () => {
    const { summary, environment, tests } = ctrf(EXAMPLE).results;
    expect(summary).toMatchObject({ tests: 5, passed: 1, failed: 2, skipped: 1, other: 1, start: 1795230000000 });
    expect(environment).toMatchObject({ appVersion: 'v2.15.2', healthy: false });
    expect(tests.map(({ status, rawStatus }) => [rawStatus, status])).toEqual([
      ['pass', 'passed'],
      ['fail', 'failed'],
      ['known-deviation', 'other'],
      ['error', 'failed'],
      ['skip', 'skipped'],
    ]);
  });

  it('shows the cause first, and every request', () => {
    const test = ctrf(nightReport(BAD_NIGHT)).results.tests.find(
      ({ testId }) => testId === 'harbor.example.com / proxy.quay.io / M1',
    );
    expect(test).toMatchObject({
      suite: ['harbor.example.com', 'proxy.quay.io'],
      filePath: 'policies/projects.yaml',
      message: expect.stringMatching(/^Cause \(credential\): upstream quay\.io refuses [^]*\nHEAD: 404/),
      trace: expect.stringContaining('[bw-2]'),
    });
  });

  it('is red if a run was stopped before it found anything wrong', () => {
    const stopped = ctrf({ ...nightReport({}), complete: false, stopped: 'SIGTERM' });
    expect(stopped.results.summary).toMatchObject({ failed: 1 });
    expect(stopped.results.tests.at(-1)).toMatchObject({ status: 'failed', message: 'the run was stopped: SIGTERM' });
  });

  it('has an id for every test, and no id twice', () => {
    const ids = ctrf(fleetNight()).results.tests.map(({ testId }) => testId);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
