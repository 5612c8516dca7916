import { compact } from '../compact';
import { checkNothing } from './check/nothing';
import type { Client, RenderInput, Rendering } from './client';
import { buildkitdToml, buildkitWarnings } from './support/buildkitd';
import { cachedName } from './support/cached-name';
import { header } from './support/header';
import { credentialWarnings, file, harborHost } from './support/rendering';
import { yamlText } from './support/yaml';

/** A snippet, not a file to copy: only the author of a workflow knows which of its jobs build. */
export const githubActions: Client = {
  name: 'github-actions',
  title: 'GitHub Actions',
  about: "Workflows on GitHub's or your own runners: images by name, builds with BuildKit.",
  can: {
    registries: 'every registry',
    path: 'container:, services: and docker:// with names of the cache; builds with BuildKit',
    strict: 'names of the cache are always strict; builds are not',
    credentials: 'a repository secret, for docker/login-action and credentials: of container:',
    wildcard: 'none',
    ca: "in the build step, and on the runner; GitHub's runners cannot trust it before container: is pulled",
    reload: 'at the next run',
  },
  options: {},
  traps: ['`buildkitd-config-inline` has no effect on `docker pull`, `container:` and `services:`.'],
  reads: [],
  check: checkNothing,
  render,
};

/** The login is a variable and a secret of the repository. The file itself has none and can be committed. */
function render(input: RenderInput): Rendering {
  const host = harborHost(input);
  const inline = buildkitdToml(input, '# BuildKit of this job').replace(/^[^\n]*\n\n/, '');
  const credentials = { username: '${{ vars.HARBOR_ROBOT }}', password: '${{ secrets.HARBOR_ROBOT_SECRET }}' };
  const workflow = {
    name: 'build through the cache',
    on: 'push',
    jobs: {
      build: {
        'runs-on': 'ubuntu-latest',
        container: compact({
          image: cachedName(input, 'docker.io', 'library/docker:28-cli'),
          credentials: input.robot && credentials,
        }),
        steps: [
          ...(input.robot ? [{ uses: 'docker/login-action@v3', with: { registry: host, ...credentials } }] : []),
          { uses: 'docker/setup-buildx-action@v3', with: { 'buildkitd-config-inline': inline } },
        ],
      },
    },
  };
  return {
    files: [
      file('workflow.snippet.yaml', yamlText(header(input, 'GitHub Actions'), workflow), {
        note: 'merge container: and the steps',
      }),
    ],
    steps: [
      ...(input.robot
        ? [
            `gh variable set HARBOR_ROBOT --body '${input.robot.username}'`,
            'gh secret set HARBOR_ROBOT_SECRET, with the secret of that robot.',
          ]
        : []),
      'breakwater inventory rewrite changes container:, services: and uses: docker:// of existing workflows.',
    ],
    warnings: [
      `GitHub's runners pull container: and services: themselves: ${host} must be reachable from them, with a certificate that they trust.`,
      'buildkitd-config-inline has no effect on docker pull: only builds go through it.',
      ...buildkitWarnings(input),
      ...(input.robot ? [] : credentialWarnings(input)),
    ],
  };
}
