import { compact } from '../../compact';
import { bearerChallenge, type Credential, type PlainAnswer, type RegistryClient, type WireOptions } from '../../oci';

/** After these statuses containerd tries GET; after any other refusal it gives up. */
const FALLS_BACK = [400, 401, 404, 405];

/** Whether containerd gets a token after this response to its POST. */
export function goesOnAfter({ status }: PlainAnswer): boolean {
  return status === 200 || FALLS_BACK.includes(status);
}

/**
 * The first token request of containerd with a credential: a form, sent with POST to the realm of that refusal.
 * Undefined if the realm is missing or on another host: no credential is sent there.
 */
export async function postForToken(
  client: RegistryClient,
  refusal: PlainAnswer,
  credential: Credential | undefined,
  wire: WireOptions,
): Promise<PlainAnswer | undefined> {
  const { realm = '', service = '', scope } = bearerChallenge(refusal.headers['www-authenticate'])?.params ?? {};
  if (!URL.canParse(realm) || new URL(realm).origin !== client.url.origin) return undefined;
  const form = new URLSearchParams(
    compact({
      grant_type: 'password',
      service,
      client_id: 'containerd-client',
      scope,
      username: credential?.username ?? '',
      password: (await credential?.password()) ?? '',
    }),
  );
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return client.plain({ method: 'POST', path: new URL(realm).pathname, headers, body: form.toString() }, wire);
}
