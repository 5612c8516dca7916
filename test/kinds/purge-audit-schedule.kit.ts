import { scheduleShape } from '../../src/kinds/support/schedule';
import fc from 'fast-check';
import type { KindKit } from './kit';
import { cron, map, never, writtenCron } from './support/arbitraries';
import { part, type Wire } from './support/by-hand';

const eventType = fc.constantFrom('create_artifact', 'pull_artifact', 'delete_artifact');

function changed(at: string, hours: number, types: string): Wire {
  const parameters = { audit_retention_hour: hours, include_event_types: types, dry_run: false };
  return { schedule: { type: 'Custom', cron: at }, parameters };
}

export const kit: KindKit = {
  specs: fc.oneof(
    never,
    fc.record({
      cron,
      audit_retention_hour: fc.integer({ min: 1, max: 240_000 }),
      include_event_types: fc.array(eventType, { maxLength: 4 }),
    }),
  ),
  answered: { added: ({ parameters }) => ({ job_parameters: JSON.stringify(parameters) }) },
  recorded: { path: /^\/system\/purgeaudit\/schedule$/, shape: scheduleShape },
  places: {
    'schedules.purge_audit': {
      valid: [{ cron: '0 0 1 * * *', audit_retention_hour: 168, include_event_types: [] }],
      invalid: [
        [{ cron: '0 0 1 * * *' }, 'neither of the parameters that Harbor demands'],
        [
          { cron: '0 0 1 * * *', audit_retention_hour: 240_001, include_event_types: [] },
          'more hours than Harbor takes',
        ],
      ],
    },
  },
  declared: () => ({
    schedules: {
      purge_audit: { cron: '0 0 1 * * *', audit_retention_hour: 720, include_event_types: ['pull_artifact'] },
    },
  }),
  byHand: {
    changes: part('purge-audit-schedule/harbor', '/system/purgeaudit/schedule', {
      cron: changed('0 0 6 * * *', 720, 'pull_artifact'),
      audit_retention_hour: changed('0 0 1 * * *', 48, 'pull_artifact'),
      include_event_types: changed('0 0 1 * * *', 720, 'create_artifact'),
    }),
    untried: {},
  },
  drawn: () => ({
    root: {
      'schedules.purge_audit': map(
        { cron: '0 0 1 * * *', audit_retention_hour: 720, include_event_types: ['pull_artifact'] },
        { cron: writtenCron },
      ),
    },
  }),
};
