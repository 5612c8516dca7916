import { checkBuildkitd } from './check/buildkitd';
import type { Client } from './client';
import { buildkitAbilities, buildkitCa, buildkitdToml, buildkitWarnings } from './support/buildkitd';
import { header } from './support/header';
import { file } from './support/rendering';
import { BUILDKIT_TRAPS } from './support/traps';

const CONFIG = '/etc/buildkit/buildkitd.default.toml';
const CA = '/etc/buildkit/breakwater-ca.crt';

/**
 * Same content as `buildkit` in another file, because the builder is a container that cannot see the machine:
 * buildx copies the configuration, and the CA that it names, into the builder when it creates it. A change
 * needs a new builder.
 */
export const buildx: Client = {
  name: 'buildx',
  title: 'buildx',
  about:
    '`docker buildx` with the drivers docker-container and kubernetes; the driver docker uses the mirrors of dockerd.',
  can: buildkitAbilities,
  options: {},
  traps: BUILDKIT_TRAPS,
  reads: ['/etc/buildkit/buildkit*', '/root/.docker/buildx/buildkitd.default.toml'],
  check: checkBuildkitd,
  render: (input) => ({
    files: [
      // buildx copies the CA from this path into the builder.
      file(CONFIG, buildkitdToml(input, header(input, 'buildx'), input.ca === undefined ? undefined : CA)),
      ...buildkitCa(input, CA),
    ],
    steps: [
      `docker buildx create --use --name cached --driver docker-container --buildkitd-config ${CONFIG}`,
      'To use it for every new builder, copy it to ~/.docker/buildx/buildkitd.default.toml.',
      'daemon.json has no effect on these builders, and this file has no effect on docker pull.',
    ],
    warnings: buildkitWarnings(input),
  }),
};
