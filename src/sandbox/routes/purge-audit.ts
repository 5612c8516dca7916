import type { Api } from '../api/api';
import type { JsonObject } from '../api/model';
import { purgeAuditLog } from '../audit/purge';
import { badRequest, GoPanic, notFound } from '../errors';
import { registerJob } from '../jobs/system-schedules';

const MAX_HOURS = 240_000;

/** Stands in for src/server/v2.0/handler/purge.go. */
export function register(api: Api): void {
  const { context } = api;
  registerJob(api, {
    name: 'PURGE_AUDIT_LOG',
    path: '/system/purgeaudit',
    id: 'purge_id',
    resource: 'purge-audit',
    what: 'log rotation purge',
    requireParameters,
    parametersOf: (sent, isRun) => (isRun ? runParameters(sent) : sent),
    run: async (parameters) => purgeAuditLog(context, parameters as ReturnType<typeof runParameters>),
    refuseUnknown: (id, what) => {
      if (what === 'log') throw notFound(`purge job with execution ID: ${id} taskLog is not found`);
      if (context.features.stricterInput) throw notFound(`execution ${id} not found`);
      throw new GoPanic(`no purge ${id}`);
    },
  });
}

/** Required even to remove the schedule. */
function requireParameters({ schedule, parameters = {} }: JsonObject): void {
  const refuse = (reason: string): never => {
    throw badRequest(`bad request: ${reason}`);
  };
  const sent = parameters as JsonObject;
  if (schedule === undefined) refuse("schedule cann't be empty");
  if (Object.keys(sent).length === 0) refuse("schedule parameter cann't be empty");
  const { audit_retention_hour: hours, include_event_types: types } = sent;
  if (hours === undefined) refuse('audit_retention_hour should provide');
  if (typeof hours === 'number' && !Number.isInteger(hours)) refuse('audit_retention_hour should be integer format');
  if (typeof hours === 'number' && hours > MAX_HOURS) refuse(`audit_retention_hour should be less than ${MAX_HOURS}`);
  if (types === undefined) refuse('include_event_types should provide');
}

/** A value of another type counts as missing. */
function runParameters(sent: JsonObject) {
  const { audit_retention_hour: hours, include_event_types: types, dry_run } = sent;
  return {
    audit_retention_hour: typeof hours === 'number' ? hours : 0,
    dry_run: dry_run === true,
    include_event_types: typeof types === 'string' ? types : '',
  };
}
