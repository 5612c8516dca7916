import { ok } from '../api/answer';
import type { Api } from '../api/api';
import { requireLogin } from '../api/access';
import { PROJECT_PERMISSIONS, SYSTEM_PERMISSIONS } from '../access/permission-catalog';

/**
 * Stands in for src/server/v2.0/handler/permissions.go: what a robot can be granted (docs/harbor-behavior.md
 * 8.5).
 */
export function register(api: Api): void {
  api.get('/permissions', ({ caller }) => {
    requireLogin(caller);
    return ok({ project: PROJECT_PERMISSIONS, system: SYSTEM_PERMISSIONS });
  });
}
