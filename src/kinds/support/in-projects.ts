import { HarborApiError } from '../../errors';
import type { ProjectWire } from '../../harbor/wire';
import { faultsOf, withFaults } from '../../shape';
import type { ReadContext } from '../kind';

/** Harbor refuses these credentials: an error of the run, not of one project. */
const REFUSED = [401, 403, 412];

/**
 * Reads a kind in every project for which it is declared, if the project exists. A project that cannot be read does not
 * affect the others.
 */
export async function inProjects<Wire extends object>(
  context: ReadContext,
  read: (project: ProjectWire) => Promise<readonly Wire[]>,
): Promise<Wire[]> {
  const projects = await projectsInScope(context);
  const wires = projects.map(async (project): Promise<readonly Wire[]> => {
    const { name } = project;
    const faults = faultsOf(project);
    if (faults) return [unread(name, `project/${name} cannot be read: ${faults.reason}`)];
    try {
      return await read(project);
    } catch (error) {
      if (!(error instanceof HarborApiError) || REFUSED.includes(error.status)) throw error;
      return [unread(name, error.message)];
    }
  });
  return (await Promise.all(wires)).flat();
}

/** Represents everything of one project that could not be read. */
function unread<Wire extends object>(project: string, reason: string): Wire {
  return withFaults({} as Wire, { reason, anonymous: true, project });
}

/**
 * Only the projects that something declared belongs to: an account with few rights need not read the others.
 */
async function projectsInScope(context: ReadContext): Promise<ProjectWire[]> {
  if (context.parents.length === 0) return [];
  const parents = new Set(context.parents);
  const projects = await context.wires<ProjectWire>('project');
  return projects.filter(({ name }) => parents.has(name));
}
