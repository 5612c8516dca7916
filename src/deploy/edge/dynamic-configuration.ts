import { compact } from '../../compact';
import {
  toShield,
  traefikMirror,
  type Mirror,
  type TraefikCertificate,
  type TraefikConfiguration,
  type TraefikFront,
  type TraefikRouterTls,
  type TraefikTls,
} from '../../mirror';
import type { CertificateFiles, EdgeEnvironment, EdgeMirror } from './edge-schema';
import { inContainer } from './host-paths';
import { hasShield, SHIELD_URL } from './shielded';
import { ENTRY_POINT, RESOLVER } from './static-configuration';

/** Harbor's own nginx, by its alias on the edge network. */
const HARBOR_URL = 'http://proxy:8080';
const HARBOR = 'harbor';
/** The nginx for shielded mirrors, by its alias on the edge network. */
const SHIELD = 'shield';
const ONE_YEAR_SECONDS = 31_536_000;

/**
 * The dynamic configuration, one file for Harbor and one for each mirror, by file name. It contains no secret: the
 * credentials for mirrors with `way: robot` are stored on the host.
 */
export function dynamicConfiguration(edge: EdgeEnvironment, hostname: string): Map<string, TraefikConfiguration> {
  const tls: TraefikRouterTls = edge.certificate.acme ? { certResolver: RESOLVER } : {};
  const front = compact<TraefikFront>({
    entryPoint: ENTRY_POINT.https,
    service: HARBOR,
    shieldService: SHIELD,
    tls,
    // A balancer sends the client's address in a header; the connection is the balancer's own.
    trustedProxies: edge.proxies?.protocol === 'headers' ? edge.proxies.trusted : undefined,
  });
  const mirrors = (edge.mirrors ?? []).map((mirror) => {
    const own: TraefikFront = mirror.files ? { ...front, tls: {} } : front;
    return [`mirror-${mirror.hostname}.yml`, traefikMirror(toMirror(mirror), own)] as const;
  });
  return new Map([['harbor.yml', harborConfiguration(edge, hostname, tls)], ...mirrors]);
}

/** In the terms of `src/mirror`, which knows no environments. Durations become seconds. */
export function toMirror({ hostname, project, way, login, allow_from, shield }: EdgeMirror): Mirror {
  return compact({
    hostname,
    project,
    way: way ?? 'token-redirect',
    login,
    allowFrom: allow_from,
    shield: shield ? toShield(shield) : undefined,
  });
}

function harborConfiguration(edge: EdgeEnvironment, hostname: string, tls: TraefikRouterTls): TraefikConfiguration {
  const hostnames = [hostname, ...(edge.mirrors ?? []).map((mirror) => mirror.hostname)];
  const isLab = edge.certificate.self_signed === true;
  return {
    http: {
      routers: {
        harbor: compact({
          entryPoints: [ENTRY_POINT.https],
          rule: host(hostname),
          middlewares: !isLab ? ['hsts'] : undefined,
          service: HARBOR,
          tls,
        }),
        // Only declared names, so that a forged Host header cannot redirect a client elsewhere.
        https: {
          entryPoints: [ENTRY_POINT.http],
          rule: hostnames.map(host).join(' || '),
          middlewares: ['https'],
          service: HARBOR,
        },
      },
      middlewares: compact({
        // 308, except for GET, for which Traefik can only return 301; for GET both mean the same.
        https: { redirectScheme: { scheme: 'https', permanent: true } },
        // Without includeSubdomains, because subdomains may belong to someone else. Browsers that know this header do not let
        // users continue past an untrusted certificate, so labs do without it.
        hsts: !isLab ? { headers: { stsSeconds: ONE_YEAR_SECONDS } } : undefined,
      }),
      services: compact({
        [HARBOR]: { loadBalancer: { servers: [{ url: HARBOR_URL }] } },
        [SHIELD]: hasShield(edge) ? { loadBalancer: { servers: [{ url: SHIELD_URL }] } } : undefined,
      }),
    },
    tls: tlsConfiguration(edge),
  };
}

function tlsConfiguration({ certificate, client_certificate: client, mirrors = [] }: EdgeEnvironment): TraefikTls {
  const { files } = certificate;
  const own = mirrors.flatMap((mirror) => (mirror.files ? [certificateOf(mirror.files)] : []));
  return compact({
    options: {
      default: compact({
        minVersion: 'VersionTLS12',
        cipherSuites: CIPHER_SUITES,
        clientAuth: client && {
          caFiles: [inContainer(client.ca_file)],
          clientAuthType: client.required === false ? 'VerifyClientCertIfGiven' : 'RequireAndVerifyClientCert',
        },
      }),
    },
    // Traefik chooses the certificate with the requested name.
    certificates: own.length > 0 ? own : undefined,
    stores: files && { default: { defaultCertificate: certificateOf(files) } },
  });
}

function certificateOf({ certificate, key }: CertificateFiles): TraefikCertificate {
  return { certFile: inContainer(certificate), keyFile: inContainer(key) };
}

/** TLS 1.2 ciphers with forward secrecy and authenticated encryption. TLS 1.3 has no others. */
const CIPHER_SUITES = [
  'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
  'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
];

function host(hostname: string): string {
  return `Host(\`${hostname}\`)`;
}
