import { BlockList, isIP } from 'node:net';
import { posix } from 'node:path';
import type { TreeFinding } from '../read-tree';
import { shieldProblems } from '../../mirror';
import { splitAddress } from './address';
import type { AcmeCertificate } from './acme-schema';
import {
  DEFAULT_HTTP_PORT,
  DEFAULT_HTTPS_PORT,
  frontPorts,
  type EdgeEnvironment,
  type EdgeMirror,
} from './edge-schema';

/**
 * Checks of `edge:` that a schema cannot express. Pure. Findings without a severity are errors.
 *
 *       key                       finding
 *       files of certificates     shared-directory: Traefik would see the passwords and keys next to them
 *       certificate.acme          missing-key, useless-key: what the challenge needs, see checkChallenge
 *                                 challenge-port (warning): the CA connects to port 80 or 443 only
 *                                 challenge-through-proxy: TLS-ALPN ends at a proxy that terminates TLS
 *       listen                    bad-address, taken-port
 *       proxies.trusted           bad-network; trusts-everybody for /0
 *       metrics                   bad-address, taken-port; public-metrics outside of private networks
 *       mirrors                   bad-network, bad-shield, shield-with-login, login-without-effect
 *                                 mirror-of-a-namespace (warning): a project without a dot in its name
 */
export function checkEdge(edge: EdgeEnvironment): TreeFinding[] {
  return [
    ...checkDirectories(edge),
    ...checkChallenge(edge),
    ...checkListen(edge),
    ...checkProxies(edge),
    ...checkMetrics(edge),
    ...(edge.mirrors ?? []).flatMap((mirror, index) => checkMirror(mirror, ['edge', 'mirrors', index])),
  ];
}

/** Directories with files that Traefik must not see: harbor.yml with its passwords, keys, everything. */
const SHARED: ReadonlySet<string> = new Set(['/etc', '/etc/harbor', '/etc/ssl/private', '/root']);

function checkDirectories({ certificate, client_certificate: client, mirrors = [] }: EdgeEnvironment): TreeFinding[] {
  const named: (readonly [TreeFinding['path'], string | undefined])[] = [
    ...mirrors.flatMap(({ files }, index) =>
      (['certificate', 'key'] as const).map((key) => [['edge', 'mirrors', index, 'files', key], files?.[key]] as const),
    ),
    [['edge', 'certificate', 'files', 'certificate'], certificate.files?.certificate],
    [['edge', 'certificate', 'files', 'key'], certificate.files?.key],
    [['edge', 'certificate', 'acme', 'ca_file'], certificate.acme?.ca_file],
    [['edge', 'client_certificate', 'ca_file'], client?.ca_file],
  ];
  return named.flatMap(([path, file]) => {
    if (file === undefined || !SHARED.has(posix.dirname(file))) return [];
    const message = `${posix.dirname(file)} is mounted into Traefik’s container with all its files`;
    const hint = `use a separate directory, such as /etc/harbor/tls/${posix.basename(file)}`;
    return [{ rule: 'shared-directory', path, message, hint }];
  });
}

/** Only the DNS challenge has a provider, credentials and propagation. */
const OF_DNS = ['dns_provider', 'credentials_file', 'resolvers', 'propagation'] as const;

/**
 * Which keys of `acme` a challenge needs:
 *
 *       challenge       dns_provider   credentials_file, resolvers, propagation   port open to the CA
 *       dns-01          required       allowed                                    none
 *       http-01         useless        useless                                    80
 *       tls-alpn-01     useless        useless                                    443, with TLS ended by Traefik
 *
 * Default: dns-01.
 */
