import { containerd } from './containerd';
import type { Persona } from './persona';

/** dockerd with the containerd store resolves like containerd, but requests its token with GET. */
export const dockerContainerd: Persona = {
  ...containerd,
  name: 'docker (containerd store)',
  userAgent: 'docker/28.5.2 go/go1.24.9 containerd-client/2.1.5 os/linux arch/amd64',
  token: 'GET',
};
