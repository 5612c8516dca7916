import { OK } from '../api/answer';
import type { Api } from '../api/api';
import { requireSystem } from '../api/access';
import { model } from '../api/model';
import { badRequest } from '../errors';

const Endpoint = model('PingOIDCBody', { url: 'string', verify_cert: 'bool' });
const DISCOVERY_TIMEOUT_MS = 5000;

export function register(api: Api): void {
  api.post(
    '/system/oidc/ping',
    async ({ caller, body }) => {
      requireSystem(caller, 'configuration', 'update');
      if (!(await answersDiscovery((body['url'] as string | undefined) ?? '')))
        throw badRequest('failed to verify connection');
      return OK;
    },
    { body: ['endpoint', Endpoint] },
  );
}

async function answersDiscovery(issuer: string): Promise<boolean> {
  try {
    const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
      signal: AbortSignal.timeout(DISCOVERY_TIMEOUT_MS),
    });
    const found = (await response.json()) as { issuer?: string };
    return response.ok && found.issuer === issuer;
  } catch {
    return false;
  }
}
