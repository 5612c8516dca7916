import type { ProjectTarget } from '../model/target';

/**
 * Projects in different groups may run at the same time. Projects with the same controllable upstream share a group,
 * whether they control it or not: an outage for one would affect the other, and its log contains the requests of both.
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
