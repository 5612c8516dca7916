import { gcSchedule, type GcScheduleSpec } from '../../src/kinds/gc-schedule';
import { withDouble } from './support/harbor-double';
import { bringTo, listed, withSandbox } from './support/with-sandbox';

const PUT = 'PUT /system/gc/schedule';
const GET = 'GET /system/gc/schedule';
const daily: GcScheduleSpec = { cron: '0 0 4 * * *', delete_untagged: true, delete_tag: false, workers: 2 };
/** As recorded. */
const answered = {
  id: 3,
  job_kind: '0 0 4 * * *',
  job_parameters: '{"delete_tag":false,"delete_untagged":true,"workers":2}',
  schedule: { cron: '0 0 4 * * *', type: 'Custom' },
};

it('is set, changed and removed, and a second plan is empty', async () => {
  await withSandbox(async (context) => {
    expect(await bringTo(gcSchedule, context, { cron: '' })).toEqual([]);
    expect(await bringTo(gcSchedule, context, daily)).toEqual(['cron', 'delete_tag', 'delete_untagged', 'workers']);
    expect(await bringTo(gcSchedule, context, daily)).toEqual([]);
    expect(await bringTo(gcSchedule, context, { cron: '0 0 0 * * 0' })).toEqual(['cron']);
    expect(await listed(gcSchedule, context)).toEqual([
      { identity: 'harbor', spec: { ...daily, cron: '0 0 0 * * 0' } },
    ]);
    expect(await bringTo(gcSchedule, context, { cron: '' })).toEqual(['cron']);
    expect(await bringTo(gcSchedule, context, { cron: '' })).toEqual([]);
  });
});

it.each<[string, unknown, GcScheduleSpec]>([
  ['what was recorded', answered, daily],
  [
    'a Harbor before 2.15, which knows no delete_tag',
    { ...answered, job_parameters: '{"delete_untagged":true,"workers":2}' },
    daily,
  ],
  [
    'a schedule made without parameters, whose workers are 0',
    { ...answered, job_parameters: '{"delete_tag":false,"delete_untagged":false,"workers":0}' },
    { ...daily, delete_untagged: false, workers: 1 },
  ],
])('reads %s', async (_what, answer, spec) => {
  await withDouble({ answers: { [GET]: answer } }, async ({ context }) => {
    expect((await gcSchedule.read(context, 'harbor'))?.spec).toEqual(spec);
  });
});

// Harbor goes by the cron; the name is what its portal shows.
it.each([
  ['0 0 * * * *', 'Hourly'],
  ['0 0 0 * * *', 'Daily'],
  ['0 0 0 * * 0', 'Weekly'],
  ['0  0 4 * * *', 'Custom'],
  ['', 'None'],
])('sends %j as %s', async (cron, type) => {
  await withDouble({}, async ({ context, written }) => {
    await gcSchedule.create(context, { ...daily, cron }, new Map());
    expect(written()).toEqual([
      {
        call: PUT,
        by: 'robot',
        body: {
          schedule: { type, cron: cron.replace('  ', ' ') },
          parameters: { delete_untagged: true, delete_tag: false, workers: 2 },
        },
      },
    ]);
  });
});

it('sends every parameter when one changes: PUT resets those that it omits', async () => {
  await withDouble({ answers: { [GET]: answered } }, async ({ context, written }) => {
    await bringTo(gcSchedule, context, { cron: '0 0 5 * * *' });
    expect(written()[0]?.body?.['parameters']).toEqual({ delete_untagged: true, delete_tag: false, workers: 2 });
  });
});

it.each<[string, RegExp | undefined]>([
  ['0 4 * * *', /six fields/],
  ['* * * * * *', /seconds\) must be 0/],
  ['0 0 4 * * *', undefined],
  ['', undefined],
])('checks the cron %j', (cron, message) => {
  const findings = gcSchedule.check!({ cron }, { declared: () => undefined });
  expect(findings).toEqual(
    message
      ? [expect.objectContaining({ rule: 'bad-cron', field: 'cron', message: expect.stringMatching(message) })]
      : [],
  );
});

it.each<[GcScheduleSpec, unknown, string[]]>([
  [{ cron: '' }, 'none', ['']],
  [daily, daily, ['delete_untagged']],
  [{ ...daily, delete_untagged: false }, { ...daily, delete_untagged: false }, []],
])('writes %j as a person would, with its traps', (spec, value, noted) => {
  const [placement] = gcSchedule.placements;
  const placed = placement!.fromSpec(spec, { secret: () => ({ env: 'X' }), facts: {} })!;
  expect(placed.value).toEqual(value);
  expect(Object.keys(placed.notes ?? {})).toEqual(noted);
});

it('does not exist without a schedule', () => {
  expect(gcSchedule.show!('cron', '')).toBe('none');
  expect(gcSchedule.show!('cron', '0 0 4 * * *')).toBeUndefined();
});
