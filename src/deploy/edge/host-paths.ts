import { posix } from 'node:path';
import type { EdgeEnvironment } from './edge-schema';

/** A file or directory of the host in the container. */
export interface HostMount {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** The directory of Traefik's file provider: in memory, filled before Traefik starts. */
export const DYNAMIC_DIRECTORY = '/run/traefik';
/** Where Ansible places the dynamic files with credentials: `mirrors` of the way `robot`. */
export const SECRET_DYNAMIC_DIRECTORY = '/etc/harbor/traefik/dynamic';
/** Where the credentials of shielded mirrors of the way `robot` are placed, `<hostname>.conf`. */
export const SHIELD_ROBOTS_DIRECTORY = '/etc/harbor/shield/robots';
/** Where certificates by ACME live on the host: they outlive the container, or rate limits bite. */
export const ACME_DIRECTORY = '/etc/harbor/acme';
export const ACME_TARGET = '/acme';

/** Where a path of the host is found in the container: below a prefix, so that nothing of the image is hidden. */
export function inContainer(hostPath: string): string {
  return `/host${hostPath}`;
}

/**
 * Certificates are mounted by directory: a mounted file stays the old one when a renewal renames a new one into place.
 * The credentials of ACME are single files, read once at start, and their directory is not Traefik's to see.
 */
export function hostMounts(edge: EdgeEnvironment): HostMount[] {
  const { acme, files } = edge.certificate;
  const pairs = [files, ...(edge.mirrors ?? []).map((mirror) => mirror.files)];
  const inDirectories = [
    ...pairs.flatMap((pair) => (pair ? [pair.certificate, pair.key] : [])),
    edge.client_certificate?.ca_file,
    acme?.ca_file,
  ];
  const directories = new Set(inDirectories.filter((path) => path !== undefined).map((path) => posix.dirname(path)));
  const readOnly = [
    ...[...directories].sort(),
    ...[acme?.credentials_file, acme?.eab?.hmac_file].filter((path) => path !== undefined),
  ];
  const hasRobots = (edge.mirrors ?? []).some(({ way, shield }) => way === 'robot' && !shield);
  return [
    ...readOnly.map((source) => ({ source, target: inContainer(source), readOnly: true })),
    // Below the directory of the file provider, which reads what is below it, too.
    ...(hasRobots ? [{ source: SECRET_DYNAMIC_DIRECTORY, target: `${DYNAMIC_DIRECTORY}/host`, readOnly: true }] : []),
    ...(acme ? [{ source: ACME_DIRECTORY, target: ACME_TARGET, readOnly: false }] : []),
  ];
}
