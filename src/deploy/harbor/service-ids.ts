/**
 * The names by which Harbor's services find each other (docs/harbor-behavior.md 11.1). The order gives each its address:
 * a new one is added at the end.
 */
export const SERVICES = [
  'log',
  'registry',
  'registryctl',
  'postgresql',
  'core',
  'portal',
  'jobservice',
  'redis',
  'proxy',
  'trivy-adapter',
  'exporter',
] as const;

export type ServiceId = (typeof SERVICES)[number];
