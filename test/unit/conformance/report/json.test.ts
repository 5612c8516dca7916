import { toJson } from '../../../../src/conformance';
import { EXAMPLE } from './example-report';

describe('the JSON report', () => {
  it('is the report, with a version for its readers', () => {
    expect(JSON.parse(toJson(EXAMPLE))).toEqual(EXAMPLE);
    expect(toJson(EXAMPLE)).toMatch(/^\{\n {2}"schemaVersion": 1,/);
  });
});