function checkChallenge(edge: EdgeEnvironment): TreeFinding[] {
  const { acme } = edge.certificate;
  if (!acme) return [];
  const { challenge = 'dns-01' } = acme;
  const path = ['edge', 'certificate', 'acme'];
  if (challenge === 'dns-01') {
    if (acme.dns_provider !== undefined) return checkPropagation(acme);
    const hint = 'name the provider of the zone as lego does, or say challenge: http-01 or tls-alpn-01';
    return [{ rule: 'missing-key', path, message: '"dns_provider" is missing: dns-01 needs it', hint }];
  }
  const useless = OF_DNS.filter((key) => acme[key] !== undefined).map((key) => {
    const message = `${challenge} does not use "${key}"`;
    return { rule: 'useless-key', path: [...path, key], message, hint: 'leave it out, or say challenge: dns-01' };
  });
  return [...useless, ...checkReachable(edge, challenge)];
}

function checkPropagation({ propagation = {}, resolvers }: AcmeCertificate): TreeFinding[] {
  return (['resolvers_only', 'all_nameservers'] as const).flatMap((key) => {
    if (!propagation[key]) return [];
    const path = ['edge', 'certificate', 'acme', 'propagation', key];
    const useless = { rule: 'useless-key', path, message: 'with skip_checks no name server is queried' };
    if (propagation.skip_checks) return [{ ...useless, hint: 'leave one of them out' }];
    const message = 'only the name servers of the host are queried';
    const hint = 'name others as resolvers: ["1.1.1.1:53"]';
    return resolvers ? [] : [{ rule: 'missing-key', severity: 'warning', path, message, hint }];
  });
}

/**
 * The CA itself connects to the name, always on these ports, and with TLS-ALPN not through a proxy that terminates TLS.
 */
function checkReachable(edge: EdgeEnvironment, challenge: 'http-01' | 'tls-alpn-01'): TreeFinding[] {
  const ports = frontPorts(edge);
  const [key, port, wanted] =
    challenge === 'http-01'
      ? (['http_port', ports.http, DEFAULT_HTTP_PORT] as const)
      : (['https_port', ports.https, DEFAULT_HTTPS_PORT] as const);
  const moved: TreeFinding = {
    rule: 'challenge-port',
    severity: 'warning',
    path: ['edge', 'listen', key],
    message: `for ${challenge} the CA connects to port ${wanted} of every name, but Traefik listens on ${port}`,
    hint: `have the balancer pass port ${wanted} on to ${port}, or use challenge: dns-01`,
  };
  const ended: TreeFinding = {
    rule: 'challenge-through-proxy',
    path: ['edge', 'certificate', 'acme', 'challenge'],
    message: 'tls-alpn-01 does not reach Traefik through an HTTP proxy, which ends TLS itself',
    hint: 'use dns-01 or http-01',
  };
  const isEnded = challenge === 'tls-alpn-01' && edge.proxies?.protocol === 'headers';
  return [...(port === wanted ? [] : [moved]), ...(isEnded ? [ended] : [])];
}

/**
 * An address is reported as taken if all addresses of its family are declared as well: the second socket could not be
 * opened.
 */
function checkListen(edge: EdgeEnvironment): TreeFinding[] {
  const { http, https } = frontPorts(edge);
  const path = ['edge', 'listen'];
  const addresses = edge.listen?.addresses ?? [];
  const wrong = addresses.flatMap((address, index) => {
    const at = [...path, 'addresses', index];
    if (isIP(address) === 0) return [{ rule: 'bad-address', path: at, message: `"${address}" is not an IP address` }];
    const all = isIP(address) === 6 ? '::' : '0.0.0.0';
    if (address === all || !addresses.includes(all)) return [];
    const message = `${address} is included in ${all}, which is declared, too`;
    return [{ rule: 'taken-port', path: at, message, hint: 'declare one of them' }];
  });
  const same: TreeFinding = {
    rule: 'taken-port',
    path: [...path, 'http_port'],
    message: `HTTP and HTTPS cannot both use port ${http}`,
    hint: 'name two ports',
  };
  return [...wrong, ...(http === https ? [same] : [])];
}

