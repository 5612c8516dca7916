import { posix } from 'node:path';
import type { EdgeEnvironment } from './edge-schema';

/** A file or directory of the host that the container mounts. */
export interface HostMount {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** The directory of Traefik's file provider: in memory, filled before Traefik starts. */
export const DYNAMIC_DIRECTORY = '/run/traefik';
/** Where Ansible places the dynamic files with credentials, for mirrors with `way: robot`. */
export const SECRET_DYNAMIC_DIRECTORY = '/etc/harbor/traefik/dynamic';
/** Where the credentials for shielded mirrors with `way: robot` are placed, `<hostname>.conf`. */
export const SHIELD_ROBOTS_DIRECTORY = '/etc/harbor/shield/robots';
/** Where ACME certificates are stored on the host: they survive the container, otherwise rate limits would apply. */
export const ACME_DIRECTORY = '/etc/harbor/acme';
/** In the container; the host's directory is mounted there, so that certificates survive the container. */
export const ACME_TARGET = '/acme';

/** The path of a host file in the container: below a prefix, so that no file of the image is hidden. */
export function inContainer(hostPath: string): string {
  return `/host${hostPath}`;
}

/**
 * Certificates are mounted by directory: a mounted file would stay the old one when a renewal renames a new one into
 * place. ACME credentials are single files, read once at start, because Traefik must not see their directory.
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
    // Below the directory of the file provider, which reads subdirectories, too.
    ...(hasRobots ? [{ source: SECRET_DYNAMIC_DIRECTORY, target: `${DYNAMIC_DIRECTORY}/host`, readOnly: true }] : []),
    ...(acme ? [{ source: ACME_DIRECTORY, target: ACME_TARGET, readOnly: false }] : []),
  ];
}
