import { checkRegistriesConf } from './check/registries-conf';
import type { Client } from './client';
import {
  AUTH_FILE,
  containersAuth,
  containersCa,
  containersImageAbilities,
  REGISTRIES_CONF,
  registriesConf,
} from './support/registries-conf';
import { credentialWarnings, file } from './support/rendering';
import { REGISTRIES_CONF_TRAPS } from './support/traps';

export const podman: Client = {
  name: 'podman',
  title: 'podman',
  about: 'podman, rootful and rootless, and quadlets.',
  can: containersImageAbilities,
  options: {},
  traps: REGISTRIES_CONF_TRAPS,
  reads: [
    '/etc/containers/registries.conf',
    '/etc/containers/registries.conf.d/*',
    '/etc/containers/certs.d/*/*.crt',
    '/etc/containers/certs.d/*/*.pem',
  ],
  check: checkRegistriesConf,
  render: (input) => ({
    files: [
      file(REGISTRIES_CONF, registriesConf(input, 'podman')),
      ...containersCa(input),
      ...containersAuth(input, AUTH_FILE),
    ],
    steps: [
      'Nothing to restart: the file is read at the next pull. podman info lists it under registries.',
      ...(input.robot?.secret === undefined ? [] : [`Set REGISTRY_AUTH_FILE=${AUTH_FILE}, or pass --authfile.`]),
    ],
    warnings: credentialWarnings(input),
  }),
};
