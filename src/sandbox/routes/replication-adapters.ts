import { adapterInfos, adapterTypes } from '../registries/adapter-catalog';
import { ok } from '../api/answer';
import type { Api } from '../api/api';
import { requireSystem } from '../api/access';

/** Stands in for the adapters in src/server/v2.0/handler/replication.go. */
export function register(api: Api): void {
  const { features } = api.context;
  api.get('/replication/adapters', ({ caller }) => {
    requireSystem(caller, 'replication-adapter', 'list');
    return ok(adapterTypes(features));
  });
  api.get('/replication/adapterinfos', ({ caller }) => {
    requireSystem(caller, 'replication-adapter', 'list');
    return ok(adapterInfos(features));
  });
}
