import type { HostMount } from '../edge';
import {
  DEFAULT_DATA_VOLUME,
  DEFAULT_LOG_LOCATION,
  DEFAULT_PREPARED_DIRECTORY,
  waitSeconds,
  type HarborEnvironment,
} from './harbor-schema';
import { releaseOf, type Release } from './release';
import type { Service } from './service';
import { READ_ENV_FILE, SERVICES, type ServiceId } from '../service-ids';

const HARBOR = '10000:10000';
const DATABASE = '999:999';
/** Where the launch script finds a service's env file, and PostgreSQL its password. */
export const ENV_FILE = '/run/breakwater/env';
const PASSWORD_FILE = '/run/breakwater/password';

/** Services for which `prepare` writes no file. */
const UNPREPARED: ReadonlySet<ServiceId> = new Set(['redis']);

/** From the record of the prepared host: which files each service must get. */
export type Digests = Readonly<Partial<Record<ServiceId, string>>>;

/**
 * Harbor's services that run here, in the order of `SERVICES`.
 *
 *       service          absent if
 *       log              log_container is not set
 *       postgresql       database is declared
 *       redis            redis is declared
 *       trivy-adapter    trivy is not set
 *       exporter         metrics is not set
 */
export function runningServices(harbor: HarborEnvironment): ServiceId[] {
  const absent = new Set<ServiceId>([
    ...(harbor.log_container ? [] : ['log' as const]),
    ...(harbor.database ? ['postgresql' as const] : []),
    ...(harbor.redis ? ['redis' as const] : []),
    ...(harbor.trivy ? [] : ['trivy-adapter' as const]),
    ...(harbor.metrics ? [] : ['exporter' as const]),
  ]);
  return SERVICES.filter((id) => !absent.has(id));
}

/** Services whose containers cannot be created before the host has been prepared. */
export function missingDigests(harbor: HarborEnvironment, digests: Digests): ServiceId[] {
  return runningServices(harbor).filter((id) => !UNPREPARED.has(id) && digests[id] === undefined);
}

/**
 * Harbor's services, as verified with its real binaries. Every prepared file is mounted from a directory that is named
 * by its content and never changes. If it were mounted from where `prepare` writes, the registry would read a new
 * password at once and refuse every pull until the next apply (docs/harbor-behavior.md 11.4).
 * @param digests of the prepared files, by service; a missing one is an error of the caller
 */
export function harborServices(harbor: HarborEnvironment, digests: Digests): Service[] {
  const running = new Set(runningServices(harbor));
  const context = contextOf(harbor, digests);
  return SERVICES.filter((id) => running.has(id)).map((id) => {
    const { dependsOn, ...service } = SERVICE[id](context);
    return {
      id,
      dependsOn: dependsOn.filter((other) => running.has(other)),
      ...service,
      ...(READ_ENV_FILE.has(id) && { readsEnvFile: true as const }),
      ...limitsOf(harbor, id),
      ...waitOf(harbor, id),
    };
  });
}

function limitsOf({ limits }: HarborEnvironment, id: ServiceId): { memoryMiB?: number } {
  const memory = limits?.[id]?.memory;
  return memory === undefined ? {} : { memoryMiB: memory };
}

/** Both migrate data when they start in a new release; all others start within seconds. */
function waitOf({ waits }: HarborEnvironment, id: ServiceId): { waitSeconds?: number } {
  return id === 'postgresql' || id === 'core' ? { waitSeconds: waitSeconds(waits, id) } : {};
}

interface Context {
  readonly harbor: HarborEnvironment;
  readonly release: Release;
  /** A file or directory that `prepare` wrote for the service, at its path in the container. */
  readonly prepared: (id: ServiceId, path: string, target: string) => HostMount;
  readonly trust: (id: ServiceId) => HostMount;
  readonly data: (path: string, target: string, access?: 'read-only') => HostMount;
  /** `egress`, for services that need external access only in some configurations. */
  readonly egressIf: (outside: boolean) => 'egress'[];
}

