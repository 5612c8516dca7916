import { HarborApiError } from '../../errors';
import type { Client } from '../../harbor';
import { isUnusable } from '../../kinds/support/registry-proof';

/** As Harbor sees the registry: with its stored secret, its CA and its network. */
export interface RegistryPing {
  readonly name: string;
  /** Absent if Harbor reached it with the stored credential. */
  readonly problem?: string;
  /** Harbor was not asked, or did not respond itself: whether it reaches the registry is not known. */
  readonly isUnknown?: true;
}

interface RegistryWire {
  readonly id: number;
  readonly name: string;
}

/**
 * Makes Harbor contact every registry with its stored credential, which it can decrypt only with the original secret
 * key: a lost key is visible only here. Only the id is sent: any other field would replace the stored value
 * (docs/harbor-behavior.md 4.7).
 */
export async function pingRegistries(client: Client): Promise<readonly RegistryPing[]> {
  const registries = await client.list<RegistryWire>('/registries', { query: { sort: 'id' } });
  return Promise.all(registries.map(({ id, name }) => ping(client, id, name)));
}

async function ping(client: Client, id: number, name: string): Promise<RegistryPing> {
  try {
    await client.post('/registries/ping', { id });
    return { name };
  } catch (error) {
    if (!(error instanceof HarborApiError)) throw error;
    return isUnusable(error) ? { name, problem: error.message } : { name, problem: error.message, isUnknown: true };
  }
}
