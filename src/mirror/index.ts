export { constantScope, type Mirror, type MirrorWay } from './mirror';
export { traefikMirror, traefikRobot, type TraefikFront } from './traefik';
export type * from './traefik-configuration';
