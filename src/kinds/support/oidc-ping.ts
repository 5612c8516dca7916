import { ApplyError, HarborApiError } from '../../errors';
import type { Json } from '../../json';
import type { Client } from '../../harbor';

const AS_USER = { as: 'user' } as const;

/**
 * Has Harbor ask the declared provider for its discovery document.
 * @throws ApplyError where Harbor cannot verify it: it says no more than that
 */
export async function pingOidc(client: Client, spec: Readonly<Record<string, Json>>): Promise<void> {
  const { oidc_endpoint: url, oidc_verify_cert: verify_cert = true } = spec;
  try {
    await client.post('/system/oidc/ping', { url, verify_cert }, AS_USER);
  } catch (error) {
    if (!(error instanceof HarborApiError) || error.status !== 400) throw error;
    const address = 'configuration/harbor';
    const causes =
      'Likely causes: Harbor cannot reach the address, does not trust the certificate (oidc_verify_cert), or the issuer differs';
    throw new ApplyError(`${address}: Harbor cannot verify ${url as string}. ${causes}`, address, { cause: error });
  }
}
