import type { ProjectTarget } from './target';

/**
 * Projects that may run at the same time are in different lanes. Those in front of one controllable upstream
 * share a lane, commanded or not: stopping it for one would be an outage for the other, and its log tells of both.
 */
export function toLanes(projects: readonly ProjectTarget[]): readonly (readonly ProjectTarget[])[] {
  const controlled = new Map(
    projects.flatMap(({ upstream, origin }) => (upstream && origin ? [[origin.url, upstream.id] as const] : [])),
  );
  const lanes = new Map<string, ProjectTarget[]>();
  for (const project of projects) {
    const upstream = project.upstream?.id ?? (project.origin && controlled.get(project.origin.url));
    const key = upstream === undefined ? `project ${project.name}` : `upstream ${upstream}`;
    lanes.set(key, [...(lanes.get(key) ?? []), project]);
  }
  return [...lanes.values()];
}
