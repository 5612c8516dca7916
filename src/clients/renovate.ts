import { compact } from '../compact';
import { checkNothing } from './check/nothing';
import type { Client, RenderInput, Rendering } from './client';
import { credentialWarnings, file, harborHost, projectPath } from './support/rendering';

/**
 * Renovate pulls nothing; it lists tags. Through a proxy cache every listing is forwarded to the upstream, so
 * by default cached names are looked up at the registry itself, and Harbor is spared.
 *
 *     image in a repository     HARBOR/proxy.docker.io/library/nginx:1.25
 *     alias                     HARBOR/proxy.docker.io ─► docker.io
 *     lookup of newer tags      docker.io/library/nginx
 */
export const renovate: Client = {
  name: 'renovate',
  title: 'Renovate',
  about: 'Updates of image names that point to the cache.',
  can: {
    registries: 'every registry',
    path: true,
    strict: 'none: tags are looked up at the registry of the name',
    credentials: 'hostRules, with an encrypted secret or an environment variable',
    wildcard: 'none',
    ca: 'NODE_EXTRA_CA_CERTS of Renovate',
    reload: 'at the next run',
  },
  options: {
    lookup: {
      description:
        'upstream: tags of cached names are looked up at the registry itself. cache: through Harbor, which forwards each listing uncached.',
      enum: ['upstream', 'cache'],
      default: 'upstream',
    },
  },
  traps: ['Without `registryAliases` tags of cached names are looked up through Harbor, uncached.'],
  reads: [],
  check: checkNothing,
  render,
};

/**
 *     lookup: upstream   names of the cache are looked up at the public registry (registryAliases)
 *     lookup: cache      no alias: each lookup of tags goes through Harbor
 */
function render(input: RenderInput): Rendering {
  const { upstreams, robot, options } = input;
  const aliases = Object.fromEntries(upstreams.map((upstream) => [projectPath(input, upstream), upstream.registry]));
  const rule = robot && {
    matchHost: harborHost(input),
    hostType: 'docker',
    username: robot.username,
    password: '{{ secrets.HARBOR_ROBOT_SECRET }}',
  };
  const document = compact({
    registryAliases: options['lookup'] === 'upstream' ? aliases : undefined,
    hostRules: rule && [rule],
  });
  return {
    files: [
      file('renovate.json', `${JSON.stringify(document, null, 2)}\n`, {
        note: 'merge into the configuration of the repository or of the bot',
      }),
    ],
    steps: [
      ...(rule ? ['Add the secret HARBOR_ROBOT_SECRET to Renovate (secrets:, or the settings of the app).'] : []),
      ...(input.ca === undefined ? [] : ['Set NODE_EXTRA_CA_CERTS to a file with the CA.']),
    ],
    warnings: [
      ...(options['lookup'] === 'cache'
        ? ["Harbor forwards every lookup of tags to the upstream, uncached, with the registry's account."]
        : []),
      ...(robot ? [] : credentialWarnings(input)),
    ],
  };
}
