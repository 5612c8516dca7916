import type { Client } from '../../harbor/client';
import type { ProjectWire } from '../../harbor/wire';
import { conform, faultsOf } from '../../shape';
import { projectShape } from './project-shape';

/** Harbor's longest page. */
const PAGE_SIZE = 100;

/**
 * The projects that were created last, a call for each hundred. What another client creates meanwhile takes a place of
 * theirs, and what cannot be read is left out: anyone who misses a project asks for it by its name.
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
