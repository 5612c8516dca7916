import parse from 'semver/functions/parse';
import { compact } from '../../compact';
import { durationSeconds, toGoDuration } from '../../duration';
import type { AcmeCertificate } from './acme-schema';
import type { EdgeEnvironment } from './edge-schema';
import { ACME_TARGET, DYNAMIC_DIRECTORY, inContainer } from './host-paths';

/** Traefik's static options, nested as in its reference. */
export interface StaticOptions {
  readonly [name: string]: string | number | boolean | readonly string[] | StaticOptions;
}

/** Ports inside the container, unprivileged: Traefik needs no capability and no sysctl. */
export const HTTP_PORT = 8080;
/** The same for HTTPS; the host publishes it as `listen.https_port`. */
export const HTTPS_PORT = 8443;
/** Published only on the address of `edge.metrics`; without that, nothing listens on it. */
export const METRICS_PORT = 9100;

/** The names are part of flags and routes: a changed one replaces the container. */
export const ENTRY_POINT = { http: 'web', https: 'websecure', ping: 'ping', metrics: 'metrics' } as const;
/** The name of Traefik's certificate resolver. */
export const RESOLVER = 'acme';

/** The static options that `traefik healthcheck` needs as well: it requests the ping endpoint that they define. */
export const pingOptions: StaticOptions = {
  ping: { entryPoint: ENTRY_POINT.ping },
  entryPoints: { [ENTRY_POINT.ping]: { address: '127.0.0.1:8082' } },
};

/**
 * Traefik's start options. There is no `api` key, because omitting it is the only way to disable dashboard and API. The
 * only provider is files: there is one backend, and a Docker socket, even read-only, gives root on the host.
 * @param image Traefik's image; its tag tells which options it knows
 */
export function staticOptions(edge: EdgeEnvironment, image: string): StaticOptions {
  const { acme } = edge.certificate;
  return compact({
    global: { checkNewVersion: false, sendAnonymousUsage: false },
    log: { level: 'INFO', format: 'json' },
    // The user agent distinguishes clients; every other header, including credentials, is dropped by default.
    accessLog: { format: 'json', fields: { headers: { names: { 'User-Agent': 'keep' } } } },
    // Nothing in the directory changes by itself: SIGHUP reads it again, including certificates.
    providers: { file: { directory: DYNAMIC_DIRECTORY, watch: false } },
    // Shorter than the 65 s and more for which nginx keeps an idle connection: a request on a connection that nginx is
    // closing fails with 502, and Traefik does not repeat uploads.
    serversTransport: { forwardingTimeouts: { dialTimeout: '10s', idleConnTimeout: '30s' } },
    ping: { entryPoint: ENTRY_POINT.ping },
    entryPoints: entryPoints(edge, strategyOf(image)),
    metrics: edge.metrics && { prometheus: { entryPoint: ENTRY_POINT.metrics, addRoutersLabels: true } },
    certificatesResolvers: acme && { [RESOLVER]: { acme: acmeOptions(acme) } },
  });
}

/**
 * Some servers read `X_Forwarded_For` as `X-Forwarded-For`, so a client could override the header that Traefik sets. The option
 * exists since Traefik 3.7.12; older releases do not start with an unknown option.
 */
function strategyOf(image: string): StaticOptions {
  const version = parse(/:(v?[0-9.]+)(?:@|$)/.exec(image)?.[1]);
  return version && version.compare('3.7.12') >= 0 ? { aliasHeadersStrategy: 'delete' } : {};
}

function entryPoints(edge: EdgeEnvironment, strategy: StaticOptions): StaticOptions {
  const trust = trustOptions(edge);
  const others = Object.keys(strategy).length > 0 ? { http: strategy } : {};
  const { ping } = pingOptions['entryPoints'] as { readonly ping: StaticOptions };
  return {
    [ENTRY_POINT.http]: { address: `:${HTTP_PORT}`, ...trust, ...others },
    [ENTRY_POINT.https]: {
      address: `:${HTTPS_PORT}`,
      ...trust,
      // Harbor's API has doubly escaped repository names in its paths: slash and percent must stay allowed.
      http: { ...strategy, encodedCharacters: { allowEncodedNullCharacter: false, allowEncodedBackSlash: false } },
      transport: {
        // 60 s by default, for the whole body: a layer that takes longer to push would fail with 502.
        respondingTimeouts: { readTimeout: 0 },
        lifeCycle: { graceTimeOut: '20s' },
      },
    },
    [ENTRY_POINT.ping]: { ...ping, ...others },
    ...(edge.metrics && { [ENTRY_POINT.metrics]: { address: `:${METRICS_PORT}`, ...others } }),
  };
}

/**
 * Proxies whose statement about the client's address is trusted. Without it Traefik replaces every X-Forwarded-*
 * header.
 */
function trustOptions({ proxies }: EdgeEnvironment): StaticOptions {
  if (!proxies) return {};
  const trustedIPs = proxies.trusted;
  return proxies.protocol === 'proxy' ? { proxyProtocol: { trustedIPs } } : { forwardedHeaders: { trustedIPs } };
}

function acmeOptions(acme: AcmeCertificate): StaticOptions {
  return compact({
    email: acme.email,
    storage: `${ACME_TARGET}/acme.json`,
    keyType: 'EC256',
    caServer: acme.ca_server,
    caCertificates: acme.ca_file === undefined ? undefined : [inContainer(acme.ca_file)],
    certificatesDuration: acme.lifetime === undefined ? undefined : hoursOf(acme.lifetime),
    // The launcher adds its key, which it reads from the host.
    eab: acme.eab && { kid: acme.eab.kid },
    ...challengeOptions(acme),
  });
}

/** Traefik counts in whole hours. A part of one is left out, so that it renews too early and never too late. */
function hoursOf(lifetime: string): number {
  return Math.max(1, Math.floor(durationSeconds(lifetime) / 3600));
}

/** The flag for which the launcher reads the value from a file. */
export const EAB_KEY_FLAG = `--certificatesResolvers.${RESOLVER}.acme.eab.hmacEncoded`;

function challengeOptions({ challenge = 'dns-01', ...acme }: AcmeCertificate): StaticOptions {
  switch (challenge) {
    case 'http-01':
      return { httpChallenge: { entryPoint: ENTRY_POINT.http } };
    case 'tls-alpn-01':
      return { tlsChallenge: true };
    case 'dns-01': {
      const { delay, skip_checks, resolvers_only, all_nameservers } = acme.propagation ?? {};
      const propagation = compact<StaticOptions>({
        delayBeforeChecks: delay === undefined ? undefined : toGoDuration(delay),
        disableChecks: skip_checks ? true : undefined,
        disableANSChecks: resolvers_only ? true : undefined,
        // Without the zone's name servers and without this, Traefik would check nothing.
        requireAllRNS: all_nameservers || resolvers_only ? true : undefined,
      });
      return {
        dnsChallenge: compact<StaticOptions>({
          provider: acme.dns_provider,
          resolvers: acme.resolvers,
          propagation,
        }),
      };
    }
  }
}

/** As arguments, `--entryPoints.web.address=:8080`, sorted: the same options give the same container. */
export function toFlags(options: StaticOptions): string[] {
  return flatten(options, '').sort();
}

function flatten(options: StaticOptions, prefix: string): string[] {
  return Object.entries(options).flatMap(([name, value]) => {
    const path = `${prefix}${name}`;
    if (Array.isArray(value)) return [`--${path}=${value.join(',')}`];
    return typeof value === 'object' ? flatten(value as StaticOptions, `${path}.`) : [`--${path}=${String(value)}`];
  });
}
