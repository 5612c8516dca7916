import { containerd } from './containerd';
import type { Persona } from './persona';

/** dockerd with the containerd store resolves as containerd does, with GET for its token. */
export const dockerContainerd: Persona = { ...containerd, name: 'docker (containerd store)', token: 'GET' };
