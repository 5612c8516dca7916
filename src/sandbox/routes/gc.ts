import type { Api } from '../api/api';
import type { JsonObject } from '../api/model';
import { badRequest, notFound } from '../errors';
import { collectGarbage } from '../gc/collect';
import { registerJob } from '../jobs/system-schedules';

const MAX_WORKERS = 10;
/** In hours: blobs used within this time are not collected (GC_TIME_WINDOW_HOURS). */
const TIME_WINDOW = 2;

/**
 * Stands in for src/server/v2.0/handler/gc.go. `delete_tag` is accepted and shown, but changes nothing that is
 * deleted.
 */
export function register(api: Api): void {
  const { context } = api;
  const { gcDeletesTags } = context.features;
  registerJob(api, {
    name: 'GARBAGE_COLLECTION',
    path: '/system/gc',
    id: 'gc_id',
    resource: 'garbage-collection',
    what: 'gc',
    parametersOf: (sent, isRun) => ({
      ...(gcDeletesTags ? { delete_tag: sent['delete_tag'] === true } : {}),
      delete_untagged: sent['delete_untagged'] === true,
      ...(isRun ? { dry_run: sent['dry_run'] === true, time_window: TIME_WINDOW } : {}),
      workers: workersOf(sent),
    }),
    run: (parameters) =>
      collectGarbage(context, {
        dryRun: parameters['dry_run'] === true,
        deleteUntagged: parameters['delete_untagged'] === true,
        deleteTag: parameters['delete_tag'] === true,
        workers: Number(parameters['workers']) || 1,
        windowHours: TIME_WINDOW,
      }),
    refuseUnknown: (id, what) => {
      const found = what === 'log' ? `${id} log is not found` : `execution ${id} not found`;
      throw notFound(`garbage collection ${found}`);
    },
  });
}

/** 0 if no number was sent. */
function workersOf({ workers }: JsonObject): number {
  if (typeof workers !== 'number') return 0;
  if (!Number.isInteger(workers)) throw badRequest('bad request: workers should be integer format');
  if (workers > 0 && workers <= MAX_WORKERS) return workers;
  const wanted = `Workers must be greater than 0 and less than or equal to ${MAX_WORKERS}.`;
  throw badRequest(`Error: Invalid number of workers:${workers}. ${wanted}`);
}
