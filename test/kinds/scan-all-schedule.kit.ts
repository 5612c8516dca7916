import { scheduleShape } from '../../src/kinds/support/schedule';
import fc from 'fast-check';
import type { KindKit } from './kit';
import { cron, never, writtenCron } from './support/arbitraries';
import { part } from './support/by-hand';

export const kit: KindKit = {
  specs: fc.oneof(never, fc.record({ cron })),
  answered: { added: () => ({}) },
  recorded: { path: /^\/system\/scanAll\/schedule$/, shape: scheduleShape },
  places: {
    'schedules.scan_all': {
      valid: [{ cron: '0 0 0 * * *' }],
      invalid: [['never', 'another word for none']],
    },
  },
  declared: () => ({ schedules: { scan_all: { cron: '0 0 2 * * *' } } }),
  byHand: {
    changes: part('scan-all-schedule/harbor', '/system/scanAll/schedule', {
      cron: { schedule: { type: 'Custom', cron: '0 0 7 * * *' } },
    }),
    untried: {},
  },
  drawn: () => ({ root: { 'schedules.scan_all': writtenCron.map((at) => ({ cron: at })) } }),
};
