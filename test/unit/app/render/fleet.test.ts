import { fleetText, type Fleet, type InstanceRun } from '../../../../src/app/render/fleet';
import { UsageError } from '../../../../src/errors';

const good: InstanceRun = { instance: 'eu', exitCode: 0, summary: 'no changes', out: '{"a":1}' };
const bad: InstanceRun = {
  ...{ instance: 'us|west', exitCode: 1, summary: 'error[USAGE]: no', out: '' },
  error: new UsageError('no'),
};
const fleet: Fleet = { runs: [good, bad], left: ['asia'], exitCode: 1 };

describe('several Harbors', () => {
  it('are a line each, with a count of the OK ones', () => {
    expect(fleetText('text', fleet)).toBe(
      [
        '\n=== 1 of 3 Harbors OK ===\n',
        'eu       OK (0): no changes',
        'us|west  error (1): error[USAGE]: no',
        'asia     not begun: the run was stopped\n',
      ].join('\n'),
    );
  });

  it('are rows of one table in a comment, with any names', () => {
    expect(fleetText('markdown', fleet)).toContain(String.raw`| us\|west | error (1): error[USAGE]: no |`);
  });

  it('are one document for programs, with the result or the error of each', () => {
    expect(JSON.parse(fleetText('json', fleet))).toEqual({
      schemaVersion: 1,
      exitCode: 1,
      instances: [
        { instance: 'eu', exitCode: 0, summary: 'no changes', result: { a: 1 } },
        {
          ...{ instance: 'us|west', exitCode: 1, summary: 'error[USAGE]: no', result: null },
          error: { code: 'USAGE', message: 'no', hints: [] },
        },
      ],
      notBegun: ['asia'],
    });
  });

  it.each([
    [
      'with a run each',
      '{"version":"2.1.0","runs":[{"tool":{}}]}',
      [{ tool: {}, automationDetails: { id: 'breakwater/eu' } }],
    ],
    ['where one printed no document', 'text', []],
  ])('are one document for a code scanner, %s', (_case, out, runs) => {
    const document = fleetText('sarif', { ...fleet, runs: [{ ...good, out }] });
    expect(JSON.parse(document)).toEqual({ version: '2.1.0', runs });
  });
});
