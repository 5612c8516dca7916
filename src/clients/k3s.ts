import { rancherClient } from './support/registries-yaml';

export const k3s = rancherClient('k3s', 'k3s', ['k3s', 'k3s-agent']);
