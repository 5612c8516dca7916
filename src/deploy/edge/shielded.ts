import type { EdgeEnvironment, EdgeMirror } from './edge-schema';

/** In the container of the shield. */
export const SHIELD_PORT = 8080;
/** By its alias on the edge network. */
export const SHIELD_URL = `http://shield:${SHIELD_PORT}`;

/** An empty map counts: it takes the defaults. */
export function shieldedMirrors({ mirrors = [] }: EdgeEnvironment): EdgeMirror[] {
  return mirrors.filter(({ shield }) => shield !== undefined);
}

/** Then a second container runs nginx between Traefik and Harbor. */
export function hasShield(edge: EdgeEnvironment): boolean {
  return shieldedMirrors(edge).length > 0;
}
