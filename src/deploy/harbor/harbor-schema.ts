import { durationField, durationSeconds } from '../../duration';
import { SERVICES, type ServiceId } from '../service-ids';
import { storageSchema, type AzureStorage, type GcsStorage, type S3Storage } from './storage-schema';

/** The `harbor:` section of an environment, with the keys of its file. */
export interface HarborEnvironment {
  /** `v2.15.2`: a key of the image pins. */
  readonly version: string;
  /** The name that clients use, with TLS. */
  readonly hostname: string;
  /** A directory of the host. Default: `/data`. */
  readonly data_volume?: string;
  /** Where the files of `prepare` are on the host. Default: `/opt/harbor/prepared`. */
  readonly prepared_directory?: string;
  /** Default: false. */
  readonly trivy?: boolean;
  /** Default: false. */
  readonly metrics?: boolean;
  /** Harbor's own container for logs. Default: false. */
  readonly log_container?: boolean;
  readonly log_location?: string;
  /** Absent: a container of this host. */
  readonly database?: ExternalService;
  /** Absent: a container of this host. */
  readonly redis?: ExternalRedis;
  /** Absent: files below `data_volume`. */
  readonly storage?: ImageStorage;
  /** Memory in MiB. */
  readonly limits?: Readonly<Partial<Record<ServiceId, { readonly memory: number }>>>;
  readonly networks?: Readonly<Partial<Record<NetworkId, string>>>;
  readonly waits?: Waits;
}

/** `90s`, `60m`, `2h`: how long each may take to become healthy. */
export type Waits = Readonly<Partial<Record<'postgresql' | 'core', string>>>;

/** A database outside of the containers. The password is never in the file. */
export interface ExternalService {
  readonly host: string;
  /** Default: 5432. */
  readonly port?: number;
  /** Default: `registry`. */
  readonly name?: string;
  readonly username?: string;
  /** Default: `verify-full`. */
  readonly sslmode?: 'disable' | 'require' | 'verify-ca' | 'verify-full';
}

/** One address, or those of the sentinels. */
export interface ExternalRedis {
  readonly addresses: readonly string[];
  readonly sentinel_master?: string;
  readonly username?: string;
  readonly tls?: boolean;
}

/** One of them. */
export interface ImageStorage {
  readonly s3?: S3Storage;
  readonly gcs?: GcsStorage;
  readonly azure?: AzureStorage;
}

/**
 *      internal   all services of Harbor, without a way out
 *      edge       Traefik, Harbor's nginx, and the shield if there is one
 *      egress     services that need the world: upstreams, vulnerability databases, external services
 */
export type NetworkId = 'internal' | 'edge' | 'egress';

/** Private ranges that do not overlap Docker's own pools (172.17–172.31, 192.168). */
export const DEFAULT_SUBNETS: Readonly<Record<NetworkId, string>> = {
  internal: '10.213.10.0/24',
  edge: '10.213.11.0/24',
  egress: '10.213.12.0/24',
};

/** The default of Harbor's own installer. */
export const DEFAULT_DATA_VOLUME = '/data';
/** Below it are `<service>/<digest>/`: a changed file is a new path, so that the container is replaced. */
export const DEFAULT_PREPARED_DIRECTORY = '/opt/harbor/prepared';
/** Harbor's own default; only used with `log_container`. */
export const DEFAULT_LOG_LOCATION = '/var/log/harbor';
const DEFAULT_WAIT = '60m';

/** 60 minutes by default: PostgreSQL rewrites the whole database in a new major version, and core migrates it. */
export function waitSeconds(waits: Waits | undefined, id: keyof Waits): number {
  return durationSeconds(waits?.[id] ?? DEFAULT_WAIT);
}

const directory = (description: string, fallback: string) =>
  ({
    description,
    type: 'string',
    title: 'an absolute path of letters, digits, dots, hyphens and underscores',
    pattern: '^(/(?!\\.{1,2}(/|$))[A-Za-z0-9._-]+)+$',
    maxLength: 4096,
    default: fallback,
  }) as const;

/** Harbor writes these unquoted into a URL, a connection string and YAML. */
const PLAIN_NAME = '^[A-Za-z0-9_][A-Za-z0-9_.-]*$';
/** Azure appends `@` and the name of the server. */
const DATABASE_USER = '^[A-Za-z0-9_][A-Za-z0-9_.@-]*$';

const flag = (description: string) => ({ description, type: 'boolean', default: false }) as const;

const wait = (description: string) => ({ ...durationField(description), default: DEFAULT_WAIT }) as const;

const subnet = (description: string, id: NetworkId) =>
  ({
    description,
    type: 'string',
    title: 'a network of 256 addresses, such as 10.213.10.0/24',
    pattern: '^[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}\\.0/24$',
    default: DEFAULT_SUBNETS[id],
  }) as const;

