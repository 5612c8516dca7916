import type { Context } from './context';
import { checkHealth } from './registry/upstream-client';
import type { RegistryRow } from './rows';

export type RegistryTarget = Pick<RegistryRow, 'type' | 'url' | 'insecure' | 'caCertificate' | 'credential'>;

/** Harbor looks at every registry again after so long; until then an outage goes unnoticed (harbor.md 2.4). */
const RECHECK_MS = 5 * 60_000;

export function healthOf(target: RegistryTarget): Promise<'healthy' | 'unhealthy'> {
  const { type, url, insecure, caCertificate, credential } = target;
  return checkHealth({
    type,
    url,
    insecure,
    ...(caCertificate === '' ? {} : { ca_certificate: caCertificate }),
    ...(credential ? { credential: { access_key: credential.accessKey, access_secret: credential.accessSecret } } : {}),
  });
}

export function watchRegistries({ store, clock }: Context): void {
  clock.every(RECHECK_MS, async () => {
    for (const registry of store.registries.all()) {
      const status = await healthOf(registry).catch(() => 'unhealthy' as const);
      const current = store.registries.get(registry.id);
      if (current && current.status !== status) store.registries.update(registry.id, { status });
    }
  });
}
