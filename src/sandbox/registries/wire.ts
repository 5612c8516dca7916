import { notFound } from '../errors';
import { omitEmpty, wireTime } from '../go-compat/wire';
import type { Context } from '../context';
import type { RegistryCredential, RegistryRow } from '../store/rows';
import type { Store } from '../store/store';

/** @throws HarborError 404 */
export function registryOf(store: Store, id: number): RegistryRow {
  const row = store.registries.get(id);
  if (!row) throw notFound(`registry ${id} not found`);
  return row;
}

/** The secret is masked with five stars. A client that sends them back stores them as the secret. */
export function registryWire(row: RegistryRow): object {
  return { ...registryWireWithoutCredential(row), credential: credentialWire(row.credential) };
}

/** As in a project's summary. */
export function registryWireWithoutCredential(row: RegistryRow): object {
  return omitEmpty({
    ca_certificate: row.caCertificate,
    creation_time: wireTime(row.creationTime),
    description: row.description,
    id: row.id,
    insecure: row.insecure,
    name: row.name,
    status: row.status,
    type: row.type,
    update_time: wireTime(row.updateTime),
    url: row.url,
  });
}

/** The secret is five stars if there is one, whatever it is. */
function credentialWire(credential: RegistryCredential | null): object {
  if (credential === null) return {};
  return omitEmpty({
    access_key: credential.accessKey,
    access_secret: credential.accessSecret === '' ? '' : '*****',
    type: credential.type,
  });
}

/** Id 0 is Harbor itself. */
export function localRegistryWire({ externalUrl }: Context): object {
  return {
    creation_time: wireTime(0),
    credential: {},
    id: 0,
    insecure: true,
    name: 'Local',
    status: 'healthy',
    type: 'harbor',
    update_time: wireTime(0),
    url: externalUrl(),
  };
}
