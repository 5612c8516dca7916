import { scheduleShape } from '../../src/kinds/support/schedule';
import fc from 'fast-check';
import type { KindKit } from './kit';
import { cron, flag, map, never, one } from './support/arbitraries';
import { part, type Wire } from './support/by-hand';

const changed = (parameters: object, at = '0 0 4 * * *'): Wire => ({
  schedule: { type: 'Custom', cron: at },
  parameters: { delete_untagged: true, workers: 4, delete_tag: true, ...parameters },
});

export const kit: KindKit = {
  specs: fc.oneof(
    never,
    fc.record(
      { cron, delete_untagged: fc.boolean(), delete_tag: fc.boolean(), workers: fc.integer({ min: 1, max: 10 }) },
      { requiredKeys: ['cron'] },
    ),
  ),
  answered: { added: ({ parameters }) => ({ job_parameters: JSON.stringify(parameters) }) },
  recorded: { path: /^\/system\/gc\/schedule$/, shape: scheduleShape },
  places: {
    'schedules.gc': {
      valid: ['none', { cron: '0 0 4 * * *', delete_untagged: true, delete_tag: false, workers: 10 }],
      invalid: [
        [{}, 'no cron'],
        [{ cron: '' }, 'an empty cron: that is none'],
        [{ cron: '0 0 4 * * *', workers: 11 }, 'more workers than Harbor takes'],
        [{ cron: '0 0 4 * * *', dry_run: true }, 'what a schedule does not keep'],
      ],
    },
  },
  declared: () => ({
    schedules: { gc: { cron: '0 0 4 * * *', delete_untagged: true, delete_tag: true, workers: 4 } },
  }),
  byHand: {
    changes: part('gc-schedule/harbor', '/system/gc/schedule', {
      cron: changed({}, '0 0 5 * * *'),
      delete_untagged: changed({ delete_untagged: false }),
      delete_tag: changed({ delete_tag: false }),
      workers: changed({ workers: 2 }),
    }),
    untried: {},
  },
  dropped: { delete_tag: () => ({ schedules: { gc: { cron: '0 0 4 * * *', delete_tag: true } } }) },
  drawn: () => ({
    root: { 'schedules.gc': map({ cron: '0 0 4 * * *' }, { delete_untagged: flag, workers: one(1, 4) }) },
  }),
};