/** A client in a trusted network can claim any address, and so bypass every allow_from. */
function checkProxies({ proxies }: EdgeEnvironment): TreeFinding[] {
  return (proxies?.trusted ?? []).flatMap((network, index) => {
    const path = ['edge', 'proxies', 'trusted', index];
    if (!isNetwork(network))
      return [{ rule: 'bad-network', path, message: `"${network}" is not a network in CIDR form` }];
    if (!network.endsWith('/0')) return [];
    const message = 'every client could claim any address and bypass every allow_from';
    return [{ rule: 'trusts-everybody', path, message, hint: 'name the addresses of your balancers' }];
  });
}

/**
 * The metrics have no login, so their address must not be reachable from outside. Not an error for the host's own
 * private networks, from which a Prometheus scrapes them.
 */
function checkMetrics(edge: EdgeEnvironment): TreeFinding[] {
  const { metrics } = edge;
  if (!metrics) return [];
  const { address, port } = splitAddress(metrics.address);
  const path = ['edge', 'metrics', 'address'];
  if (isIP(address) === 0 || port < 1 || port > 65_535)
    return [{ rule: 'bad-address', path, message: `"${metrics.address}" is not a valid address and port` }];
  const front = frontPorts(edge);
  if (port === front.http || port === front.https) {
    const message = `port ${port} is used for clients`;
    return [{ rule: 'taken-port', path, message, hint: 'use another port, such as 9100' }];
  }
  if (isInner(address)) return [];
  const message = `${address} can be reached from outside: the metrics name every mirror and count its pulls`;
  const hint = 'use a loopback or private address of the host, not 0.0.0.0';
  return [{ rule: 'public-metrics', path, message, hint }];
}

/**
 * The name of the project is a possible first part of an image's name at the mirror: with `proxy.docker.io` no upstream
 * namespace can be equal to it, with `library` one is.
 */
function checkMirror(mirror: EdgeMirror, path: TreeFinding['path']): TreeFinding[] {
  const { project, way, login, allow_from } = mirror;
  const networks = (allow_from ?? []).flatMap((network, index) => {
    const message = `"${network}" is not a network in CIDR notation`;
    return isNetwork(network) ? [] : [{ rule: 'bad-network', path: [...path, 'allow_from', index], message }];
  });
  const idleLogin: TreeFinding = {
    rule: 'login-without-effect',
    path: [...path, 'login'],
    message: 'with the way "robot" clients do not log in',
    hint: 'remove it, or use "way: token-redirect"',
  };
  const ambiguous: TreeFinding = {
    rule: 'mirror-of-a-namespace',
    severity: 'warning',
    path: [...path, 'project'],
    message: `images whose first part is "${project}" cannot be pulled through the mirror, because it is mistaken for the project`,
    hint: `give the project a name with a dot, such as proxy.${project}; upstream namespaces have none`,
  };
  return [
    ...networks,
    ...checkShield(mirror, path),
    ...(way === 'robot' && login !== undefined ? [idleLogin] : []),
    ...(project.includes('.') ? [] : [ambiguous]),
  ];
}

function checkShield({ shield, login }: EdgeMirror, path: TreeFinding['path']): TreeFinding[] {
  if (!shield) return [];
  const own = shieldProblems(shield).map((message) => ({ rule: 'bad-shield', path: [...path, 'shield'], message }));
  const shared: TreeFinding = {
    rule: 'shield-with-login',
    path: [...path, 'shield'],
    message: 'a shield shares responses between clients, but with "login" they differ',
    hint: 'remove login, or use "way: robot" for a private project',
  };
  return login === true ? [...own, shared] : own;
}

/** Loopback, private (RFC 1918, RFC 4193), link-local, and shared with the provider (RFC 6598). */
const INNER = new BlockList();
for (const [network, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
] as const)
  INNER.addSubnet(network, bits, 'ipv4');
INNER.addAddress('::1', 'ipv6');
INNER.addSubnet('fc00::', 7, 'ipv6');
INNER.addSubnet('fe80::', 10, 'ipv6');

function isInner(address: string): boolean {
  return INNER.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

function isNetwork(text: string): boolean {
  const [address = '', bits = ''] = text.split('/');
  const version = isIP(address);
  return version !== 0 && Number(bits) <= (version === 6 ? 128 : 32);
}
