import { rancherClient } from './support/registries-yaml';

export const rke2 = rancherClient('rke2', 'RKE2', ['rke2-server', 'rke2-agent']);
