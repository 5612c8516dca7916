import { ok, OK } from '../api/answer';
import type { Api } from '../api/api';
import { requireSystem } from '../api/access';
import type { Call } from '../api/call';
import { wireTime } from '../go-compat/wire';
import type { Context } from '../context';
import { badRequest, HarborError } from '../errors';
import type { ScheduleRow } from '../store/rows';
import { scanAllMetrics, startScanAll, stopScanAll } from '../scanning/scan-all';
import { defaultScanner } from '../scanning/scanners';
import {
  NOTHING,
  replaceSchedule,
  requireSchedule,
  Schedule,
  wantedSchedule,
  type Wanted,
} from '../jobs/system-schedules';

const JOB = 'SCAN_ALL';

/**
 * Stands in for src/server/v2.0/handler/scan_all.go. POST refuses to replace a schedule, PUT does not.
 *
 *     type in the body     POST                      PUT
 *     Manual               runs now, 201             400
 *     None                 nothing, 201              removes the schedule, 200
 *     a schedule           412 if there is one       replaces it, 200
 *
 * The permission is checked after the body, and the scanner after the permission.
 */
export function register(api: Api): void {
  const { context } = api;
  const { store } = context;
  api.get('/system/scanAll/schedule', (call) => {
    requireScanAll(context, call, 'read');
    const row = store.schedules.find('job', JOB);
    return row ? ok(scheduleWire(row)) : NOTHING;
  });
  api.post('/system/scanAll/schedule', (call) => createSchedule(context, call), { body: ['schedule', Schedule] });
  api.put('/system/scanAll/schedule', (call) => updateSchedule(context, call), { body: ['schedule', Schedule] });
  api.post('/system/scanAll/stop', (call) => {
    requireScanAll(context, call, 'stop');
    stopScanAll(context);
    return { status: 202 };
  });
  api.get('/scans/all/metrics', (call) => {
    requireScanAll(context, call, 'read');
    return ok(scanAllMetrics(store));
  });
  api.get('/scans/schedule/metrics', (call) => {
    requireScanAll(context, call, 'read');
    return ok(scanAllMetrics(store, 'Schedule'));
  });
  context.timetable.add(() =>
    store.schedules.findAll('job', JOB).map(({ cron }) => ({ cron, run: () => startScanAll(context, 'Schedule') })),
  );
}

/** Without a default scanner every request is 412, also GET. */
function requireScanAll({ store }: Context, { caller }: Call, action: string): void {
  requireSystem(caller, 'scan-all', action);
  if (!defaultScanner(store))
    throw new HarborError('PRECONDITION', "no scanner is configured, it's not possible to scan");
}

/** `Manual` runs at once and is no schedule. A second schedule is 412: PUT changes it. */
function createSchedule(context: Context, call: Call): { readonly status: number } {
  const wanted = wantedSchedule(context, call.body);
  requireScanAll(context, call, 'create');
  if (wanted.type === 'Manual') startScanAll(context, 'Manual');
  else if (wanted.type !== 'None') {
    if (context.store.schedules.find('job', JOB))
      throw new HarborError(
        'PRECONDITION',
        'fail to set schedule for scan all as always had one, please delete it firstly then to re-schedule',
      );
    setSchedule(context, wanted);
  }
  return { status: 201 };
}

/** `None` removes it, also if there is none. */
function updateSchedule(context: Context, call: Call): typeof OK {
  const wanted = wantedSchedule(context, call.body);
  requireScanAll(context, call, 'update');
  if (wanted.type === 'Manual')
    throw badRequest(`fail to update scan all schedule as wrong schedule type: ${wanted.type}`);
  if (wanted.type === 'None') replaceSchedule(context, JOB);
  else setSchedule(context, wanted);
  return OK;
}

/** An identical schedule changes nothing, not even its id. */
function setSchedule(context: Context, wanted: Wanted): void {
  requireSchedule(wanted.cron, 'scan all');
  const row = context.store.schedules.find('job', JOB);
  if (row && row.type === wanted.type && row.cron === wanted.cron) return;
  replaceSchedule(context, JOB, wanted);
}

/** In a different form than the other schedules: without the time of the next run. */
function scheduleWire(row: ScheduleRow): object {
  return {
    creation_time: wireTime(row.creationTime),
    id: row.id,
    schedule: { cron: row.cron, next_scheduled_time: wireTime(0), type: row.type },
    status: 'Running',
    update_time: wireTime(row.updateTime),
  };
}