function contextOf(harbor: HarborEnvironment, digests: Digests): Context {
  const directory = harbor.prepared_directory ?? DEFAULT_PREPARED_DIRECTORY;
  const volume = harbor.data_volume ?? DEFAULT_DATA_VOLUME;
  const prepared = (id: ServiceId, path: string, target: string): HostMount => ({
    source: `${directory}/${id}/${digests[id] ?? ''}/${path}`,
    target,
    readOnly: true,
  });
  return {
    harbor,
    release: releaseOf(harbor.version),
    prepared,
    trust: (id) => prepared(id, 'trust', '/harbor_cust_cert'),
    data: (path, target, access) => ({ source: `${volume}/${path}`, target, readOnly: access === 'read-only' }),
    egressIf: (outside) => (outside ? ['egress'] : []),
  };
}

type Row = (context: Context) => Omit<Service, 'id'>;

const http = (port: number, path: string): string[] => [
  'CMD-SHELL',
  `curl --fail -s http://127.0.0.1:${port}${path} || exit 1`,
];

const SERVICE: Readonly<Record<ServiceId, Row>> = {
  log: ({ prepared, harbor }) => ({
    // Docker publishes no port of a container that is only on internal networks (moby#36174), and without this port the
    // daemon starts none of the other containers. None of them connects to it by itself.
    networks: ['egress'],
    mounts: [
      { source: harbor.log_location ?? DEFAULT_LOG_LOCATION, target: '/var/log/docker', readOnly: false },
      prepared('log', 'logrotate.conf', '/etc/logrotate.d/logrotate.conf'),
      prepared('log', 'rsyslog_docker.conf', '/etc/rsyslog.d/rsyslog_docker.conf'),
    ],
    healthcheck: ['CMD-SHELL', 'netstat -ltun | grep 10514'],
    dependsOn: [],
    memoryMiB: 256,
    stopGraceSeconds: 10,
    // The Docker daemon itself sends logs to it.
    ports: [{ internal: 10514, external: 1514, address: '127.0.0.1' }],
    // Starts as root, and switches to user 10000 after taking ownership of its directory.
    capabilities: ['CAP_CHOWN', 'CAP_DAC_OVERRIDE', 'CAP_SETGID', 'CAP_SETUID'],
  }),
  registry: ({ prepared, trust, data, harbor, egressIf }) => ({
    user: HARBOR,
    networks: ['internal', ...egressIf(harbor.storage !== undefined || harbor.redis !== undefined)],
    mounts: [
      // It contains root.crt: a file cannot be mounted into a read-only directory.
      prepared('registry', 'registry', '/etc/registry'),
      trust('registry'),
      data('registry', '/storage'),
    ],
    healthcheck: http(5000, '/'),
    dependsOn: ['log', 'redis'],
    memoryMiB: 512,
    stopGraceSeconds: 30,
  }),
  registryctl: ({ prepared, trust, data, harbor, egressIf }) => ({
    user: HARBOR,
    networks: ['internal', ...egressIf(harbor.storage !== undefined)],
    mounts: [
      prepared('registryctl', 'env', ENV_FILE),
      prepared('registryctl', 'registry', '/etc/registry'),
      prepared('registryctl', 'config.yml', '/etc/registryctl/config.yml'),
      trust('registryctl'),
      data('registry', '/storage'),
    ],
    healthcheck: http(8080, '/api/health'),
    dependsOn: ['log'],
    memoryMiB: 256,
    stopGraceSeconds: 10,
  }),
  postgresql: ({ prepared, data, release }) => ({
    user: DATABASE,
    networks: ['internal'],
    mounts: [prepared('postgresql', 'password', PASSWORD_FILE), data('database', '/var/lib/postgresql/data')],
    env: [`POSTGRES_PASSWORD_FILE=${PASSWORD_FILE}`],
    healthcheck: release.postgresql.healthcheck,
    dependsOn: ['log'],
    memoryMiB: 1024,
    // On SIGTERM, PostgreSQL waits for all clients until it is killed; SIGINT is a clean stop in 0.2 s.
    stopSignal: 'SIGINT',
    stopGraceSeconds: 60,
    sharedMemoryMiB: 1024,
    readOnly: true,
    tmpfs: { '/tmp': '', '/run/postgresql': 'uid=999,gid=999,mode=0775' },
  }),
  core: ({ prepared, trust, data }) => ({
    user: HARBOR,
    networks: ['internal', 'egress'],
    mounts: [
      prepared('core', 'env', ENV_FILE),
      prepared('core', 'app.conf', '/etc/core/app.conf'),
      prepared('core', 'private_key.pem', '/etc/core/private_key.pem'),
      prepared('core', 'key', '/etc/core/key'),
      trust('core'),
      data('ca_download', '/etc/core/ca'),
      // Only for the free space: mounting all of data_volume would expose the secrets and the database.
      data('registry', '/data', 'read-only'),
    ],
    healthcheck: http(8080, '/api/v2.0/ping'),
    dependsOn: ['log', 'postgresql', 'redis', 'registry', 'registryctl'],
    memoryMiB: 1024,
    stopGraceSeconds: 30,
  }),
  portal: ({ prepared }) => ({
    user: HARBOR,
    networks: ['internal'],
    mounts: [prepared('portal', 'nginx.conf', '/etc/nginx/nginx.conf')],
    healthcheck: http(8080, '/'),
    dependsOn: ['log'],
    memoryMiB: 128,
    stopGraceSeconds: 10,
    readOnly: true,
    tmpfs: { '/tmp': '' },
  }),
  jobservice: ({ prepared, trust, data }) => ({
    user: HARBOR,
    networks: ['internal', 'egress'],
    mounts: [
      prepared('jobservice', 'env', ENV_FILE),
      prepared('jobservice', 'config.yml', '/etc/jobservice/config.yml'),
      trust('jobservice'),
      data('job_logs', '/var/log/jobs'),
    ],
    healthcheck: http(8080, '/api/v1/stats'),
    dependsOn: ['core'],
    memoryMiB: 512,
    stopGraceSeconds: 30,
  }),
  redis: ({ data, release }) => ({
    user: DATABASE,
    networks: ['internal'],
    mounts: [data('redis', '/var/lib/redis')],
    command: release.redis.command,
    healthcheck: release.redis.healthcheck,
    dependsOn: ['log'],
    memoryMiB: 512,
    stopGraceSeconds: 30,
    readOnly: true,
    tmpfs: { '/tmp': '' },
  }),
  proxy: ({ prepared, harbor }) => ({
    user: HARBOR,
    networks: ['internal', 'edge'],
    mounts: [prepared('proxy', 'nginx', '/etc/nginx')],
    healthcheck: http(8080, '/'),
    // With metrics, its nginx has upstreams for these, too, and does not start if one of the names has no address.
    dependsOn: ['core', 'portal', ...(harbor.metrics ? (['jobservice', 'exporter'] as const) : [])],
    memoryMiB: 256,
    stopGraceSeconds: 30,
    readOnly: true,
    tmpfs: { '/tmp': '' },
  }),
  'trivy-adapter': ({ prepared, trust, data }) => ({
    user: HARBOR,
    networks: ['internal', 'egress'],
    mounts: [
      prepared('trivy-adapter', 'env', ENV_FILE),
      trust('trivy-adapter'),
      data('trivy-adapter/trivy', '/home/scanner/.cache/trivy'),
      data('trivy-adapter/reports', '/home/scanner/.cache/reports'),
    ],
    healthcheck: http(8080, '/probe/healthy'),
    dependsOn: ['log', 'redis'],
    memoryMiB: 1024,
    stopGraceSeconds: 10,
  }),
  exporter: ({ prepared, trust, harbor, egressIf }) => ({
    user: HARBOR,
    networks: ['internal', ...egressIf(harbor.database !== undefined || harbor.redis !== undefined)],
    mounts: [prepared('exporter', 'env', ENV_FILE), trust('exporter')],
    // The image has no healthcheck of its own, and may not contain curl.
    dependsOn: ['core', 'postgresql'],
    memoryMiB: 128,
    stopGraceSeconds: 10,
  }),
};
