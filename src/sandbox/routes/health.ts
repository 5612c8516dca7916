import type { Api } from '../api/api';
import { ok } from '../api/answer';

const COMPONENTS = ['core', 'database', 'jobservice', 'portal', 'redis', 'registry', 'registryctl'];

export function register(api: Api): void {
  api.get('/health', () =>
    ok({ components: COMPONENTS.map((name) => ({ name, status: 'healthy' })), status: 'healthy' }),
  );
}
