import type { Upstream } from '../../clients';
import { compact } from '../../compact';
import { UsageError } from '../../errors';
import { parseImageName, type ImageName } from '../../oci';
import type { RenderedClient } from './render';
import type { Image, Ways } from './trial';

const PERSONA_OF: Readonly<Record<string, string>> = {
  dockerd: 'docker',
  nomad: 'docker',
  podman: 'podman',
  buildah: 'podman',
  skopeo: 'podman',
  'cri-o': 'podman',
  buildkit: 'buildkit',
  buildx: 'buildkit',
};

/** undefined: the client needs a mirror domain and the project has none. */
export function waysOf(
  { client, input }: RenderedClient,
  { registry, project, mirrors }: Upstream,
  { publicRegistry, publicCa }: { readonly publicRegistry: readonly string[]; readonly publicCa: string | undefined },
): Ways | undefined {
  const takesDomain = client.name === 'dockerd' && input.options['store'] === 'graph';
  const [domain] = mirrors;
  if (takesDomain && domain === undefined) return undefined;
  const secret = input.robot?.secret;
  return compact({
    cacheUrl: takesDomain ? `https://${domain}` : input.harborUrl,
    prefix: takesDomain ? '' : `${project}/`,
    ca: input.ca,
    credential:
      takesDomain || secret === undefined ? undefined : { username: input.robot!.username, password: () => secret },
    publicUrl: publicUrlOf(registry, publicRegistry),
    publicCa,
    persona: PERSONA_OF[client.name] ?? 'containerd',
  });
}

function publicUrlOf(registry: string, given: readonly string[]): string {
  const own = given.find((text) => text.startsWith(`${registry}=`))?.slice(registry.length + 1);
  if (own !== undefined && !URL.canParse(own)) throw new UsageError(`--public-registry: "${own}" is not a valid URL`);
  return own ?? `https://${registry === 'docker.io' ? 'registry-1.docker.io' : registry}`;
}

/** @throws UsageError */
export function imageNamed(text: string): Image {
  const parsed = parseImageName(text);
  if ('problem' in parsed) throw new UsageError(parsed.problem);
  return toImage(parsed.value);
}

function toImage({ registry, repository, tag, digest }: ImageName): Image {
  const version = digest ?? tag ?? 'latest';
  const joined = digest === undefined ? `:${version}` : `@${digest}`;
  return { registry, repository, version, reference: `${registry}/${repository}${joined}` };
}
