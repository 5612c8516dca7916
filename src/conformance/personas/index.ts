import { buildkit } from './buildkit';
import { containerd } from './containerd';
import { crane } from './crane';
import { docker } from './docker';
import { dockerContainerd } from './docker-containerd';
import type { Persona } from './persona';
import { podman } from './podman';

export type { Persona } from './persona';
export { goesOnAfter, postForToken } from './post-token';
export { resolveAs, type PersonaResolution } from './resolve';

/** In the order of the report. `crane` stands for every tool that uses go-containerregistry. */
export const PERSONAS: readonly Persona[] = [docker, dockerContainerd, containerd, podman, buildkit, crane];
