import type { Api } from '../api/api';
import { ok } from '../api/answer';

const COMPONENTS = ['core', 'database', 'jobservice', 'portal', 'redis', 'registry', 'registryctl'];

/**
 * Stands in for src/server/v2.0/handler/health.go. Everything is healthy as long as the process answers: an
 * unhealthy part is simulated with a fault.
 */
export function register(api: Api): void {
  api.get('/health', () =>
    ok({ components: COMPONENTS.map((name) => ({ name, status: 'healthy' })), status: 'healthy' }),
  );
}
