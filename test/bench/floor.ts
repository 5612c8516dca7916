import type { QuotaWire } from '../../src/kinds/quota';
import type { HarborClient } from '../../src/harbor';
import type { ProjectWire, RegistryWire } from '../../src/harbor/wire';

export interface Floor {
  readonly projects: number;
  readonly registries: number;
  readonly quotas: number;
  readonly calls: number;
  readonly elapsedMs: number;
}

/**
 * The least that a plan has to read, and nothing done with it: what the client alone costs against a
 * Harbor, below which no plan of ours can be. A real Harbor with 1,000 projects answered it in 1.9 s
 * (docs/harbor-behavior.md 1.8).
 */
export async function readFloor(client: HarborClient): Promise<Floor> {
  const callsBefore = client.calls;
  const startedAt = performance.now();
  const [projects, registries, quotas] = await Promise.all([
    client.list<ProjectWire>('/projects'),
    client.list<RegistryWire>('/registries', { query: { sort: 'id' } }),
    client.list<QuotaWire>('/quotas', {
      query: { reference: 'project', sort: 'creation_time' },
      pageSize: 75,
      concurrency: 64,
      countFirst: true,
    }),
  ]);
  return {
    projects: projects.length,
    registries: registries.length,
    quotas: quotas.length,
    calls: client.calls - callsBefore,
    elapsedMs: performance.now() - startedAt,
  };
}
