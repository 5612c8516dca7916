import { ApplyError, HarborApiError } from '../../errors';
import type { Json } from '../../json';
import type { Client } from '../../harbor';

const AS_USER = { as: 'user' } as const;

/**
 * Makes Harbor request the declared provider's discovery document.
 * @throws ApplyError if Harbor cannot verify it; Harbor gives no reason
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
