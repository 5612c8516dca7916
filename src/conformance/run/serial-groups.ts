import type { ProjectTarget } from '../model/target';

/**
 * Projects that may run at the same time are in different groups. Those in front of one controllable upstream
 * share a group, commanded or not: stopping it for one would be an outage for the other, and its log tells of both.
 */
export function toSerialGroups(projects: readonly ProjectTarget[]): readonly (readonly ProjectTarget[])[] {
  const controlled = new Map(
    projects.flatMap(({ upstream, origin }) => (upstream && origin ? [[origin.url, upstream.id] as const] : [])),
  );
  const groups = new Map<string, ProjectTarget[]>();
  for (const project of projects) {
    const upstream = project.upstream?.id ?? (project.origin && controlled.get(project.origin.url));
    const key = upstream === undefined ? `project ${project.name}` : `upstream ${upstream}`;
    groups.set(key, [...(groups.get(key) ?? []), project]);
  }
  return [...groups.values()];
}
