import type { Cache } from '../cache';

/** Configuration for update bots, so that they look up tags at the upstream instead of the cache. */
export function renovateAliases({ host, projects }: Cache): string {
  const aliases = Object.fromEntries(
    projects.flatMap(({ name, upstream }) => (upstream === undefined ? [] : [[`${host}/${name}`, upstream]])),
  );
  const renovate = `Renovate: add to renovate.json: ${JSON.stringify({ registryAliases: aliases })}`;
  return `${renovate}\nDependabot: declare ${host} as a registry of type docker-registry in dependabot.yml; it asks Harbor for tags.\n`;
}
