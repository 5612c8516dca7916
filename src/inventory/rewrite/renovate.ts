import type { Cache } from '../cache';

/** What update bots need to know, so that they ask the upstream and not the cache which tags there are. */
export function renovateAliases({ host, projects }: Cache): string {
  const aliases = Object.fromEntries(
    projects.flatMap(({ name, upstream }) => (upstream === undefined ? [] : [[`${host}/${name}`, upstream]])),
  );
  const renovate = `Renovate: add to renovate.json: ${JSON.stringify({ registryAliases: aliases })}`;
  return `${renovate}\nDependabot: declare ${host} as a registry of type docker-registry in dependabot.yml; it asks Harbor for tags.\n`;
}
