import { compact } from '../../compact';
import type { Declaration } from '../../declaration/declaration';
import type { ResolveSecret } from '../../declaration/secrets/secrets';
import type { RegistrySpec } from '../../kinds';
import { index, startFixtureUpstream, type FixtureUpstream } from '../../upstream';
import { publishVersion } from '../../canary';
import type { UpstreamControl } from '../../conformance/model/target';
import { objectsOf } from '../objects-of';

/** One small registry on a loopback port for every declared upstream, by the name of the registry. */
export type FixtureUpstreams = ReadonlyMap<string, FixtureUpstream>;

/**
 * Starts a fixture for each declared registry. It requires the declared account and contains the images with which its
 * projects are verified.
 */
export async function startUpstreams(declaration: Declaration, resolve: ResolveSecret): Promise<FixtureUpstreams> {
  const upstreams = new Map<string, FixtureUpstream>();
  for (const registry of objectsOf(declaration, 'registry')) {
    const auth = await accountOf(registry, resolve);
    upstreams.set(registry.name, await startFixtureUpstream(compact({ name: registry.name, auth })));
  }
  // Registries that are managed elsewhere are left out: their account is unknown.
  for (const { identity: name } of declaration.external ?? [])
    upstreams.set(name, await startFixtureUpstream({ name }));
  const registryOf = registriesOfProjects(declaration);
  for (const { project, pull, platforms } of declaration.conformance) {
    const upstream = upstreams.get(registryOf.get(project) ?? '');
    for (const reference of pull)
      upstream?.put(
        ...taggedOf(reference),
        index({ seed: reference, archs: platforms.map(architectureOf), sizeBytes: 64 << 10 }),
      );
  }
  return upstreams;
}

/** Controls the upstream of a project during scenarios. */
export function controlOf(upstream: FixtureUpstream): UpstreamControl {
  return {
    id: upstream.name,
    publish: async (repository, tag, version, sizeBytes) =>
      publishVersion(upstream, repository, tag, version, sizeBytes),
    removeTag: async (repository, tag) => upstream.removeTag(repository, tag),
    misbehave: async (mode) => upstream.setMode(mode),
    stop: () => upstream.stop(),
    start: () => upstream.start(),
    takeLog: async () => upstream.takeLog(),
  };
}

/** Only of proxy cache projects. */
export function registriesOfProjects(declaration: Declaration): Map<string, string> {
  return new Map(
    objectsOf(declaration, 'project').flatMap(({ name, registry }) =>
      registry === undefined ? [] : [[name, registry] as const],
    ),
  );
}

async function accountOf({ credential }: RegistrySpec, resolve: ResolveSecret): Promise<string | undefined> {
  if (!credential?.access_key || !credential.access_secret) return undefined;
  return `${credential.access_key}:${await resolve(credential.access_secret)}`;
}

/** A colon before the last slash would be the port of a host, but there is no host here. */
function taggedOf(reference: string): [string, string] {
  const colon = reference.lastIndexOf(':');
  return colon > reference.lastIndexOf('/')
    ? [reference.slice(0, colon), reference.slice(colon + 1)]
    : [reference, 'latest'];
}

function architectureOf(platform: string): string {
  return platform.split('/')[1] ?? platform;
}
