import { compact } from '../../compact';
import { ApplyError } from '../../errors';
import type { Json } from '../../json';
import { isSecretReference } from '../../secret-reference';
import type { WriteContext } from '../kind';

const AS_USER = { as: 'user' } as const;
const KEYS = [
  'ldap_url',
  'ldap_search_dn',
  'ldap_base_dn',
  'ldap_filter',
  'ldap_uid',
  'ldap_scope',
  'ldap_verify_cert',
] as const;

/**
 * Makes Harbor connect and log in with the declared values; missing ones come from its stored configuration.
 * @throws ApplyError with the message of the LDAP server: Harbor returns 200 in any case (docs/harbor-behavior.md 6.5)
 */
export async function pingLdap(
  { client, secret }: Pick<WriteContext, 'client' | 'secret'>,
  spec: Readonly<Record<string, Json>>,
): Promise<void> {
  const declared = Object.fromEntries(KEYS.flatMap((key) => (spec[key] === undefined ? [] : [[key, spec[key]]])));
  const { ldap_search_password: reference, ldap_timeout: timeout } = spec;
  const url = spec['ldap_url'] as string;
  const password = isSecretReference(reference) ? { ldap_search_password: await secret(reference) } : {};
  const body = compact<object>({ ...declared, ...password, ldap_connection_timeout: timeout });
  const { body: answer } = await client.post<{ success?: boolean; message?: string }>('/ldap/ping', body, AS_USER);
  if (answer?.success === true) return;
  const said = (answer?.message ?? 'no reason given').replace(/^error: /, '');
  const address = 'configuration/harbor';
  const causes =
    'Likely causes: Harbor cannot reach the address, does not trust the certificate (ldap_verify_cert), or ldap_search_dn or ldap_search_password is wrong';
  throw new ApplyError(`${address}: Harbor cannot use ${url}: ${said}. ${causes}`, address);
}
