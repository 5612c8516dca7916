import { scanAllSchedule } from '../../src/kinds/scan-all-schedule';
import { withDouble } from './support/harbor-double';
import { bringTo, listed, withSandbox } from './support/with-sandbox';

const GET = 'GET /system/scanAll/schedule';
const PUT = 'PUT /system/scanAll/schedule';
const noScanner = { status: 412, message: "no scanner is configured, it's not possible to scan" };
const nightly = { cron: '0 0 1 * * *' };

describe('without a default scanner', () => {
  it('is none: reading it is no error, and none is what may be declared', async () => {
    await withSandbox(async (context) => {
      expect(await listed(scanAllSchedule, context)).toEqual([
        { identity: 'harbor', spec: { cron: '' }, facts: { no_scanner: true } },
      ]);
      expect(await bringTo(scanAllSchedule, context, { cron: '' })).toEqual([]);
    });
  });

  it('cannot be set, and the error names what is missing', async () => {
    await withSandbox(async (context) => {
      await expect(bringTo(scanAllSchedule, context, nightly)).rejects.toThrow(
        /scan-all-schedule\/harbor: Harbor has no default scanner.*declare one under scanners with default: true/,
      );
    });
  });

  it('is exported with a comment about it', () => {
    const [placement] = scanAllSchedule.placements;
    const context = { secret: () => ({ env: 'X' }), facts: { no_scanner: true } };
    expect(placement!.fromSpec({ cron: '' }, context)).toEqual({
      names: [],
      value: 'none',
      notes: { '': expect.stringContaining('no default scanner') },
    });
  });
});

it('is written by PUT, which makes and changes it; POST would be refused if there is one', async () => {
  const stored = { id: 2, schedule: { type: 'Daily', cron: '0 0 0 * * *' }, status: 'Running' };
  await withDouble({ answers: { [GET]: stored } }, async ({ context, written }) => {
    expect(await bringTo(scanAllSchedule, context, { cron: '0 0 0 * * *' })).toEqual([]);
    expect(await bringTo(scanAllSchedule, context, nightly)).toEqual(['cron']);
    expect(written()).toEqual([{ call: PUT, by: 'robot', body: { schedule: { type: 'Custom', ...nightly } } }]);
  });
});

it.each([
  ['reading', { [GET]: { status: 403, message: 'forbidden' } }, /403/],
  ['writing', { [GET]: noScanner, [PUT]: { status: 400, message: 'bad cron' } }, /400/],
])('passes every other refusal on: %s', async (_what, answers, message) => {
  await withDouble({ answers }, async ({ context }) => {
    await expect(bringTo(scanAllSchedule, context, nightly)).rejects.toThrow(message);
  });
});

it('checks the cron', () => {
  const context = { declared: () => undefined };
  expect(scanAllSchedule.check!(nightly, context)).toEqual([]);
  expect(scanAllSchedule.check!({ cron: '@daily' }, context)).toEqual([expect.objectContaining({ rule: 'bad-cron' })]);
});
