import type { Client } from '../../harbor/client';
import type { ProjectWire } from '../../harbor/wire';
import { conform, faultsOf } from '../../shape';
import { projectShape } from './project-shape';

/** Harbor's longest page. */
const PAGE_SIZE = 100;

/**
 * The newest projects, with one call per hundred. Projects that another client creates meanwhile may displace some, and
 * unreadable ones are left out: the caller reads a missing project by name.
 */
export async function newestProjects(client: Pick<Client, 'get'>, count: number): Promise<ProjectWire[]> {
  const numbers = Array.from({ length: Math.ceil(count / PAGE_SIZE) }, (_, n) => n + 1);
  const pages = await Promise.all(
    numbers.map((page) =>
      client.get<unknown>('/projects', { query: { page, page_size: PAGE_SIZE, sort: '-creation_time' } }),
    ),
  );
  return pages
    .flatMap((page): unknown[] => (Array.isArray(page) ? page : []))
    .map((item) => conform(projectShape, item ?? []))
    .filter((project) => faultsOf(project) === undefined);
}
