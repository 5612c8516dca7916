export { constantScope, type Mirror, type MirrorWay } from './mirror';
export { nginxMirror, nginxRobot, type NginxFront } from './nginx';
export { traefikMirror, traefikRobot, type TraefikFront } from './traefik';
export { traefikFile, type TraefikFileOptions } from './traefik-file';
export type * from './traefik-configuration';
export {
  retrySeconds,
  shieldProblems,
  shieldSchema,
  SHIELD_DEFAULTS,
  toShield,
  type Shield,
  type ShieldDeclaration,
} from './shield';
