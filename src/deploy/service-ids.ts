/**
 * The names by which Harbor's services find each other (docs/harbor-behavior.md 11.1). The order determines each
 * address: add new ones at the end.
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

/** Names of containers (without `harbor-`), of pins, and of directories of prepared files. */
export type ServiceId = (typeof SERVICES)[number];

/** Their secrets come from an env file that is read before the image's own entrypoint, which their pin must repeat. */
export const READ_ENV_FILE: ReadonlySet<string> = new Set<ServiceId>([
  'registryctl',
  'core',
  'jobservice',
  'trivy-adapter',
  'exporter',
]);