/**
 *      harbor:
 *        version: v2.15.2
 *        hostname: harbor.example.com
 *        database: { host: db.example.com, username: harbor }          instead of a container of this host
 *        storage: { s3: { … } }                                        instead of files below data_volume
 *
 * No password has a key here: Ansible writes them to the host, from where `prepare` takes them.
 */
export const harborSchema = {
  description: 'Harbor: version, host name, data directory, and external services.',
  type: 'object',
  properties: {
    version: {
      description: 'The release, such as v2.15.2; stacks/images.yaml has its pins.',
      type: 'string',
      title: 'a release such as v2.15.2',
      pattern: '^v2\\.[0-9]+\\.[0-9]+$',
    },
    hostname: {
      description: 'The host name that clients use, in lower case; used in the certificate, token realm and redirects.',
      type: 'string',
      title: 'a host name in lower case',
      pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$',
      maxLength: 253,
    },
    data_volume: directory('Data directory on the host.', DEFAULT_DATA_VOLUME),
    prepared_directory: directory(
      'Directory on the host for the files of prepare, by digest.',
      DEFAULT_PREPARED_DIRECTORY,
    ),
    trivy: flag('Run the Trivy adapter.'),
    metrics: flag('Run the exporter; Prometheus scrapes it on the internal network.'),
    log_container: flag('Run rsyslog, as Harbor’s installer does; otherwise Docker keeps and rotates the logs.'),
    log_location: directory('Directory on the host for the log container.', DEFAULT_LOG_LOCATION),
    database: {
      description: 'An external PostgreSQL; without it a container runs one. The password is set on the host.',
      type: 'object',
      properties: {
        host: {
          description: 'Its name or address.',
          type: 'string',
          title: 'a host name or an IP address, without a port',
          pattern: '^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$',
          maxLength: 253,
        },
        port: { description: 'Its port.', type: 'integer', minimum: 1, maximum: 65535, default: 5432 },
        name: {
          description: 'The database.',
          type: 'string',
          title: 'a name of letters, digits and _ . -',
          pattern: PLAIN_NAME,
          maxLength: 63,
          default: 'registry',
        },
        username: {
          description: 'The user.',
          type: 'string',
          title: 'a user of letters, digits and _ . @ -',
          pattern: DATABASE_USER,
          maxLength: 63,
          default: 'postgres',
        },
        sslmode: {
          description: 'A libpq sslmode.',
          enum: ['disable', 'require', 'verify-ca', 'verify-full'],
          default: 'verify-full',
        },
      },
      required: ['host'],
      additionalProperties: false,
    },
    redis: {
      description: 'An external Redis or Valkey; without it a container runs one. The password is set on the host.',
      type: 'object',
      properties: {
        addresses: {
          description: 'host:port; several with sentinel_master.',
          type: 'array',
          items: { type: 'string', title: 'host:port', pattern: '^[A-Za-z0-9.-]+:[0-9]{1,5}$', maxLength: 260 },
          minItems: 1,
          maxItems: 16,
        },
        sentinel_master: {
          description: 'The master set of the sentinels.',
          type: 'string',
          title: 'a name of letters, digits and _ . -',
          pattern: PLAIN_NAME,
          maxLength: 64,
        },
        username: {
          description: 'The user of its access control list; its password is set on the host.',
          type: 'string',
          title: 'a name of letters, digits and _ . -',
          pattern: PLAIN_NAME,
          maxLength: 128,
        },
        tls: flag('Connect with TLS; a private authority is one of host.ca_files.'),
      },
      required: ['addresses'],
      additionalProperties: false,
    },
    storage: storageSchema,
    limits: {
      description: 'Memory limits by service; override the defaults.',
      type: 'object',
      properties: Object.fromEntries(
        SERVICES.map((id) => [
          id,
          {
            description: `The limits of ${id}.`,
            type: 'object',
            properties: { memory: { description: 'MiB.', type: 'integer', minimum: 64, maximum: 1_048_576 } },
            required: ['memory'],
            additionalProperties: false,
          },
        ]),
      ),
      additionalProperties: false,
    },
    networks: {
      description: 'Subnets (/24) of Docker’s networks; change them if they overlap with yours.',
      type: 'object',
      properties: {
        internal: subnet('Between Harbor’s services, without outgoing access.', 'internal'),
        edge: subnet('Traefik and Harbor’s nginx.', 'edge'),
        egress: subnet('Outgoing access, for services that need it.', 'egress'),
      },
      additionalProperties: false,
    },
    waits: {
      description: 'How long to wait until a service that migrates data is healthy, such as 90s, 60m or 2h.',
      type: 'object',
      properties: {
        postgresql: wait('PostgreSQL: a new major version rewrites the whole database at its first start.'),
        core: wait('Core: a new release changes tables at its first start.'),
      },
      additionalProperties: false,
    },
  },
  required: ['version', 'hostname'],
  additionalProperties: false,
} as const;
