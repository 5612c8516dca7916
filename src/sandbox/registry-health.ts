import type { Context } from './context';
import { checkHealth } from './registry/upstream-client';
import type { RegistryRow } from './rows';

export type RegistryTarget = Pick<RegistryRow, 'type' | 'url' | 'insecure' | 'caCertificate' | 'credential'>;

/** Harbor looks at a registry again after so long; until then an outage goes unnoticed (harbor.md 2.4). */
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

/** Keeps `status` of a registry true to its upstream, until the registry or the sandbox is gone. */
export function watchRegistry({ store, clock }: Context, id: number): void {
  clock.background(async () => {
    for (;;) {
      await clock.sleep(RECHECK_MS);
      const registry = store.registries.get(id);
      if (!registry) return;
      const status = await healthOf(registry).catch(() => 'unhealthy' as const);
      if (store.registries.get(id) && registry.status !== status) store.registries.update(id, { status });
    }
  });
}
