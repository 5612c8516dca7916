import type { RegistryClient } from '../../oci';
import type { ProjectTarget } from '../model/target';

/** As the clients of a project pull: with its pull credential, or anonymously. */
export function pullerOf(client: RegistryClient, { pullCredential }: ProjectTarget): RegistryClient {
  return pullCredential ? client.as(pullCredential) : client;
}
