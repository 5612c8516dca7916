import type { Context } from '../context';
import { type RegistryTarget, upstreamOf } from '../registry/proxy-upstream';
import { checkHealth } from '../registry/upstream-client';

/** How often Harbor checks a registry; an outage is not noticed before the next check (docs/harbor-behavior.md 4.4). */
const RECHECK_MS = 5 * 60_000;

export function healthOf(context: Context, target: RegistryTarget): Promise<'healthy' | 'unhealthy'> {
  // Without a host there is no server to contact.
  if (/^https?:\/\/\//.test(target.url)) return Promise.resolve('unhealthy');
  return checkHealth(upstreamOf(context, target));
}

/** Keeps `status` of a registry true to its upstream, until the registry or the sandbox is gone. */
export function watchRegistry(context: Context, id: number): void {
  const { store, clock } = context;
  clock.background(async () => {
    for (;;) {
      await clock.sleep(RECHECK_MS);
      const registry = store.registries.get(id);
      if (!registry) return;
      const status = await healthOf(context, registry).catch(() => 'unhealthy' as const);
      if (store.registries.get(id) && registry.status !== status) store.registries.update(id, { status });
    }
  });
}
