import type { Api } from '../api/api';
import type { JsonObject } from '../api/model';
import { badRequest } from '../errors';
import { registerJob } from '../system-schedules';

const MAX_WORKERS = 10;

export function register(api: Api): void {
  const { gcDeletesTags } = api.context.features;
  registerJob(api, {
    name: 'GARBAGE_COLLECTION',
    path: '/system/gc',
    id: 'gc_id',
    resource: 'garbage-collection',
    what: 'gc',
    whenEmpty: 'empty cron string for gc schedule',
    parametersOf: (sent) => ({
      ...(gcDeletesTags ? { delete_tag: sent['delete_tag'] === true } : {}),
      delete_untagged: sent['delete_untagged'] === true,
      workers: workersOf(sent),
    }),
  });
}

/** 0 where none are sent. */
function workersOf({ workers }: JsonObject): unknown {
  if (workers === undefined || (Number(workers) > 0 && Number(workers) <= MAX_WORKERS)) return workers ?? 0;
  const wanted = `Workers must be greater than 0 and less than or equal to ${MAX_WORKERS}.`;
  throw badRequest(`Error: Invalid number of workers:${JSON.stringify(workers)}. ${wanted}`);
}
