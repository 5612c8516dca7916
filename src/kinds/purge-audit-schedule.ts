import { didYouMean } from '../suggest';
import type { Finding, Kind, Placed } from './kind';
import { AUDIT_EVENTS } from './support/audit-events';
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

const PATH = '/system/purgeaudit/schedule';
/** Harbor's maximum: 27 years. */
const MAX_HOURS = 240_000;

/** `audit_retention_hour` in hours, at least 1. It is 0 in Harbor only for `none`. */
export interface PurgeAuditScheduleSpec extends Scheduled {
  readonly audit_retention_hour?: number;
  /** Sorted. */
  readonly include_event_types?: readonly string[];
}

/** No default for the lifetime: how long an audit log must be kept is a decision, often a legal one. */
const schema = scheduleSchema(
  'Purge of the audit log',
  {
    audit_retention_hour: {
      description: 'How long entries are kept, in hours.',
      type: 'integer',
      minimum: 1,
      maximum: MAX_HOURS,
    },
    include_event_types: {
      description: 'Types of events whose entries are deleted; all others are kept forever.',
      type: 'array',
      items: { description: 'a type of event, such as pull_artifact', type: 'string', pattern: '^[a-z_]+$' },
    },
  },
  // Harbor refuses a schedule without either (400).
  ['audit_retention_hour', 'include_event_types'],
);

/**
 * Harbor requires both parameters in every request, also in the one that removes the schedule.
 *
 *      declared                       PUT
 *      none                           schedule: None, audit_retention_hour: 0, include_event_types: ''
 *      cron, hours and event types    the event types as one text: pull_artifact,push_artifact
 */
export const purgeAuditSchedule: Kind<PurgeAuditScheduleSpec, ScheduleWire> = readable<
  PurgeAuditScheduleSpec,
  ScheduleWire
>({
  name: 'purge-audit-schedule',
  about: 'When old entries of the audit log are deleted.',
  placements: [
    {
      path: 'schedules.purge_audit',
      schema,
      example: {
        names: [],
        value: { cron: '0 0 1 * * *', audit_retention_hour: 720, include_event_types: ['pull_artifact'] },
      },
      toSpec: scheduleToSpec,
      fromSpec: placePurgeSchedule,
    },
  ],
  dependsOn: [],
  replaceOn: [],
  restrictedBy: ['cron', 'audit_retention_hour', 'include_event_types'],
  writeOnly: [],
  // Declared as `none`, not by leaving it out.
  deletable: false,
  access: {
    read: 'purge-audit:read',
    create: 'purge-audit:update',
    update: 'purge-audit:update',
    remove: 'purge-audit:update',
  },
  calls: { bulk: 'GET /system/purgeaudit/schedule' },
  traps: ['Without event types it runs but deletes nothing.', 'Harbor accepts unknown event types without an error.'],

  identity: () => IDENTITY,
  normalise: (spec) => ({
    ...normaliseSchedule(spec),
    ...compact<Pick<PurgeAuditScheduleSpec, 'include_event_types'>>({
      include_event_types: spec.include_event_types && [...new Set(spec.include_event_types)].sort(),
    }),
  }),
  references: () => [],
  check: (spec) => [...checkCron(spec), ...checkEvents(spec)],
  show: showCron,

  // An empty response means "no schedule" (docs/harbor-behavior.md 1.3).
  list: async ({ client }) => [
    (await client.get<ScheduleWire | undefined>(PATH, { shape: scheduleShape, mayBeNone: true })) ?? {},
  ],

  /** Harbor keeps the events as one text with commas. */
  fromWire(wire) {
    const cron = cronFromWire(wire);
    const parameters = parametersFromWire(wire) as { audit_retention_hour?: number; include_event_types?: string };
    const { audit_retention_hour = 0, include_event_types: types = '' } = parameters;
    const rest = { audit_retention_hour, include_event_types: types.split(',').filter(Boolean) };
    const spec = cron === '' ? { cron } : { cron, ...rest };
    return { identity: IDENTITY, spec: purgeAuditSchedule.normalise(spec) };
  },

  toWire(spec) {
    const { audit_retention_hour, include_event_types = [] } = purgeAuditSchedule.normalise(spec);
    // Harbor requires both parameters even to remove a schedule.
    const parameters = {
      audit_retention_hour: audit_retention_hour ?? 0,
      include_event_types: include_event_types.join(','),
      dry_run: false,
    };
    return { schedule: scheduleToWire(spec), parameters };
  },

  async read({ client, refs }) {
    return purgeAuditSchedule.fromWire(
      (await client.get<ScheduleWire | undefined>(PATH, { shape: scheduleShape, mayBeNone: true })) ?? {},
      refs,
    );
  },

  async create({ client, refs }, desired) {
    await client.put(PATH, purgeAuditSchedule.toWire(desired, refs));
    return {};
  },

  async update({ client, refs }, { merged }) {
    await client.put(PATH, purgeAuditSchedule.toWire(merged, refs));
  },

  remove: neverRemoved('purge-audit-schedule'),
});

/** Warnings only: another version of Harbor may know more events, and Harbor accepts any text. */
function checkEvents({ cron, include_event_types: types }: PurgeAuditScheduleSpec): Finding[] {
  if (cron === '' || types === undefined) return [];
  const at = { rule: 'purge-audit-events', severity: 'warning' } as const;
  if (types.length === 0) {
    return [{ ...at, field: 'include_event_types', message: 'without event types it runs but deletes nothing' }];
  }
  return types.flatMap((type, i): Finding[] => {
    if (AUDIT_EVENTS.includes(type)) return [];
    const message = `Harbor does not know the event ${type}, but accepts it without an error`;
    const hint = didYouMean(type, AUDIT_EVENTS) ?? 'GET /auditlog-exts/events lists the events of your Harbor';
    return [{ ...at, field: `include_event_types[${i}]`, message, hint }];
  });
}

/** Notes for an export: what the value means where it is easy to miss. */
function placePurgeSchedule(spec: PurgeAuditScheduleSpec): Placed {
  const isIdle = spec.cron !== '' && spec.include_event_types?.length === 0;
  return {
    names: [],
    value: scheduleFromSpec(spec),
    notes: compact<Record<string, string>>({
      '': spec.cron === '' ? 'The audit log grows forever.' : undefined,
      include_event_types: isIdle ? 'Without event types nothing is deleted.' : undefined,
    }),
  };
}
