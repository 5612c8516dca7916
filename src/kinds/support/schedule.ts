import { jsonText, number, object, optional, text, type Shape } from '../../shape';
import type { Json, JsonObject } from '../../json';
import type { Finding, JsonSchema } from '../kind';
import { cronProblem, normaliseCron } from './cron';

/** A system schedule. Empty responses mean "none". */
export interface ScheduleWire {
  readonly schedule?: { readonly type: string; readonly cron: string };
  /** Sent. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** In responses: the same as JSON text. */
  readonly job_parameters?: string;
}

const parameters = object<{ audit_retention_hour?: number; include_event_types?: string; workers?: number }>({
  audit_retention_hour: optional(number),
  include_event_types: optional(text),
  workers: optional(number),
});

/** All fields are optional, because an empty response means that there is no schedule. */
export const scheduleShape: Shape<ScheduleWire> = object<ScheduleWire>({
  schedule: optional(object<NonNullable<ScheduleWire['schedule']>>({ type: text, cron: text })),
  parameters: optional(object<Record<string, unknown>>({})),
  job_parameters: optional(jsonText(parameters)),
});

/** A Harbor has exactly one of each: as `none` if nothing is scheduled. */
export const IDENTITY = 'harbor';

const NONE = 'none';

/**
 * The type that Harbor's portal writes for each cron. Harbor itself only uses the cron (docs/harbor-behavior.md 9.3).
 */
const TYPES: Readonly<Record<string, string>> = {
  '0 0 * * * *': 'Hourly',
  '0 0 0 * * *': 'Daily',
  '0 0 0 * * 0': 'Weekly',
};

/** Common part of the three system schedules. */
export interface Scheduled {
  /** Six fields, seconds first; `''` means never. */
  readonly cron: string;
}

/** `none`, or when and how it runs. */
export function scheduleSchema(
  title: string,
  properties: JsonSchema = {},
  required: readonly string[] = [],
): JsonSchema {
  const cron = {
    description: 'Cron with seconds first: "0 0 4 * * *".',
    type: 'string',
    pattern: '\\S',
    maxLength: 255,
  };
  return {
    title,
    oneOf: [
      { description: 'none: it does not run by itself', const: NONE },
      {
        description: 'when it runs, as cron',
        type: 'object',
        properties: { cron, ...properties },
        required: ['cron', ...required],
        additionalProperties: false,
      },
    ],
  };
}

/** `none` becomes an empty cron, so that it can be compared with what Harbor returns. */
export function scheduleToSpec(value: Json): Scheduled {
  return value === NONE ? { cron: '' } : (value as unknown as Scheduled);
}

/** The inverse of `scheduleToSpec`. */
export function scheduleFromSpec(spec: Scheduled): Json {
  return spec.cron === '' ? NONE : (spec as unknown as JsonObject);
}

/** Only the spacing of the cron; it is Harbor that decides what it means. */
export function normaliseSchedule<Spec extends Scheduled>(spec: Spec): Spec {
  return { ...spec, cron: normaliseCron(spec.cron) };
}

/** The type is what the portal shows. `None` removes the schedule. */
export function scheduleToWire({ cron }: Scheduled): NonNullable<ScheduleWire['schedule']> {
  const text = normaliseCron(cron);
  return text === '' ? { type: 'None', cron: '' } : { type: TYPES[text] ?? 'Custom', cron: text };
}

/** '' for no schedule. */
export function cronFromWire({ schedule }: ScheduleWire): string {
  return normaliseCron(schedule?.cron ?? '');
}

/** Harbor stores a job's parameters as JSON text. */
export function parametersFromWire({ job_parameters: text }: ScheduleWire): JsonObject {
  return JSON.parse(text || '{}') as JsonObject;
}

/** An invalid cron is refused by Harbor with 400, and one that never comes harms its job service. */
export function checkCron({ cron }: Scheduled): Finding[] {
  const problem = cronProblem(cron);
  return problem ? [{ rule: 'bad-cron', field: 'cron', ...problem }] : [];
}

/** For plans: an empty cron is shown as `none`. */
export function showCron(field: string, value: Json): string | undefined {
  return field === 'cron' && value === '' ? NONE : undefined;
}
