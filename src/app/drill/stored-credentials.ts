import { HarborApiError } from '../../errors';
import type { Client } from '../../harbor';

export interface RegistryPing {
  readonly name: string;
  /** Absent where Harbor reached it with what it has stored. */
  readonly problem?: string;
}

interface RegistryWire {
  readonly id: number;
  readonly name: string;
}

/**
 * Has Harbor reach every registry it knows with the credential it has stored, which it can decrypt only with the
 * secret key it was stored under: what is lost with that key shows here and nowhere else. By id and nothing beside it:
 * whatever else were sent would take the place of what is stored (docs/harbor-behavior.md 4.7).
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
    return { name, problem: error.message };
  }
}
