import type { Kind, Placed } from './kind';
import { compact } from '../compact';
import { neverRemoved } from './support/never-removed';
import {
  checkCron,
  cronFromWire,
  IDENTITY,
  normaliseSchedule,
  parametersFromWire,
  scheduleFromSpec,
  scheduleSchema,
  scheduleToSpec,
  scheduleToWire,
  showCron,
  type Scheduled,
  type ScheduleWire,
  scheduleShape,
} from './support/schedule';
import { readable } from './support/readable';

const PATH = '/system/gc/schedule';
const DEFAULT_WORKERS = 1;

/**
 * Absent fields are unmanaged, except that a PUT resets what it does not send: the merged spec has all of them.
 */
export interface GcScheduleSpec extends Scheduled {
  /** Without it only blobs that nothing uses are deleted. */
  readonly delete_untagged?: boolean;
  /** Since Harbor 2.15. */
  readonly delete_tag?: boolean;
  /** 1 to 10. */
  readonly workers?: number;
}

const schema = scheduleSchema('Garbage collection', {
  delete_untagged: {
    description: 'Also delete artifacts without a tag; a cached index that was pulled by its tag may have none.',
    type: 'boolean',
    default: false,
  },
  delete_tag: {
    description: 'Also delete tags that are left in the storage backend (Harbor 2.15).',
    type: 'boolean',
    default: false,
  },
  workers: {
    description: 'Number of parallel deletions.',
    type: 'integer',
    minimum: 1,
    maximum: 10,
    default: DEFAULT_WORKERS,
  },
});

/** `none` is a value of its own and not the absence of the key, because an undeclared schedule is unmanaged. */
export const gcSchedule: Kind<GcScheduleSpec, ScheduleWire> = readable<GcScheduleSpec, ScheduleWire>({
  name: 'gc-schedule',
  about: 'When Harbor frees the space of deleted artifacts.',
  placements: [
    {
      path: 'schedules.gc',
      schema,
      example: { names: [], value: { cron: '0 0 4 * * *', delete_untagged: true, workers: 4 } },
      toSpec: scheduleToSpec,
      fromSpec: placeGcSchedule,
    },
  ],
  dependsOn: [],
  since: { delete_tag: '2.15' },
  replaceOn: [],
  alwaysWritten: ['delete_untagged'],
  restrictedBy: ['cron'],
  writeOnly: [],
  // Declared as `none`, not by leaving it out.
  deletable: false,
  access: {
    read: 'garbage-collection:read',
    create: 'garbage-collection:update',
    update: 'garbage-collection:update',
    remove: 'garbage-collection:update',
  },
  calls: { bulk: 'GET /system/gc/schedule' },
  traps: [
    'A cached index that was pulled by its tag may be stored without one: `delete_untagged` deletes it, and the next pull fetches it again.',
    'PUT replaces the schedule and resets every parameter that is not sent: Breakwater sends all of them.',
    'Deleted artifacts use space until garbage is collected.',
  ],

  identity: () => IDENTITY,
  normalise: normaliseSchedule,
  references: () => [],
  check: (spec) => checkCron(spec),
  show: showCron,

  /**
   * Without a schedule Harbor returns an empty body (docs/harbor-behavior.md 1.3), which reads as `cron: ''`. So there is
   * always an object to compare with, and never one to create.
   */
  list: async ({ client }) => [
    (await client.get<ScheduleWire | undefined>(PATH, { shape: scheduleShape, mayBeNone: true })) ?? {},
  ],

  fromWire(wire) {
    const { delete_untagged, delete_tag, workers } = parametersFromWire(wire) as Partial<GcScheduleSpec>;
    const cron = cronFromWire(wire);
    const rest = {
      delete_untagged: delete_untagged ?? false,
      // Harbor before 2.15 does not have this option and does not do it.
      delete_tag: delete_tag ?? false,
      // A schedule that was created without a number has 0.
      workers: workers || DEFAULT_WORKERS,
    };
    return { identity: IDENTITY, spec: cron === '' ? { cron } : { cron, ...rest } };
  },

  toWire: ({ delete_untagged, delete_tag, workers, cron }) => ({
    schedule: scheduleToWire({ cron }),
    parameters: compact<Omit<GcScheduleSpec, 'cron'>>({ delete_untagged, delete_tag, workers }),
  }),

  async read({ client, refs }) {
    return gcSchedule.fromWire(
      (await client.get<ScheduleWire | undefined>(PATH, { shape: scheduleShape, mayBeNone: true })) ?? {},
      refs,
    );
  },

  async create({ client, refs }, desired) {
    await client.put(PATH, gcSchedule.toWire(desired, refs));
    return {};
  },

  /** PUT replaces the schedule and resets every parameter that is not sent. */
  async update({ client, refs }, { merged }) {
    await client.put(PATH, gcSchedule.toWire(merged, refs));
  },

  remove: neverRemoved('gc-schedule'),
});

/** Notes for an imported file: what the value means for the disk, where it is easy to miss. */
function placeGcSchedule(spec: GcScheduleSpec): Placed {
  const untagged =
    'A cached index that was pulled by its tag may have no tag: it is deleted too, and fetched again with the next pull.';
  return {
    names: [],
    value: scheduleFromSpec(spec),
    notes: compact<Record<string, string>>({
      '': spec.cron === '' ? 'Deleted artifacts use space until garbage is collected.' : undefined,
      delete_untagged: spec.delete_untagged === true ? untagged : undefined,
    }),
  };
}
