import { acmeSchema, type AcmeCertificate } from './acme-schema';
import { hostPath } from './host-path-schema';
import { shieldSchema, type MirrorWay, type ShieldDeclaration } from '../../mirror';

/** Source of the certificate: exactly one of the three. */
export interface EdgeCertificate {
  readonly acme?: AcmeCertificate;
  readonly files?: CertificateFiles;
  readonly self_signed?: true;
}

/** Two files on the host. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

/** Listen addresses on the host. */
export interface EdgeListen {
  /** Default: `0.0.0.0`, every IPv4 address. */
  readonly addresses?: readonly string[];
  readonly http_port?: number;
  readonly https_port?: number;
}

/** A balancer or proxy in front of Traefik. */
export interface EdgeProxies {
  /** Networks in CIDR notation. A machine in them can claim any client address. */
  readonly trusted: readonly string[];
  /** `proxy`: the PROXY protocol of TCP balancers. `headers`: X-Forwarded-For of HTTP proxies. */
  readonly protocol: 'proxy' | 'headers';
}

/**
 * `way` decides who logs in to Harbor: the client gets an anonymous token (`token-redirect`), or Traefik adds a robot's
 * credential (`robot`).
 */
export interface EdgeMirror {
  readonly hostname: string;
  readonly project: string;
  /** Default: `token-redirect`. */
  readonly way?: MirrorWay;
  /**
   * Pass on the client's own login, only with `token-redirect`. Default: false, because Docker sends its login for
   * Docker Hub to mirrors.
   */
  readonly login?: boolean;
  /** Networks in CIDR notation. Default: all clients. */
  readonly allow_from?: readonly string[];
  /** Absent: Harbor gets every request of the domain. */
  readonly shield?: ShieldDeclaration;
  /** A certificate of its own that replaces `certificate`. */
  readonly files?: CertificateFiles;
}

/** The `edge:` section of an environment, with the keys of its file. */
export interface EdgeEnvironment {
  readonly certificate: EdgeCertificate;
  /** For every host name, also of mirrors. `required` defaults to true; false refuses only invalid certificates. */
  readonly client_certificate?: { readonly ca_file: string; readonly required?: boolean };
  readonly mirrors?: readonly EdgeMirror[];
  /** `address:port` of the host, loopback or private. Absent: no metrics. */
  readonly metrics?: { readonly address: string };
  /** Absent: ports 80 and 443 of every IPv4 address. */
  readonly listen?: EdgeListen;
  /** Absent: the address of the connection is the client's. */
  readonly proxies?: EdgeProxies;
}

/** Serves redirects to HTTPS, and the challenge http-01. */
export const DEFAULT_HTTP_PORT = 80;
/** Image names without a port mean 443. */
export const DEFAULT_HTTPS_PORT = 443;

/** The ports of the host for clients, or for a balancer in front of the host. */
export function frontPorts({ listen = {} }: EdgeEnvironment): { readonly http: number; readonly https: number } {
  return { http: listen.http_port ?? DEFAULT_HTTP_PORT, https: listen.https_port ?? DEFAULT_HTTPS_PORT };
}

const port = (description: string, fallback: number) =>
  ({ description, type: 'integer', minimum: 1, maximum: 65535, default: fallback }) as const;

const certificateFiles = (description: string) =>
  ({
    description,
    type: 'object',
    properties: {
      certificate: hostPath('The certificate and its chain (PEM) on the host.'),
      key: hostPath('Its key (PEM) on the host, readable by uid 65532.'),
    },
    required: ['certificate', 'key'],
    additionalProperties: false,
  }) as const;

const certificate = {
  description: 'Source of the certificate: exactly one of acme, files and self_signed.',
  type: 'object',
  properties: {
    acme: acmeSchema,
    files: certificateFiles('Your own certificate, which you renew.'),
    self_signed: {
      description: 'For labs: Traefik creates a self-signed certificate that no client trusts.',
      const: true,
    },
  },
  minProperties: 1,
  maxProperties: 1,
  additionalProperties: false,
} as const;

