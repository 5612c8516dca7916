import { containerd } from './containerd';
import type { Persona } from './persona';

/** BuildKit uses containerd's resolver, with a token server of its own that asks by GET. */
export const buildkit: Persona = { ...containerd, name: 'buildkit', token: 'GET' };
