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

export const skopeo: Client = {
  name: 'skopeo',
  title: 'skopeo',
  about: 'skopeo, which copies and inspects images.',
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
      file(REGISTRIES_CONF, registriesConf(input, 'skopeo')),
      ...containersCa(input),
      ...containersAuth(input, AUTH_FILE),
    ],
    steps: [
      'Nothing to restart. skopeo ignores CONTAINERS_REGISTRIES_CONF: for another file pass --registries-conf.',
      ...(input.robot?.secret === undefined
        ? []
        : [`Set REGISTRY_AUTH_FILE=${AUTH_FILE}, or pass --authfile or --src-authfile.`]),
    ],
    warnings: credentialWarnings(input),
  }),
};
