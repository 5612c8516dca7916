import { type Answer, created, ok, OK } from './api/answer';
import type { Api } from './api/api';
import { requireSystem } from './api/access';
import { type Call, idParam, page } from './api/call';
import { type JsonObject, model } from './api/model';
import { omitEmpty, wireTime } from './api/wire';
import type { Context } from './context';
import { cronProblem, nextRun } from './cron';
import { badRequest, internalError, notFound, unprocessable } from './errors';
import type { JobExecutionRow, ScheduledJob, ScheduleRow } from './rows';

/** The body of every schedule of the system. */
export const Schedule = model('Schedule', {
  id: 'int64',
  status: 'string',
  schedule: model('ScheduleObj', { type: 'string', cron: 'string', next_scheduled_time: 'string' }),
  parameters: { map: 'any' },
});

const TYPES = ['Hourly', 'Daily', 'Weekly', 'Custom', 'Manual', 'None', 'Schedule'];
const PERIODIC = ['Hourly', 'Daily', 'Weekly', 'Custom'];

/** A success with nothing to show still says that it would have been JSON. */
export const NOTHING: Answer = { status: 200, headers: { 'content-type': 'application/json' } };

export interface Wanted {
  readonly type: string;
  readonly cron: string;
  readonly parameters: JsonObject;
}

/** @throws HarborError 422 for a type that does not exist */
export function wantedSchedule({ features }: Context, body: JsonObject): Wanted {
  const { schedule, parameters = {} } = body as { schedule?: JsonObject; parameters?: JsonObject };
  // Harbor does not look whether there is one, and falls over.
  if (schedule === undefined) throw internalError('no schedule');
  const { type = '', cron = '' } = schedule as { type?: string; cron?: string };
  if (type !== '' && !TYPES.includes(type)) {
    // Each model in which it lies adds its heading; older ones had one more.
    const headings = 'validation failure list:\n'.repeat(features.singleScheduleHeading ? 1 : 2);
    throw unprocessable(`${headings}schedule.type in body should be one of [${TYPES.join(' ')}]`);
  }
  return { type, cron, parameters };
}

export function isPeriodic({ type }: Wanted): boolean {
  return PERIODIC.includes(type);
}

/** @throws HarborError 400. `what` is how Harbor calls the job in its messages */
export function requireSchedule(cron: string, what: string, whenEmpty: string): void {
  if (cron === '') throw badRequest(whenEmpty);
  const problem = cronProblem(cron);
  if (problem !== undefined) throw badRequest(`invalid cron string for scheduled ${what}: ${cron}, error: ${problem}`);
}

/** Harbor deletes the schedule and makes another. */
export function replaceSchedule({ store, clock }: Context, job: ScheduledJob, wanted?: Wanted): void {
  const old = store.schedules.find('job', job);
  if (old) store.schedules.remove(old.id);
  if (!wanted) return;
  const now = clock.now();
  store.schedules.insert({ job, ...wanted, creationTime: now, updateTime: now });
}

/** A job of the system that runs by a schedule or by hand: garbage collection, the purge of the audit log. */
export interface Job {
  readonly name: ScheduledJob;
  /** `/system/gc` */
  readonly path: string;
  /** Name of the id in the path, as Harbor's messages call it. */
  readonly id: string;
  /** Whose permissions are asked for. */
  readonly resource: string;
  /** How Harbor calls it in its messages. */
  readonly what: string;
  readonly whenEmpty: string;
  /** What is kept of the parameters that were sent. @throws HarborError 400 */
  parametersOf(sent: JsonObject): JsonObject;
}

export function registerJob(api: Api, job: Job): void {
  const { context } = api;
  const may = ({ caller }: Call, action: string): void => requireSystem(caller, job.resource, action);
  api.get(`${job.path}/schedule`, (call) => {
    may(call, 'read');
    const row = context.store.schedules.find('job', job.name);
    return row ? ok(scheduleWire(context, row)) : NOTHING;
  });
  api.post(
    `${job.path}/schedule`,
    (call) => {
      may(call, 'create');
      return created(call.path.replace(/schedule$/, String(kick(context, job, call))));
    },
    { body: ['schedule', Schedule] },
  );
  api.put(
    `${job.path}/schedule`,
    (call) => {
      may(call, 'update');
      kick(context, job, call);
      return OK;
    },
    { body: ['schedule', Schedule] },
  );
  registerHistory(api, job);
}

function registerHistory(api: Api, { name, path, id, resource }: Job): void {
  const { store } = api.context;
  const executionFor = (call: Call, action: string): JobExecutionRow => {
    requireSystem(call.caller, resource, action);
    const row = store.jobExecutions.get(idParam(call, id));
    if (row?.job !== name) throw notFound(`execution ${idParam(call, id)} not found`);
    return row;
  };
  api.get(path, (call) => {
    requireSystem(call.caller, resource, 'list');
    return page(call, store.jobExecutions.findAll('job', name).reverse(), executionWire);
  });
  api.get(`${path}/:${id}`, (call) => ok(executionWire(executionFor(call, 'read'))));
  api.put(`${path}/:${id}`, (call) => {
    executionFor(call, 'stop');
    return OK;
  });
}

/** Id of the execution that was started, 0 where only a schedule was set. */
function kick(context: Context, job: Job, { body }: Call): number {
  const wanted = wantedSchedule(context, body);
  const parameters = job.parametersOf(wanted.parameters);
  if (wanted.type === 'Manual') return runByHand(context, job.name, parameters);
  if (wanted.type === 'None') replaceSchedule(context, job.name);
  if (isPeriodic(wanted)) {
    requireSchedule(wanted.cron, job.what, job.whenEmpty);
    replaceSchedule(context, job.name, { ...wanted, parameters });
  }
  return 0;
}

/** Garbage is not collected and no log is purged here: a job that is started by hand has nothing to do, and succeeds. */
function runByHand({ store, clock }: Context, job: ScheduledJob, parameters: JsonObject): number {
  const now = clock.now();
  return store.jobExecutions.insert({ job, parameters, startTime: now, endTime: now }).id;
}

/** In the form of an execution. */
function scheduleWire({ clock }: Context, row: ScheduleRow): object {
  return {
    creation_time: wireTime(row.creationTime),
    id: row.id,
    job_kind: row.cron,
    ...omitEmpty({ job_parameters: parametersText(row.parameters) }),
    job_status: 'Running',
    schedule: { cron: row.cron, next_scheduled_time: wireTime(nextRun(row.cron, clock.now()) ?? 0), type: row.type },
    update_time: wireTime(row.updateTime),
  };
}

function executionWire(row: JobExecutionRow): object {
  return {
    creation_time: wireTime(row.startTime),
    id: row.id,
    job_kind: 'MANUAL',
    job_name: row.job,
    job_parameters: parametersText(row.parameters),
    job_status: 'Success',
    schedule: { next_scheduled_time: wireTime(0), type: 'Manual' },
    update_time: wireTime(row.endTime),
  };
}

/** As Go writes a map: keys sorted. */
function parametersText(parameters: JsonObject): string {
  const sorted = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries(sorted));
}
