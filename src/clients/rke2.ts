import { rancherClient } from './support/registries-yaml';

/** Same as k3s with other paths and units. */
export const rke2 = rancherClient('rke2', 'RKE2', ['rke2-server', 'rke2-agent']);
