import type { Api } from '../api/api';
import type { JsonObject } from '../api/model';
import { badRequest } from '../errors';
import { registerJob } from '../system-schedules';

const MAX_HOURS = 240_000;

export function register(api: Api): void {
  registerJob(api, {
    name: 'PURGE_AUDIT_LOG',
    path: '/system/purgeaudit',
    id: 'purge_id',
    resource: 'purge-audit',
    what: 'log rotation purge',
    whenEmpty: 'empty cron string for schedule',
    parametersOf,
  });
}

/** All are kept. Both are asked for even to take the schedule away (h/purge.go). */
function parametersOf(sent: JsonObject): JsonObject {
  if (Object.keys(sent).length === 0) throw badRequest("schedule parameter cann't be empty");
  const { audit_retention_hour: hours, include_event_types: types } = sent;
  if (hours === undefined) throw badRequest('audit_retention_hour should provide');
  if (types === undefined) throw badRequest('include_event_types should provide');
  if (Number(hours) > MAX_HOURS) throw badRequest(`audit_retention_hour is larger than ${MAX_HOURS}`);
  return sent;
}