const mirror = {
  description: 'A domain that serves one project as if it were a registry, for clients that cannot use a path.',
  type: 'object',
  properties: {
    hostname: {
      description: 'The domain, in lower case.',
      type: 'string',
      title: 'a domain in lower case, such as mirror.example.com',
      pattern: '^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$',
      maxLength: 253,
    },
    project: {
      description: 'The project to serve.',
      type: 'string',
      title: 'the name of a project',
      pattern: '^[a-z0-9]+([._-][a-z0-9]+)*$',
      maxLength: 255,
    },
    way: {
      description:
        'token-redirect: for public projects, without a credential. robot: Traefik adds a robot’s credential from a file on the host.',
      enum: ['token-redirect', 'robot'],
      default: 'token-redirect',
    },
    login: {
      description: 'Pass on the client’s own login (token-redirect). Docker sends its Docker Hub login to mirrors.',
      type: 'boolean',
      default: false,
    },
    allow_from: {
      description: 'Networks (CIDR) whose clients may use the domain; default: all.',
      type: 'array',
      items: {
        type: 'string',
        title: 'a network such as 10.0.0.0/8',
        pattern: '^[0-9a-fA-F:.]+/[0-9]{1,3}$',
        maxLength: 64,
      },
      minItems: 1,
      maxItems: 64,
    },
    shield: shieldSchema,
    files: certificateFiles('A certificate of its own for this domain, in place of that of edge.certificate.'),
  },
  required: ['hostname', 'project'],
  additionalProperties: false,
} as const;

/**
 *      edge:
 *        certificate: { acme: { email: …, dns_provider: route53, credentials_file: /etc/harbor/acme.env } }
 *        mirrors: [{ hostname: docker-mirror.example.com, project: proxy.docker.io }]
 *        listen: { addresses: ['10.0.0.5'], https_port: 8443 }      behind a balancer of your own
 *        proxies: { trusted: [10.0.0.0/24], protocol: proxy }       and its addresses
 *        metrics: { address: '127.0.0.1:9101' }
 */
export const edgeSchema = {
  description: 'Traefik: the TLS front, the only container with published ports.',
  type: 'object',
  properties: {
    certificate,
    client_certificate: {
      description: 'Request a certificate from clients, for every host name, also of mirrors.',
      type: 'object',
      properties: {
        ca_file: hostPath('CA certificates (PEM) of the clients, on the host.'),
        required: {
          description: 'Refuse clients without a certificate; otherwise only invalid certificates are refused.',
          type: 'boolean',
          default: true,
        },
      },
      required: ['ca_file'],
      additionalProperties: false,
    },
    mirrors: { description: 'Mirror domains.', type: 'array', items: mirror, maxItems: 100 },
    listen: {
      description: 'Listen addresses on the host; default: ports 80 and 443 of every IPv4 address.',
      type: 'object',
      properties: {
        addresses: {
          description: 'Addresses of the host, or 0.0.0.0 and :: for every one of a kind; default: 0.0.0.0.',
          type: 'array',
          items: {
            type: 'string',
            title: 'an IP address without a port',
            pattern: '^[0-9a-fA-F:.]{2,45}$',
            maxLength: 45,
          },
          minItems: 1,
          maxItems: 16,
          uniqueItems: true,
        },
        http_port: port('The port for HTTP, which redirects.', DEFAULT_HTTP_PORT),
        https_port: port(
          'The port for HTTPS. Clients use 443: another one is for a balancer before the host.',
          DEFAULT_HTTPS_PORT,
        ),
      },
      minProperties: 1,
      additionalProperties: false,
    },
    proxies: {
      description: 'A balancer before Traefik, from which the address of the client is taken; default: none.',
      type: 'object',
      properties: {
        trusted: {
          description: 'Networks (CIDR) of the balancers: anyone in them can claim any client address.',
          type: 'array',
          items: {
            type: 'string',
            title: 'a network such as 10.0.0.0/8',
            pattern: '^[0-9a-fA-F:.]+/[0-9]{1,3}$',
            maxLength: 64,
          },
          minItems: 1,
          maxItems: 64,
          uniqueItems: true,
        },
        protocol: {
          description:
            'proxy: they send the PROXY protocol (TCP balancers). headers: they send X-Forwarded-For (HTTP proxies).',
          enum: ['proxy', 'headers'],
        },
      },
      required: ['trusted', 'protocol'],
      additionalProperties: false,
    },
    metrics: {
      description: 'Prometheus metrics on an internal address of the host; default: none.',
      type: 'object',
      properties: {
        address: {
          description: 'address:port on the host: a loopback or private address.',
          type: 'string',
          title: 'an IP address with a port, such as 127.0.0.1:9101',
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
