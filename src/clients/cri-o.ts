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

export const crio: Client = {
  name: 'cri-o',
  title: 'CRI-O',
  about: 'Kubernetes nodes with CRI-O, among them OpenShift.',
  can: { ...containersImageAbilities, reload: 'after systemctl reload crio' },
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
      file(REGISTRIES_CONF, registriesConf(input, 'CRI-O')),
      ...containersCa(input),
      ...containersAuth(input, AUTH_FILE),
    ],
    steps: [
      'systemctl reload crio',
      ...(input.robot?.secret === undefined
        ? []
        : [`Set global_auth_file = "${AUTH_FILE}" under [crio.image] in /etc/crio/crio.conf.d, and restart crio.`]),
      'On OpenShift do not place the file: an ImageTagMirrorSet with the same mirrors generates it.',
    ],
    warnings: credentialWarnings(input),
  }),
};
