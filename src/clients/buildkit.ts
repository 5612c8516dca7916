import { checkBuildkitd } from './check/buildkitd';
import type { Client } from './client';
import { buildkitAbilities, buildkitCa, buildkitdToml, buildkitWarnings } from './support/buildkitd';
import { header } from './support/header';
import { file } from './support/rendering';
import { BUILDKIT_TRAPS } from './support/traps';

const CONFIG = '/etc/buildkit/buildkitd.toml';
const CA = '/etc/buildkit/breakwater-ca.crt';

/**
 * buildkitd as its own daemon. A builder that buildx creates reads another file (see `buildx`); the BuildKit
 * inside of dockerd uses the mirrors of dockerd, for which there is the client `dockerd`.
 */
export const buildkit: Client = {
  name: 'buildkit',
  title: 'BuildKit',
  about: 'buildkitd as a service or in Kubernetes, and `buildctl`.',
  can: buildkitAbilities,
  options: {},
  traps: BUILDKIT_TRAPS,
  reads: ['/etc/buildkit/buildkit*'],
  check: checkBuildkitd,
  render: (input) => ({
    files: [
      file(CONFIG, buildkitdToml(input, header(input, 'BuildKit'), input.ca === undefined ? undefined : CA)),
      ...buildkitCa(input, CA),
    ],
    steps: [
      'Restart buildkitd.',
      'A line "# syntax=docker/dockerfile:1" also pulls from Docker Hub, through the mirror.',
    ],
    warnings: buildkitWarnings(input),
  }),
};
