export { checkEdge } from './check-edge';
export { edgeContainer, type EdgeContainer, type PublishedPort } from './edge-container';
export type { AcmeCertificate } from './acme-schema';
export { edgeSchema, frontPorts, type EdgeEnvironment, type EdgeMirror } from './edge-schema';
export { shieldContainer } from './shield-container';
export { hasShield } from './shielded';
export { SECRET_DYNAMIC_DIRECTORY, SHIELD_ROBOTS_DIRECTORY, type HostMount } from './host-paths';
