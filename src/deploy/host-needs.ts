import { compact } from '../compact';
import { hasShield } from './edge';
import type { Environment } from './environment';
import { DEFAULT_DATA_VOLUME } from './harbor/harbor-schema';
import { harborServices } from './harbor/services';

/** The requirements that ansible/roles/harbor_host/files/host_check.py compares a host with, in its terms. */
export interface HostNeeds {
  readonly architecture: string;
  readonly memory_mib: number;
  readonly volumes: readonly { readonly name: 'data' | 'docker'; readonly path: string; readonly free?: string }[];
}

/** Harbor publishes no other images. */
const ARCHITECTURE = 'amd64';
/** Memory limits of the containers in the stack `edge`. */
export const TRAEFIK_MIB = 256;
/** The cache is in a tmpfs, which counts as memory of the container. */
export const SHIELD_MIB = 512;

/** The same as in the role `harbor_host`: a test compares them. */
export function hostNeeds({ harbor, edge, host }: Pick<Environment, 'harbor' | 'edge' | 'host'>): HostNeeds {
  const services = harborServices(harbor, {}).reduce((sum, { memoryMiB }) => sum + memoryMiB, 0);
  const front = edge ? TRAEFIK_MIB + (hasShield(edge) ? SHIELD_MIB : 0) : 0;
  return {
    architecture: ARCHITECTURE,
    memory_mib: services + front,
    volumes: [
      compact({ name: 'data' as const, path: harbor.data_volume ?? DEFAULT_DATA_VOLUME, free: host?.free?.data }),
      compact({ name: 'docker' as const, path: '', free: host?.free?.docker }),
    ],
  };
}
