import { containerd } from './containerd';
import type { Persona } from './persona';

/** BuildKit uses containerd's resolver, with its own token service client that uses GET. */
export const buildkit: Persona = { ...containerd, name: 'buildkit', userAgent: 'buildkit/v0.25', token: 'GET' };
