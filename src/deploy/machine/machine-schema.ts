/** Each has its own resources: there is no common model of a cloud here. */
export type MachineProvider = 'aws' | 'hetzner' | 'openstack';
/** May be another one than that of the machine. */
export type DnsProvider = 'route53' | 'hetzner' | 'designate';

/** The `machine:` section: a VM for Harbor, with the keys of the file. */
export interface MachineEnvironment {
  readonly provider: MachineProvider;
  /** Default: `DEFAULT_MACHINE_NAME`. Names of the cloud's objects begin with it. */
  readonly name?: string;
  /** `eu-central-1` (aws), `RegionOne` (openstack); Hetzner has none. */
  readonly region?: string;
  /** Availability zone (aws, openstack) or location (hetzner): disk and machine must be in the same one. */
  readonly zone: string;
  /** `m7i.large`, `cx33`, the name of a flavor. */
  readonly size: string;
  /** `ami-…`, `debian-12`, the name of an image. */
  readonly image: string;
  /** The data disk in GiB, at least 10. It outlives the machine. */
  readonly disk_gib: number;
  /** Subnet id (aws), network id (openstack). */
  readonly network?: string;
  /** VPC id (aws), name of the external network for a floating address (openstack). */
  readonly outer_network?: string;
  /** Name of an existing IAM instance profile (aws): for S3 and ACME with Route 53 without a key. */
  readonly instance_profile?: string;
  /** Public keys of the deploy user, and the networks that may reach port 22. */
  readonly ssh: { readonly keys: readonly string[]; readonly from: readonly string[] };
  /** Networks that may reach the ports for clients. Default: all. */
  readonly clients_from?: readonly string[];
  /** Absent: records are created by hand. */
  readonly dns?: {
    readonly provider: DnsProvider;
    readonly zone: string;
    /** Default: 300. */
    readonly ttl_seconds?: number;
    /** Whether mirror domains get records as well. Default: true. */
    readonly mirrors?: boolean;
  };
}

/** Names of the cloud's objects begin with it: see `machineName`. */
export const DEFAULT_MACHINE_NAME = 'harbor';
/** Clients may come from anywhere by default; ssh may not. */
export const EVERYBODY = ['0.0.0.0/0', '::/0'] as const;

const cidrs = (description: string) =>
  ({
    description,
    type: 'array',
    items: {
      type: 'string',
      title: 'a network such as 10.0.0.0/8',
      pattern: '^[0-9a-fA-F:.]+/[0-9]{1,3}$',
      maxLength: 64,
    },
    minItems: 1,
    maxItems: 64,
  }) as const;

const name = (description: string) => ({ description, type: 'string', minLength: 1, maxLength: 255 }) as const;

/**
 *      machine:
 *        provider: hetzner
 *        zone: fsn1
 *        size: cx33
 *        image: debian-12
 *        disk_gib: 500
 *        ssh: { keys: [ssh-ed25519 …], from: [203.0.113.0/24] }
 *        dns: { provider: hetzner, zone: example.com }
 *
 * One form for all clouds. Which fields a provider needs or does not know is checked in `check-machine.ts`. `ssh.from`
 * has no default: an open port 22 has to be written out.
 */
export const machineSchema = {
  description: 'A VM with a data disk, a firewall and a DNS record; omit it for an existing machine.',
  type: 'object',
  properties: {
    provider: { description: 'Cloud provider.', enum: ['aws', 'hetzner', 'openstack'] },
    name: {
      description: 'Name of the machine.',
      type: 'string',
      title: 'a name of lower-case letters, digits and hyphens that begins with a letter',
      pattern: '^[a-z]([a-z0-9-]*[a-z0-9])?$',
      maxLength: 63,
      default: DEFAULT_MACHINE_NAME,
    },
    region: name('The region (aws, openstack).'),
    zone: name('Availability zone (aws, openstack) or location (hetzner) of the machine and its disk.'),
    size: name('Instance type, server type or flavor.'),
    image: name('Debian 12 or Ubuntu 24.04: AMI id, image name.'),
    disk_gib: {
      description: 'The data disk in GiB. It outlives the machine.',
      type: 'integer',
      minimum: 10,
      maximum: 65536,
    },
    network: name('Network: subnet id (aws), network id (openstack).'),
    outer_network: name('VPC id (aws); external network of the floating address (openstack).'),
    instance_profile: name('Existing IAM instance profile (aws): the role for S3 and for ACME.'),
    ssh: {
      description: 'Access with ssh.',
      type: 'object',
      properties: {
        keys: {
          description: 'Public keys of the deploy user.',
          type: 'array',
          items: {
            type: 'string',
            title: 'a public key as in id_ed25519.pub',
            pattern: '^(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|ssh-rsa|sk-ssh-ed25519@openssh\\.com) \\S+( .*)?$',
            maxLength: 4096,
          },
          minItems: 1,
          maxItems: 32,
        },
        from: cidrs('Networks (CIDR) that may reach port 22.'),
      },
      required: ['keys', 'from'],
      additionalProperties: false,
    },
    clients_from: cidrs('Networks (CIDR) that may reach ports 80 and 443; default: all.'),
    dns: {
      description: 'Records of harbor.hostname and of the mirror domains; default: none.',
      type: 'object',
      properties: {
        provider: { description: 'DNS provider.', enum: ['route53', 'hetzner', 'designate'] },
        zone: name('Zone id (route53, designate) or name (hetzner).'),
        ttl_seconds: {
          description: 'TTL in seconds.',
          type: 'integer',
          minimum: 30,
          maximum: 86400,
          default: 300,
        },
        mirrors: {
          description: 'Also create records for edge.mirrors; false if they are in another zone or created by hand.',
          type: 'boolean',
          default: true,
        },
      },
      required: ['provider', 'zone'],
      additionalProperties: false,
    },
  },
  required: ['provider', 'zone', 'size', 'image', 'disk_gib', 'ssh'],
  additionalProperties: false,
} as const;
