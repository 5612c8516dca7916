import { compact } from '../../compact';
import type { ClientFile, RenderInput, Upstream } from '../client';
import { header } from './header';
import { registryServer } from '../check/registry-server';
import { hostsToml } from './hosts-toml';
import { basicAuthorization, file, harborHost, projectUrl, SECRET_MODE } from './rendering';

const CA_FILE = 'ca.crt';

/**
 * A directory for each registry, as read by containerd, and by dockerd with the containerd image store.
 *
 *     DIRECTORY/docker.io/hosts.toml    names in pods: docker.io/… ──► HARBOR/v2/proxy.docker.io
 *     DIRECTORY/docker.io/ca.crt        next to each file, because `ca` is relative to it
 *     DIRECTORY/HARBOR/hosts.toml       names with Harbor's host: only the CA
 * @param program that reads them, for the first line of each file
 */
export function certsD(input: RenderInput, directory: string, program: string): ClientFile[] {
  const folders = input.upstreams.flatMap((upstream) => registryFolder(input, upstream, directory, program));
  return [...folders, ...harborFolder(input, directory, program)];
}

/**
 *     fallback   server = the public registry     asked if the cache fails
 *     strict     server = the cache               there is no other place
 */
function registryFolder(input: RenderInput, upstream: Upstream, directory: string, program: string): ClientFile[] {
  const { robot, profile, ca } = input;
  // A public project needs no login, and a login that is not sent cannot leak.
  const authorization = upstream.isPublic || !robot ? undefined : basicAuthorization(robot);
  const content = hostsToml(
    compact({
      head: [header(input, program).slice(2)],
      server: profile === 'fallback' ? registryServer(upstream.registry) : undefined,
      host: compact({
        url: projectUrl(input, upstream),
        overridePath: true,
        ca: ca === undefined ? undefined : CA_FILE,
        authorization,
      }),
    }),
  );
  const folder = `${directory}/${upstream.registry}`;
  const mode = authorization === undefined ? {} : { mode: SECRET_MODE };
  return [file(`${folder}/hosts.toml`, content, mode), ...caFile(input, folder)];
}

/** Images with Harbor's own host in their name need only the CA. */
function harborFolder(input: RenderInput, directory: string, program: string): ClientFile[] {
  if (input.ca === undefined) return [];
  const folder = `${directory}/${harborHost(input)}`;
  const content = hostsToml({
    head: [header(input, program).slice(2)],
    host: { url: input.harborUrl, overridePath: false, ca: CA_FILE },
  });
  return [file(`${folder}/hosts.toml`, content), ...caFile(input, folder)];
}

function caFile({ ca }: RenderInput, folder: string): ClientFile[] {
  return ca === undefined ? [] : [file(`${folder}/${CA_FILE}`, ca)];
}
