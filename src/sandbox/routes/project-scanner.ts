import { ok, OK } from '../api/answer';
import type { Api } from '../api/api';
import { projectFor } from '../api/access';
import { page } from '../api/call';
import { model } from '../api/model';
import { internalError, unprocessable } from '../errors';
import { askMetadata, chooseScanner, scannerOf, scannerWire } from '../scanning/scanners';
import { NOTHING } from '../jobs/system-schedules';

const ProjectScanner = model('ProjectScanner', { uuid: 'string' });

/**
 * Stands in for the scanner of a project in src/server/v2.0/handler/project.go. A GET asks the adapter each
 * time, so it is as slow as the adapter.
 */
export function register(api: Api): void {
  const { context } = api;
  const { store } = context;
  api.get('/projects/:project/scanner', async (call) => {
    const row = scannerOf(store, projectFor(store, call, 'scanner', 'read'));
    if (!row) return NOTHING;
    const metadata = await askMetadata(row);
    const { name: adapter, vendor, version } = metadata?.scanner ?? {};
    const health = metadata ? 'healthy' : 'unhealthy';
    return ok({ ...scannerWire(row, metadata), adapter, vendor, version, health });
  });
  api.put(
    '/projects/:project/scanner',
    (call) => {
      const uuid = call.body['uuid'] as string | undefined;
      if (uuid === undefined) throw unprocessable('validation failure list:\nuuid in body is required');
      const project = projectFor(store, call, 'scanner', 'create');
      if (uuid === '') throw internalError('missing scanner UUID');
      chooseScanner(context, project, uuid);
      return OK;
    },
    { body: ['payload', ProjectScanner] },
  );
  api.get('/projects/:project/scanner/candidates', async (call) => {
    projectFor(store, call, 'scanner', 'create');
    const rows = store.scanners.all();
    const wires = await Promise.all(rows.map(async (row) => scannerWire(row, await askMetadata(row))));
    return page(call, wires, (wire) => wire);
  });
}
