import type { ProjectTarget } from './target';

/**
 * Projects that may run at the same time are in different lanes. Those in front of one controllable upstream
 * share a lane: stopping it for one would be an outage for the other.
 */
export function toLanes(projects: readonly ProjectTarget[]): readonly (readonly ProjectTarget[])[] {
  const lanes = new Map<string, ProjectTarget[]>();
  for (const project of projects) {
    const key = project.upstream ? `upstream ${project.upstream.id}` : `project ${project.name}`;
    lanes.set(key, [...(lanes.get(key) ?? []), project]);
  }
  return [...lanes.values()];
}
