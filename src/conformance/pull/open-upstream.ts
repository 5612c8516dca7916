import { compact } from '../../compact';
import { RegistryClient, type RetryPolicy } from '../../oci';
import type { UpstreamOrigin } from '../model/target';

/** A client for the upstream itself, with the declared login if there is one. */
export function openUpstream({ url, ca, credential, realms }: UpstreamOrigin, retry?: RetryPolicy): RegistryClient {
  return RegistryClient.open(compact({ url, ca, credential, realms, retry }));
}
