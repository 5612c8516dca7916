import type { EdgeEnvironment, EdgeMirror } from './edge-schema';

export const SHIELD_PORT = 8080;
/** By its alias on the edge network. */
export const SHIELD_URL = `http://shield:${SHIELD_PORT}`;

export function shieldedMirrors({ mirrors = [] }: EdgeEnvironment): EdgeMirror[] {
  return mirrors.filter(({ shield }) => shield !== undefined);
}

export function hasShield(edge: EdgeEnvironment): boolean {
  return shieldedMirrors(edge).length > 0;
}
