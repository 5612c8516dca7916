export type { Canary, CanaryOptions } from './canary';
export { CANARY_IMAGES, startCanary } from './canary';
export type { CanaryConfig } from './config';
export { parseAddress, parseCanaryConfig } from './config';
export type { CanaryAccess } from './control-client';
export { canaryControl } from './control-client';
export { publishVersion } from './publish';
