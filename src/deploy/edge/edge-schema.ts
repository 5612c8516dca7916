import { shieldSchema, type MirrorWay, type ShieldDeclaration } from '../../mirror';

/** Where the certificate comes from: exactly one of the three. */
export interface EdgeCertificate {
  readonly acme?: AcmeCertificate;
  /** Paths on the host. */
  readonly files?: { readonly certificate: string; readonly key: string };
  readonly self_signed?: true;
}

export interface AcmeCertificate {
  readonly email: string;
  /** A provider of lego by its name there, such as `route53`. */
  readonly dns_provider: string;
  /** NAME=value lines on the host, as lego documents them for the provider. */
  readonly credentials_file?: string;
  readonly ca_server?: string;
  /** Authorities of a private `ca_server`, PEM, on the host. */
  readonly ca_file?: string;
  readonly resolvers?: readonly string[];
}

export interface EdgeMirror {
  readonly hostname: string;
  readonly project: string;
  readonly way?: MirrorWay;
  readonly login?: boolean;
  readonly allow_from?: readonly string[];
  readonly shield?: ShieldDeclaration;
}

/** The `edge:` section of an environment, in the spelling of its file. */
export interface EdgeEnvironment {
  readonly certificate: EdgeCertificate;
  readonly client_certificate?: { readonly ca_file: string; readonly required?: boolean };
  readonly mirrors?: readonly EdgeMirror[];
  readonly metrics?: { readonly address: string };
}

const hostPath = (description: string) =>
  ({
    description,
    type: 'string',
    // No `.` or `..` segment: the path is mounted, and named in the configuration, as it stands here.
    pattern: '^(/(?!\\.{1,2}(/|$))[A-Za-z0-9._-]+){2,}$',
    maxLength: 4096,
  }) as const;

const acme = {
  description: 'A certificate by ACME with the DNS-01 challenge: no port has to be reachable from outside.',
  type: 'object',
  properties: {
    email: {
      description: 'Where the authority writes to.',
      type: 'string',
      pattern: '^[^\\s@]+@[^\\s@]+$',
      maxLength: 254,
    },
    dns_provider: {
      description: 'The name of a DNS provider in lego, such as route53, cloudflare or rfc2136.',
      type: 'string',
      pattern: '^[a-z0-9]+([-_][a-z0-9]+)*$',
      maxLength: 64,
    },
    credentials_file: hostPath(
      'NAME=value lines on the host with what lego documents for the provider; readable by uid 65532 only. None for a machine that has a role.',
    ),
    ca_server: {
      description: 'Directory URL of another authority; default: Let’s Encrypt.',
      type: 'string',
      pattern: '^https://[^\\s]+$',
      maxLength: 2048,
    },
    ca_file: hostPath('The authorities (PEM) that ca_server’s own certificate is verified against.'),
    resolvers: {
      description: 'Name servers, host:port, that are asked whether the challenge can be seen.',
      type: 'array',
      items: { type: 'string', pattern: '^[^\\s,]+:[0-9]{1,5}$', maxLength: 255 },
      minItems: 1,
      maxItems: 8,
    },
  },
  required: ['email', 'dns_provider'],
  additionalProperties: false,
} as const;

const certificate = {
  description: 'Where the certificate comes from: exactly one of acme, files and self_signed.',
  type: 'object',
  properties: {
    acme,
    files: {
      description: 'A certificate from an authority of your own, renewed by you.',
      type: 'object',
      properties: {
        certificate: hostPath('The certificate and its chain (PEM) on the host.'),
        key: hostPath('Its key (PEM) on the host, readable by uid 65532.'),
      },
      required: ['certificate', 'key'],
      additionalProperties: false,
    },
    self_signed: { description: 'For labs: Traefik makes a certificate that nobody trusts.', const: true },
  },
  minProperties: 1,
  maxProperties: 1,
  additionalProperties: false,
} as const;

const mirror = {
  description: 'A domain that serves one project as if it were the registry, for clients that take no path.',
  type: 'object',
  properties: {
    hostname: {
      description: 'The domain, in lower case.',
      type: 'string',
      pattern: '^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$',
      maxLength: 253,
    },
    project: {
      description: 'The project that is served.',
      type: 'string',
      pattern: '^[a-z0-9]+([._-][a-z0-9]+)*$',
      maxLength: 255,
    },
    way: {
      description:
        'token-redirect: for public projects, needs no credential. robot: Traefik adds a robot’s credential, which is placed on the host.',
      enum: ['token-redirect', 'robot'],
      default: 'token-redirect',
    },
    login: {
      description: 'Pass the client’s own login on (token-redirect). Docker sends mirrors its login of Docker Hub.',
      type: 'boolean',
      default: false,
    },
    allow_from: {
      description: 'Networks (CIDR) whose clients may use the domain; default: everybody.',
      type: 'array',
      items: { type: 'string', pattern: '^[0-9a-fA-F:.]+/[0-9]{1,3}$', maxLength: 64 },
      minItems: 1,
      maxItems: 64,
    },
    shield: shieldSchema,
  },
  required: ['hostname', 'project'],
  additionalProperties: false,
} as const;

export const edgeSchema = {
  description: 'Traefik: the TLS front, the only container with published ports.',
  type: 'object',
  properties: {
    certificate,
    client_certificate: {
      description: 'Ask clients for a certificate. It holds for every name that is served, mirrors as well.',
      type: 'object',
      properties: {
        ca_file: hostPath('The authorities (PEM) of the clients, on the host.'),
        required: {
          description: 'Refuse clients without one; otherwise only a wrong one is refused.',
          type: 'boolean',
          default: true,
        },
      },
      required: ['ca_file'],
      additionalProperties: false,
    },
    mirrors: { description: 'Mirror domains.', type: 'array', items: mirror, maxItems: 100 },
    metrics: {
      description: 'Prometheus metrics at an inner address of the host; default: none.',
      type: 'object',
      properties: {
        address: {
          description: 'address:port on the host: a loopback or private address.',
          type: 'string',
          pattern: '^([0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[[0-9a-fA-F:]+\\]):[0-9]{1,5}$',
          maxLength: 64,
        },
      },
      required: ['address'],
      additionalProperties: false,
    },
  },
  required: ['certificate'],
  additionalProperties: false,
} as const;
