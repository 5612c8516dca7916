import { rancherClient } from './support/registries-yaml';

/** The file that all nodes get is one, but servers and agents are different units to restart. */
export const k3s = rancherClient('k3s', 'k3s', ['k3s', 'k3s-agent']);
