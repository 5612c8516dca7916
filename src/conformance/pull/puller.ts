import type { RegistryClient } from '../../oci';
import type { ProjectTarget } from '../model/target';

/** With the credential of a project's clients: its pull credential, or anonymously. */
export function pullerOf(client: RegistryClient, { pullCredential }: ProjectTarget): RegistryClient {
  return pullCredential ? client.as(pullCredential) : client;
}
