import { containerd } from './containerd';
import type { Persona } from './persona';

/** dockerd with the containerd store resolves like containerd, but requests its token with GET. */
export const dockerContainerd: Persona = { ...containerd, name: 'docker (containerd store)', token: 'GET' };
