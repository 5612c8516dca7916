import type { ProjectWire } from '../../harbor/wire';
import type { ReadContext } from '../kind';

/** The projects for which a kind placed below them is declared, as far as they exist yet. */
export async function projectsInScope(context: ReadContext): Promise<ProjectWire[]> {
  if (context.parents.length === 0) return [];
  const parents = new Set(context.parents);
  const projects = await context.wires<ProjectWire>('project');
  return projects.filter(({ name }) => parents.has(name));
}
