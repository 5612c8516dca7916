/** The `host:` section: how to reach the machine, and what Ansible needs to know about it. */
export interface HostEnvironment {
  /** Name or address for ssh. */
  readonly address?: string;
  /** Of both machines of a pair. */
  readonly addresses?: readonly string[];
  /** For ssh; default: `deploy`. */
  readonly user?: string;
  /** Of sshd; default: 22. */
  readonly port?: number;
  /** Private key on the deploying machine. Default: what ssh chooses itself. */
  readonly identity_file?: string;
  /** The Docker of this machine, without ssh: labs and tests. */
  readonly local?: true;
  /** For packages, for Docker's pulls and for Harbor. Never with a login, because the file is in Git. */
  readonly proxy?: { readonly http?: string; readonly https?: string; readonly no_proxy?: string };
  /** Paths in the repository. */
  readonly ca_files?: readonly string[];
  /** `src` in the repository is copied to `dest` on the host, such as a DNS provider's credentials. */
  readonly files?: readonly { readonly src: string; readonly dest: string }[];
  /** Further packages of the distribution. */
  readonly packages?: readonly string[];
  /** Default: sudo without a password. */
  readonly become?: HostBecome;
  /** Absent: no playbook gets a file of Ansible Vault. */
  readonly vault?: HostVault;
  /** Absent, or a volume missing in it: `DEFAULT_FREE`. */
  readonly free?: HostFree;
  /** Absent: images are pulled without a login. */
  readonly registry_auth?: readonly RegistryAuth[];
}

/** A login for pulling images, in a file on the deploying machine; the provider reads it, and no plan contains it. */
export interface RegistryAuth {
  readonly address: string;
  readonly config_file: string;
}

/** How Ansible becomes root. The password comes from the environment, never from this file. */
export interface HostBecome {
  readonly method?: string;
  readonly user?: string;
  readonly flags?: string;
  /** Name of an environment variable. */
  readonly password_env?: string;
}

/** Secrets for Ansible in encrypted files of the repository. */
export interface HostVault {
  readonly files: readonly string[];
  /** A file or a program with the password. Default: Ansible's own (ANSIBLE_VAULT_PASSWORD_FILE). */
  readonly password_file?: string;
}

/** Free space that is required before any change, such as `20GiB`. */
export type HostFree = Readonly<Partial<Record<HostVolume, string>>>;
/** Where Harbor's data is, and where Docker keeps images. Both may be the same disk. */
export type HostVolume = 'data' | 'docker';

const text = (description: string, maxLength = 4096) =>
  ({ description, type: 'string', minLength: 1, maxLength }) as const;

/** With a login it would put a secret into Git. */
const proxyUrl = (description: string) =>
  ({
    description,
    type: 'string',
    title: 'http://host:port, without a login and a path',
    pattern: '^https?://([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9a-fA-F:]+\\])(:[0-9]{1,5})?/?$',
    maxLength: 2048,
  }) as const;

const size = (description: string, fallback: string) =>
  ({
    description,
    type: 'string',
    title: 'a size such as 20GiB',
    pattern: '^(0|[1-9][0-9]{0,6}(MiB|GiB|TiB))$',
    default: fallback,
  }) as const;

const become = {
  description: 'How Ansible becomes root; default: sudo without a password.',
  type: 'object',
  properties: {
    method: {
      description: 'A become plugin of Ansible.',
      enum: ['sudo', 'su', 'doas', 'pbrun', 'dzdo'],
      default: 'sudo',
    },
    user: text('The user to become.', 64),
    flags: text('Flags of the method, such as -n -H.', 256),
    password_env: {
      description: 'The environment variable with its password.',
      type: 'string',
      title: 'the name of an environment variable, in upper case',
      pattern: '^[A-Z_][A-Z0-9_]*$',
      maxLength: 128,
    },
  },
  additionalProperties: false,
} as const;

const vault = {
  description: 'Files of Ansible Vault with secrets; `up` passes them to every playbook.',
  type: 'object',
  properties: {
    files: {
      description: 'Paths in the repository, later ones outrank earlier ones.',
      type: 'array',
      items: text('A file.'),
      minItems: 1,
      maxItems: 16,
    },
    password_file: text('A file or program with the password; default: Ansible’s own (ANSIBLE_VAULT_PASSWORD_FILE).'),
  },
  required: ['files'],
  additionalProperties: false,
} as const;

/** If `free` does not name the volume. `0` turns a check off. */
export const DEFAULT_FREE: Readonly<Record<HostVolume, string>> = { data: '5GiB', docker: '4GiB' };

const UNITS_MIB: Readonly<Record<string, number>> = { MiB: 1, GiB: 1024, TiB: 1024 * 1024 };

/** @param text such as `20GiB`, or `0` */
export function mebibytes(text: string): number {
  return text === '0' ? 0 : Number(text.slice(0, -3)) * UNITS_MIB[text.slice(-3)]!;
}

