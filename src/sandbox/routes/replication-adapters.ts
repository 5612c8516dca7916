import { ADAPTER_INFOS, ADAPTER_TYPES } from '../adapter-catalog';
import { ok } from '../api/answer';
import type { Api } from '../api/api';
import { requireSystem } from '../api/access';

export function register(api: Api): void {
  api.get('/replication/adapters', ({ caller }) => {
    requireSystem(caller, 'replication-adapter', 'list');
    return ok(ADAPTER_TYPES);
  });
  api.get('/replication/adapterinfos', ({ caller }) => {
    requireSystem(caller, 'replication-adapter', 'list');
    return ok(ADAPTER_INFOS);
  });
}
