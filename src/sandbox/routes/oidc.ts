import { OK } from '../api/answer';
import type { Api } from '../api/api';
import { requireSystem } from '../api/access';
import { model } from '../api/model';
import { badRequest } from '../errors';
import { readJson, sendExpectingSuccess } from '../outgoing/upstream-http';

const Endpoint = model('PingOIDCBody', { url: 'string', verify_cert: 'bool' });
const DISCOVERY_TIMEOUT_MS = 5000;

/**
 * Stands in for src/server/v2.0/handler/oidc.go. It really requests the discovery document: a provider that is
 * misspelt in the policies fails here as it would in Harbor.
 */
export function register(api: Api): void {
  api.post(
    '/system/oidc/ping',
    async ({ caller, body }) => {
      requireSystem(caller, 'configuration', 'update');
      const { url = '', verify_cert = false } = body as { url?: string; verify_cert?: boolean };
      if (!(await answersDiscovery(url, verify_cert))) throw badRequest('failed to verify connection');
      return OK;
    },
    { body: ['endpoint', Endpoint] },
  );
}

/**
 * The issuer must be equal to the letter, as go-oidc requires it; only a slash at the end is left out of the
 * URL.
 */
async function answersDiscovery(issuer: string, verifies: boolean): Promise<boolean> {
  const registry = {
    type: 'oidc',
    url: issuer,
    insecure: !verifies,
    signal: AbortSignal.timeout(DISCOVERY_TIMEOUT_MS),
  };
  try {
    const url = new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
    const found = (await readJson(await sendExpectingSuccess(registry, { method: 'GET', url }))) as { issuer?: string };
    return found.issuer === issuer;
  } catch {
    return false;
  }
}
