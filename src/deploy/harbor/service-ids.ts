/**
 * Harbor's services by the names that they find each other by (harbor.md 4.1). The order gives each its fixed address:
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
