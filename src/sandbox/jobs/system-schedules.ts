import { type Answer, created, ok, OK, text } from '../api/answer';
import type { Api } from '../api/api';
import { requireSystem } from '../api/access';
import { type Call, idParam, page } from '../api/call';
import { type JsonObject, model } from '../api/model';
import { type Columns, filterRows, sortRows } from '../api/query';
import { omitEmpty, wireTime } from '../go-compat/wire';
import type { Context } from '../context';
import { cronProblem, nextRun } from '../go-compat/cron';
import { badRequest, GoPanic, notFound, unprocessable } from '../errors';
import type { JobExecutionRow, JobTrigger, ScheduledJob, ScheduleRow } from '../store/rows';

/** The request body of all system schedules. */
export const Schedule = model('Schedule', {
  id: 'int64',
  status: 'string',
  schedule: model('ScheduleObj', { type: 'string', cron: 'string', next_scheduled_time: 'string' }),
  parameters: { map: 'any' },
});

const TYPES = ['Hourly', 'Daily', 'Weekly', 'Custom', 'Manual', 'None', 'Schedule'];
const PERIODIC = ['Hourly', 'Daily', 'Weekly', 'Custom'];

/** A success without content still has the content type JSON. */
export const NOTHING: Answer = { status: 200, headers: { 'content-type': 'application/json' } };

/** What a request asks for. `cron` is kept as sent, also if the type is `Manual` or `None`. */
export interface Wanted {
  readonly type: string;
  readonly cron: string;
  readonly parameters: JsonObject;
}

/** @throws HarborError 422 for a type that does not exist */
export function wantedSchedule({ features }: Context, body: JsonObject): Wanted {
  const { schedule, parameters = {} } = body as { schedule?: JsonObject; parameters?: JsonObject };
  // Harbor does not check whether a schedule exists, and panics.
  if (schedule === undefined) throw new GoPanic('no schedule');
  const { type = '', cron = '' } = schedule as { type?: string; cron?: string };
  if (type !== '' && !TYPES.includes(type)) {
    // Each enclosing model adds its heading; older versions added one more.
    const headings = 'validation failure list:\n'.repeat(features.singleScheduleHeading ? 1 : 2);
    throw unprocessable(`${headings}schedule.type in body should be one of [${TYPES.join(' ')}]`);
  }
  return { type, cron, parameters };
}

/** Types that set a schedule. `Manual` runs once, `None` removes, '' and `Schedule` do nothing. */
export function isPeriodic({ type }: Wanted): boolean {
  return PERIODIC.includes(type);
}

/** @throws HarborError 400. `what` is the name of the job in Harbor's messages */
export function requireSchedule(cron: string, what: string): void {
  const problem = cron === '' ? 'empty cron string is invalid' : cronProblem(cron);
  if (problem !== undefined) throw badRequest(`invalid cron string for scheduled ${what}: ${cron}, error: ${problem}`);
}

/** Harbor deletes the schedule and creates another one. */
export function replaceSchedule({ store, clock }: Context, job: ScheduledJob, wanted?: Wanted): void {
  const old = store.schedules.find('job', job);
  if (old) store.schedules.remove(old.id);
  if (!wanted) return;
  const now = clock.now();
  store.schedules.insert({ job, ...wanted, creationTime: now, updateTime: now });
}

/** A system job that runs by a schedule or manually: garbage collection, the purge of the audit log. */
export interface Job {
  readonly name: ScheduledJob;
  /** `/system/gc` */
  readonly path: string;
  /** Name of the id in the path, as in Harbor's messages. */
  readonly id: string;
  /** The resource whose permissions are required. */
  readonly resource: string;
  /** Name of the job in Harbor's messages. */
  readonly what: string;
  /**
   * Checks that come before those of the schedule.
   * @throws HarborError 400
   */
  requireParameters?(body: JsonObject): void;
  /**
   * The parameters that a schedule or an execution shows.
   * @throws HarborError 400
   */
  parametersOf(sent: JsonObject, isRun: boolean): JsonObject;
  /** Runs the job. */
  run(parameters: JsonObject): Promise<JobResult>;
  /** @throws HarborError if the execution, or its log, does not exist */
  refuseUnknown(id: number, what: 'execution' | 'log'): never;
}

/** What a run leaves: the log is all that an operator sees of it. */
export interface JobResult {
  /** Added to the parameters of the run. */
  readonly counters?: JsonObject;
  readonly log: string;
}

/**
 * Routes of one system job: its schedule, its executions with their logs, and its place in the timetable.
 *
 *     POST or PUT schedule      type Manual            an execution starts, no schedule changes
 *                               None                   the schedule is removed
 *                               Hourly, Daily, …       the schedule is replaced: deleted, then created with a new id
 *     execution                 Running ──2 s──► work ──15 s──► Success
 *                                  └── PUT (stop) at any time before ──► Stopped
 *
 * `Success` comes late in Harbor, because core notices the end of a job late. Tools that wait for a run
 * depend on this delay, so it is kept (scaled).
 */
