import { purgeAuditSchedule, type PurgeAuditScheduleSpec } from '../../src/kinds/purge-audit-schedule';
import { withDouble } from './support/harbor-double';
import { bringTo, withSandbox } from './support/with-sandbox';

const weekly: PurgeAuditScheduleSpec = {
  cron: '0 0 0 * * 0',
  audit_retention_hour: 168,
  include_event_types: ['create_artifact', 'pull_artifact'],
};

it('is set, changed and removed, and a second plan is empty', async () => {
  await withSandbox(async (context) => {
    expect(await bringTo(purgeAuditSchedule, context, { cron: '' })).toEqual([]);
    expect(await bringTo(purgeAuditSchedule, context, weekly)).toHaveLength(3);
    const reordered = { ...weekly, include_event_types: ['pull_artifact', 'create_artifact', 'pull_artifact'] };
    expect(await bringTo(purgeAuditSchedule, context, reordered)).toEqual([]);
    const none = { ...weekly, include_event_types: [] };
    expect(await bringTo(purgeAuditSchedule, context, none)).toEqual(['include_event_types']);
    expect(await bringTo(purgeAuditSchedule, context, none)).toEqual([]);
    expect(await bringTo(purgeAuditSchedule, context, { cron: '' })).toEqual(['cron']);
    expect((await purgeAuditSchedule.read(context, 'harbor'))?.spec).toEqual({ cron: '' });
  });
});

it('sends the list with commas, and both parameters even to take the schedule away', async () => {
  await withDouble({}, async ({ context, written }) => {
    await purgeAuditSchedule.create(context, weekly, new Map());
    await purgeAuditSchedule.create(context, { cron: '' }, new Map());
    expect(written().map(({ body }) => body)).toEqual([
      {
        schedule: { type: 'Weekly', cron: '0 0 0 * * 0' },
        parameters: { audit_retention_hour: 168, include_event_types: 'create_artifact,pull_artifact', dry_run: false },
      },
      {
        schedule: { type: 'None', cron: '' },
        parameters: { audit_retention_hour: 0, include_event_types: '', dry_run: false },
      },
    ]);
  });
});

describe('check', () => {
  const check = (spec: Partial<PurgeAuditScheduleSpec>) =>
    purgeAuditSchedule.check!({ ...weekly, ...spec }, { declared: () => undefined });

  it.each<[Partial<PurgeAuditScheduleSpec>, object]>([
    [{ cron: '0 0 * *' }, { rule: 'bad-cron', field: 'cron' }],
    [
      { include_event_types: [] },
      { rule: 'purge-audit-events', severity: 'warning', message: expect.stringContaining('deletes nothing') },
    ],
    [
      { include_event_types: ['pull_artefact'] },
      { rule: 'purge-audit-events', severity: 'warning', hint: 'did you mean "pull_artifact"?' },
    ],
    [
      { include_event_types: ['shutdown'] },
      { severity: 'warning', hint: expect.stringContaining('/auditlog-exts/events') },
    ],
  ])('%j', (spec, finding) => {
    expect(check(spec)).toEqual([expect.objectContaining(finding)]);
  });

  it.each([{}, { cron: '' }, { cron: '', include_event_types: [] }])('accepts %j', (spec) => {
    expect(check(spec)).toEqual([]);
  });
});

it('reports what an audit log without end is, and a purge of nothing', () => {
  const notesOn = (spec: PurgeAuditScheduleSpec) =>
    purgeAuditSchedule.placements[0]!.fromSpec(spec, { secret: () => ({ env: 'X' }), facts: {} })?.notes;
  expect(notesOn({ cron: '' })).toEqual({ '': expect.stringContaining('grows forever') });
  expect(notesOn({ ...weekly, include_event_types: [] })).toEqual({
    include_event_types: expect.stringContaining('nothing is deleted'),
  });
  expect(notesOn(weekly)).toEqual({});
});