const registryAuthSchema = {
  description: 'Logins for registries that the pinned images come from: read from files where it is deployed from.',
  type: 'array',
  items: {
    type: 'object',
    properties: {
      address: {
        description: 'The registry, as in the image names: registry.example.com or docker.io.',
        type: 'string',
        title: 'a registry such as registry.example.com or docker.io',
        pattern: '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?$',
        maxLength: 253,
      },
      config_file: {
        description: 'A config.json as `docker login` writes it, on the machine that deploys: an absolute path, or ~/.',
        type: 'string',
        // Terraform would search other relative paths below its own directory of the stack.
        title: 'an absolute path, or one that begins with ~/',
        pattern: '^(~/|/).+',
        maxLength: 4096,
      },
    },
    required: ['address', 'config_file'],
    additionalProperties: false,
  },
  minItems: 1,
  maxItems: 16,
} as const;

/**
 *      host: { address: harbor-vm.example.com, user: deploy }                    one machine
 *      host: { addresses: [harbor-a.example.com, harbor-b.example.com] }         a pair
 *      host: { local: true }                                                     a lab
 *
 * The files that are copied (`files`, `ca_files`) are in the repository; secrets among them are encrypted by Ansible
 * Vault.
 */
export const hostSchema = {
  description: 'The machine that runs Harbor. Docker is accessed with ssh; the user must be in the group docker.',
  type: 'object',
  properties: {
    address: {
      description: 'Host name or IP address for ssh.',
      type: 'string',
      title: 'a host name or an IP address',
      pattern: '^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$',
      maxLength: 253,
    },
    addresses: {
      description: 'Host names or IP addresses for ssh of the two machines of a pair: a, then b.',
      type: 'array',
      items: {
        type: 'string',
        title: 'a host name or an IP address',
        pattern: '^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$',
        maxLength: 253,
      },
      minItems: 2,
      maxItems: 2,
      uniqueItems: true,
    },
    user: {
      description: 'The user for ssh.',
      type: 'string',
      title: 'the name of a user',
      pattern: '^[a-z_][a-z0-9_-]{0,31}$',
      default: 'deploy',
    },
    port: { description: 'The port of sshd.', type: 'integer', minimum: 1, maximum: 65535, default: 22 },
    identity_file: text("Private key on the deploying machine, readable only by its owner; default: ssh's choice."),
    local: { description: 'Use the Docker of this machine, without ssh: labs only.', const: true },
    registry_auth: registryAuthSchema,
    proxy: {
      description:
        'The HTTP proxy of the host: for packages, for Docker’s own pulls, and for Harbor’s core, jobservice and Trivy.',
      type: 'object',
      properties: {
        http: proxyUrl('The proxy for plain HTTP, without a login.'),
        https: proxyUrl('The proxy for HTTPS, without a login.'),
        no_proxy: {
          description: 'Hosts and networks that are reached directly, separated by commas.',
          type: 'string',
          // It stands in a unit of systemd and in env files.
          title: 'names, addresses and networks, separated by commas',
          pattern: '^[A-Za-z0-9.*:/,_\\[\\] -]+$',
          maxLength: 4096,
        },
      },
      minProperties: 1,
      additionalProperties: false,
    },
    ca_files: {
      description:
        'Certificates (PEM) of private authorities that the host, Docker and Harbor trust, such as its upstreams’.',
      type: 'array',
      items: text('A path in the repository.'),
      minItems: 1,
      maxItems: 64,
      uniqueItems: true,
    },
    files: {
      description: 'Files for Traefik that are copied to the host, such as credentials of a DNS provider.',
      type: 'array',
      items: {
        type: 'object',
        properties: {
          src: text('A path in the repository; a file of Ansible Vault is decrypted.'),
          dest: {
            description: 'The path on the host that edge names.',
            type: 'string',
            title: 'an absolute path of a file on the host, below a directory',
            pattern: '^(/(?!\\.{1,2}(/|$))[A-Za-z0-9._-]+){2,}$',
            maxLength: 4096,
          },
        },
        required: ['src', 'dest'],
        additionalProperties: false,
      },
      minItems: 1,
      maxItems: 64,
    },
    packages: {
      description: 'Further packages of the distribution to install, such as an agent of your monitoring.',
      type: 'array',
      items: { type: 'string', title: 'the name of a package', pattern: '^[a-z0-9][a-z0-9.+-]+$', maxLength: 128 },
      minItems: 1,
      maxItems: 64,
      uniqueItems: true,
    },
    become,
    vault,
    free: {
      description: 'Free space that a volume must have before anything changes; 0 turns a check off.',
      type: 'object',
      properties: {
        data: size('Where data_volume is.', DEFAULT_FREE.data),
        docker: size('Where Docker keeps images and containers.', DEFAULT_FREE.docker),
      },
      additionalProperties: false,
    },
  },
  oneOf: [{ required: ['address'] }, { required: ['local'] }, { required: ['addresses'] }],
  additionalProperties: false,
} as const;
