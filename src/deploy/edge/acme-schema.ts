import { durationField } from '../../duration';
import { hostPath } from './host-path-schema';

/** How to prove to a CA that a name is ours. */
export type AcmeChallenge = 'dns-01' | 'http-01' | 'tls-alpn-01';

/** With `challenge: dns-01`, the default, no port of the host has to be reachable for the authority. */
export interface AcmeCertificate {
  /** Contact address of the account. */
  readonly email: string;
  readonly challenge?: AcmeChallenge;
  /** dns-01: a provider by its name in lego, such as `route53`. */
  readonly dns_provider?: string;
  /** dns-01: NAME=value lines on the host, as lego documents them for the provider. */
  readonly credentials_file?: string;
  /** Directory URL. Default: Let's Encrypt. */
  readonly ca_server?: string;
  /** CA certificates of a private `ca_server`, PEM, on the host. */
  readonly ca_file?: string;
  /** How long its certificates are valid: `24h`, `7d`. */
  readonly lifetime?: string;
  /** dns-01: `host:port` of the name servers that are queried. Default: the name servers of the host. */
  readonly resolvers?: readonly string[];
  readonly propagation?: AcmePropagation;
  /** External account binding: some authorities need it for a new account. */
  readonly eab?: { readonly kid: string; readonly hmac_file: string };
}

/** dns-01: how Traefik checks that the challenge is visible. */
export interface AcmePropagation {
  /** Before the first check, such as `60s`. Default: none. */
  readonly delay?: string;
  /** No check at all, if the host cannot reach the name servers of the zone. Default: false. */
  readonly skip_checks?: boolean;
  /** Only `resolvers` are queried, not the name servers of the zone. Default: false. */
  readonly resolvers_only?: boolean;
  /** Each of `resolvers` must show the record. Default: false. */
  readonly all_nameservers?: boolean;
}

/**
 *      challenge      the authority must reach          also needs
 *      dns-01         nothing of this host              dns_provider, and credentials_file or a role of the machine
 *      http-01        port 80 of every host name        -
 *      tls-alpn-01    port 443 of every host name       -
 *
 * dns-01 is the default, because a Harbor for internal clients has no port that is open to the internet.
 */
export const acmeSchema = {
  description: 'A certificate by ACME.',
  type: 'object',
  properties: {
    email: {
      description: 'Contact address for the authority.',
      type: 'string',
      title: 'an email address',
      pattern: '^[^\\s@]+@[^\\s@]+$',
      maxLength: 254,
    },
    challenge: {
      description:
        'dns-01: a record in DNS, no port has to be reachable. http-01: port 80 of every name. tls-alpn-01: port 443 of every name.',
      enum: ['dns-01', 'http-01', 'tls-alpn-01'],
      default: 'dns-01',
    },
    dns_provider: {
      description: 'dns-01: the name of a DNS provider in lego, such as route53, cloudflare or rfc2136.',
      type: 'string',
      title: 'the name of a provider in lego, such as route53',
      pattern: '^[a-z0-9]+([-_][a-z0-9]+)*$',
      maxLength: 64,
    },
    credentials_file: hostPath(
      'File on the host with NAME=value lines, as lego documents for the provider; readable only by uid 65532. Omit it if the machine has a role.',
    ),
    ca_server: {
      description: 'Directory URL of another authority; default: Let’s Encrypt.',
      type: 'string',
      title: 'an https:// URL',
      pattern: '^https://[^\\s]+$',
      maxLength: 2048,
    },
    ca_file: hostPath('CA certificates (PEM) for ca_server’s own certificate.'),
    lifetime: {
      ...durationField(
        'How long certificates of ca_server are valid, such as 24h or 7d, if that is less than 90d: decides how often and how early they are renewed.',
      ),
      default: '90d',
    },
    resolvers: {
      description: 'Name servers (host:port) that are queried for the challenge.',
      type: 'array',
      items: { type: 'string', title: 'host:port', pattern: '^[^\\s,]+:[0-9]{1,5}$', maxLength: 255 },
      minItems: 1,
      maxItems: 8,
    },
    propagation: {
      description: 'dns-01: how to check that the challenge is visible.',
      type: 'object',
      properties: {
        delay: durationField('Delay before the first check, such as 60s; for slow providers.'),
        skip_checks: {
          description: 'Skip the check, if the host cannot reach the name servers of the zone.',
          type: 'boolean',
          default: false,
        },
        resolvers_only: {
          description:
            'Query only `resolvers`, not the name servers of the zone, if the container cannot resolve or reach those.',
          type: 'boolean',
          default: false,
        },
        all_nameservers: {
          description: 'Wait until every recursive name server of `resolvers` shows it.',
          type: 'boolean',
          default: false,
        },
      },
      minProperties: 1,
      additionalProperties: false,
    },
    eab: {
      description: 'External account binding, which some authorities need for a new account.',
      type: 'object',
      properties: {
        kid: {
          description: 'The key identifier.',
          type: 'string',
          title: 'a key identifier of letters, digits and . _ ~ -',
          pattern: '^[A-Za-z0-9._~-]+$',
          maxLength: 512,
        },
        hmac_file: hostPath('The HMAC key in base64url, one line, on the host; readable by uid 65532 only.'),
      },
      required: ['kid', 'hmac_file'],
      additionalProperties: false,
    },
  },
  required: ['email'],
  additionalProperties: false,
} as const;
