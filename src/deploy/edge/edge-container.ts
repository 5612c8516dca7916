import { compact } from '../../compact';
import { stringify } from 'yaml';
import { launchEntrypoint } from '../launch';
import { splitAddress } from './address';
import { dynamicConfiguration } from './dynamic-configuration';
import { frontPorts, type EdgeEnvironment } from './edge-schema';
import { DYNAMIC_DIRECTORY, hostMounts, inContainer, type HostMount } from './host-paths';
import {
  EAB_KEY_FLAG,
  HTTP_PORT,
  HTTPS_PORT,
  METRICS_PORT,
  pingOptions,
  staticOptions,
  toFlags,
} from './static-configuration';

/** A published port of the container. */
export interface PublishedPort {
  readonly internal: number;
  readonly external: number;
  /** Absent: every address of the host. */
  readonly address?: string;
}

/** Traefik's container, as data. */
export interface EdgeContainer {
  /** uid:gid. */
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly mounts: readonly HostMount[];
  /** Mount options by directory. */
  readonly tmpfs: Readonly<Record<string, string>>;
  readonly ports: readonly PublishedPort[];
  readonly healthcheck: readonly string[];
  readonly memoryMiB: number;
  readonly stopGraceSeconds: number;
}

/** uid:gid of Traefik. Files that it reads on the host must be readable by it. */
export const EDGE_USER = '65532:65532';

/**
 * @param hostname Harbor's own
 * @param image Traefik's image
 */
export function edgeContainer(edge: EdgeEnvironment, hostname: string, image: string): EdgeContainer {
  const { credentials_file: credentials, eab } = edge.certificate.acme ?? {};
  return {
    user: EDGE_USER,
    entrypoint: launchEntrypoint(
      compact({
        envFile: credentials === undefined ? undefined : inContainer(credentials),
        directory: DYNAMIC_DIRECTORY,
        files: dynamicFiles(edge, hostname),
        secretFlag: eab && { flag: EAB_KEY_FLAG, path: inContainer(eab.hmac_file) },
      }),
    ),
    command: ['traefik', ...toFlags(staticOptions(edge, image))],
    mounts: hostMounts(edge),
    tmpfs: { [DYNAMIC_DIRECTORY]: 'uid=65532,gid=65532,mode=0700,size=4m' },
    ports: [...publishedPorts(edge), ...metricsPort(edge)],
    healthcheck: ['CMD', 'traefik', 'healthcheck', ...toFlags(pingOptions)],
    memoryMiB: 256,
    // Longer than Traefik's own graceTimeOut, during which pulls can finish.
    stopGraceSeconds: 30,
  };
}

/** Content by name. One file each, because Linux accepts no argument of more than 128 KiB. */
export function dynamicFiles(edge: EdgeEnvironment, hostname: string): Map<string, string> {
  const files = [...dynamicConfiguration(edge, hostname)];
  return new Map(
    files.map(([name, configuration]) => [
      name,
      stringify(configuration, { lineWidth: 0, aliasDuplicateObjects: false }),
    ]),
  );
}

/** HTTP and HTTPS on every declared address; by default on every IPv4 address. */
function publishedPorts(edge: EdgeEnvironment): PublishedPort[] {
  const { http, https } = frontPorts(edge);
  const addresses = edge.listen?.addresses ?? [undefined];
  return addresses.flatMap((address) =>
    [
      { internal: HTTP_PORT, external: http },
      { internal: HTTPS_PORT, external: https },
    ].map((port) => compact({ ...port, address })),
  );
}

function metricsPort({ metrics }: EdgeEnvironment): PublishedPort[] {
  if (!metrics) return [];
  const { address, port } = splitAddress(metrics.address);
  return [{ internal: METRICS_PORT, external: port, address }];
}
