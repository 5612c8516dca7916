import type { Client } from './client';
import { containerd } from './containerd';
import { dockerd } from './dockerd';

/** Every client: the only registration. */
export const clients: readonly Client[] = [dockerd, containerd];

export { PROFILES } from './client';
export type {
  Abilities,
  Client,
  ClientFile,
  Facts,
  FoundFile,
  Options,
  Profile,
  RenderInput,
  Rendering,
  RobotLogin,
  Upstream,
} from './client';
export { checkFiles } from './check/check';
export { resolveClient, type Resolution, type ResolvedClient } from './resolve';
