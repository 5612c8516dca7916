import type { Context } from '../context';
import { type RegistryTarget, upstreamOf } from '../registry/proxy-upstream';
import { checkHealth } from '../registry/upstream-client';

/** How often Harbor checks a registry; an outage is not noticed before the next check (docs/harbor-behavior.md 4.4). */
const RECHECK_MS = 5 * 60_000;

/** @throws Error if Harbor could not build its adapter; the API shows that as 500 */
export function healthOf(context: Context, target: RegistryTarget): Promise<'healthy' | 'unhealthy'> {
  // Without a host there is no server to reach.
  if (/^https?:\/\/\//.test(target.url)) return Promise.resolve('unhealthy');
  return checkHealth(upstreamOf(context, target));
}

/**
 * Keeps the `status` of a registry in line with its upstream, until the registry is deleted or the sandbox closes.
 * An upstream that fails stays `healthy` until the next check, and one that recovers stays `unhealthy`: for
 * that long Harbor serves from the cache alone. Tools have to cope with both.
 */
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