export function registerJob(api: Api, job: Job): void {
  const { context } = api;
  const may = ({ caller }: Call, action: string): void => requireSystem(caller, job.resource, action);
  api.get(`${job.path}/schedule`, (call) => {
    may(call, 'read');
    const row = context.store.schedules.find('job', job.name);
    return row ? ok(scheduleWire(context, job, row)) : NOTHING;
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
  context.timetable.add(() =>
    context.store.schedules.findAll('job', job.name).map(({ cron, parameters }) => ({
      cron,
      run: () => void runJob(context, job, parameters, 'SCHEDULE'),
    })),
  );
}

const COLUMNS: Columns<JobExecutionRow> = {
  id: (row) => row.id,
  status: (row) => row.status,
  trigger: (row) => row.trigger,
  start_time: (row) => row.startTime,
  update_time: (row) => row.updateTime,
};

/**
 * The same four routes for garbage collection, purge and scans. An id of another job is unknown here; a stopped
 * or ended one can be stopped again without an effect.
 */
function registerHistory(api: Api, job: Job): void {
  const { path, id, resource } = job;
  const { store, clock } = api.context;
  const find = (call: Call): JobExecutionRow | undefined => {
    const row = store.jobExecutions.get(idParam(call, id));
    return row?.job === job.name ? row : undefined;
  };
  api.get(path, (call) => {
    requireSystem(call.caller, resource, 'list');
    const rows = filterRows(store.jobExecutions.findAll('job', job.name).reverse(), call.query.get('q'), COLUMNS);
    return page(call, sortRows(rows, call.query.get('sort'), COLUMNS, '-start_time'), executionWire);
  });
  api.get(`${path}/:${id}`, (call) => {
    requireSystem(call.caller, resource, 'read');
    return ok(executionWire(find(call) ?? job.refuseUnknown(idParam(call, id), 'execution')));
  });
  api.get(`${path}/:${id}/log`, (call) => {
    requireSystem(call.caller, resource, 'read');
    return text((find(call) ?? job.refuseUnknown(idParam(call, id), 'log')).log, 'text/plain');
  });
  api.put(`${path}/:${id}`, (call) => {
    requireSystem(call.caller, resource, 'stop');
    const row = find(call);
    if (!row) throw notFound(`execution ${idParam(call, id)} not found`);
    if (row.status === 'Running') store.jobExecutions.update(row.id, { status: 'Stopped', updateTime: clock.now() });
    return OK;
  });
}

/** Id of the started execution, 0 if only a schedule was set. */
function kick(context: Context, job: Job, { body }: Call): number {
  job.requireParameters?.(body);
  const wanted = wantedSchedule(context, body);
  if (wanted.type === MANUAL_TYPE) return runJob(context, job, wanted.parameters, 'MANUAL');
  if (wanted.type === 'None') replaceSchedule(context, job.name);
  if (isPeriodic(wanted)) {
    job.parametersOf(wanted.parameters, false); // rejects invalid parameters
    requireSchedule(wanted.cron, job.what);
    replaceSchedule(context, job.name, wanted);
  }
  return 0;
}

const MANUAL_TYPE = 'Manual';

/** Delay of the job queue, and of Harbor noticing the end of the job. */
const QUEUED_MS = 2_000;
const NOTICED_MS = 15_000;

/** Returns at once: the job runs in the background, and each step looks whether it was stopped meanwhile. */
function runJob({ store, clock }: Context, job: Job, sent: JsonObject, trigger: JobTrigger): number {
  const now = clock.now();
  const parameters = job.parametersOf(sent, true);
  const { id } = store.jobExecutions.insert({
    job: job.name,
    trigger,
    parameters,
    status: 'Running',
    startTime: now,
    updateTime: now,
    log: '',
  });
  const runs = (): boolean => store.jobExecutions.get(id)?.status === 'Running';
  clock.background(async () => {
    await clock.sleep(QUEUED_MS);
    if (!runs()) return;
    const { counters = {}, log } = await job.run(parameters);
    store.jobExecutions.update(id, { log, parameters: { ...parameters, ...counters } });
    await clock.sleep(NOTICED_MS);
    if (runs()) store.jobExecutions.update(id, { status: 'Success', updateTime: clock.now() });
  });
  return id;
}

/** The schedule in the form of an execution. */
function scheduleWire({ clock }: Context, job: Job, row: ScheduleRow): object {
  return {
    creation_time: wireTime(row.creationTime),
    id: row.id,
    job_kind: row.cron,
    ...omitEmpty({ job_parameters: parametersText(job.parametersOf(row.parameters, false)) }),
    job_status: 'Running',
    schedule: { cron: row.cron, next_scheduled_time: wireTime(nextRun(row.cron, clock.now()) ?? 0), type: row.type },
    update_time: wireTime(row.updateTime),
  };
}

const TYPE_SHOWN: Readonly<Record<JobTrigger, string>> = { MANUAL: MANUAL_TYPE, SCHEDULE: 'Schedule' };

/** `next_scheduled_time` is the zero time: it belongs to schedules, and the model is shared. */
function executionWire(row: JobExecutionRow): object {
  return {
    creation_time: wireTime(row.startTime),
    id: row.id,
    job_kind: row.trigger,
    job_name: row.job,
    job_parameters: parametersText(row.parameters),
    job_status: row.status,
    schedule: { next_scheduled_time: wireTime(0), type: TYPE_SHOWN[row.trigger] },
    update_time: wireTime(row.updateTime),
  };
}

/** As Go writes a map: keys sorted. */
function parametersText(parameters: JsonObject): string {
  const sorted = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries(sorted));
}
