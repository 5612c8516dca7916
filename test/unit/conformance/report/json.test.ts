import { Ajv2020 } from 'ajv/dist/2020';
import {
  causesOf,
  reportSchema,
  toFleet,
  toJson,
  type ConformanceReport,
  type Report,
} from '../../../../src/conformance';
import { BAD_NIGHT, fleetNight, largeNight, nightReport } from '../../../support/example-night';
import { EXAMPLE } from './example-report';

const validate = new Ajv2020({ strict: true, allErrors: true, formats: { uri: true, 'date-time': true } }).compile(
  reportSchema(),
);

describe('the JSON report', () => {
  it('contains the whole report, with a schema version', () => {
    const { causes, ...rest } = JSON.parse(toJson(EXAMPLE, { details: 'all' })) as { causes: unknown };
    expect(rest).toEqual(EXAMPLE);
    expect(causes).toEqual(JSON.parse(JSON.stringify(causesOf(EXAMPLE.results))));
    expect(toJson(EXAMPLE)).toMatch(/^\{\n {2}"schemaVersion": 1,/);
  });

  it('leaves out the requests of what passed by default', () => {
    const { results } = JSON.parse(toJson(nightReport(BAD_NIGHT))) as ConformanceReport;
    expect(results.filter(({ status, requests }) => status === 'pass' && requests.length > 0)).toEqual([]);
    expect(results.filter(({ status, requests }) => status === 'fail' && requests.length === 0)).toEqual([]);
  });

  it.each<[string, Report]>([
    ['one Harbor', EXAMPLE],
    ['a thousand projects', largeNight()],
    ['with causes', nightReport(BAD_NIGHT)],
    ['a shard of a stopped run', { ...EXAMPLE, shard: { index: 1, of: 2 }, complete: false, stopped: 'SIGTERM' }],
    ['a fleet', fleetNight()],
    [
      'with numbers to watch',
      nightReport({
        'proxy.docker.io/M1': { measures: [{ name: 'upstream_ratelimit_remaining', of: 'docker.io', value: 87 }] },
      }),
    ],
  ])('keeps to its published schema: %s', (_name, report) => {
    validate(JSON.parse(toJson(report)));
    expect(validate.errors ?? []).toEqual([]);
  });

  it.each<[string, object]>([
    ['an unknown status', { results: [{ ...EXAMPLE.results[0]!, status: 'green' }] }],
    ['no summary', { summary: undefined }],
    ['another version', { schemaVersion: 2 }],
    ['a request without its id', { results: [{ ...EXAMPLE.results[0]!, requests: [{ method: 'GET' }] }] }],
    ['an empty fleet', { ...toFleet([EXAMPLE]), instances: [], results: undefined }],
  ])('the schema refuses %s', (_name, changes) => {
    expect(validate(JSON.parse(JSON.stringify({ ...EXAMPLE, ...changes })))).toBe(false);
  });

  it('the schema knows every field that a report has', () => {
    const strict = new Ajv2020({ strict: false, formats: { uri: true, 'date-time': true } }).compile(
      JSON.parse(
        JSON.stringify(reportSchema()).replaceAll('"type":"object"', '"type":"object","additionalProperties":false'),
      ),
    );
    strict(JSON.parse(toJson(nightReport(BAD_NIGHT))));
    expect(strict.errors ?? []).toEqual([]);
  });
});
