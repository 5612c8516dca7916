import { BlockList, isIP } from 'node:net';
import { posix } from 'node:path';
import type { TreeFinding } from '../read-tree';
import { shieldProblems } from '../../mirror';
import { splitAddress } from './address';
import type { EdgeEnvironment, EdgeMirror } from './edge-schema';

/** What no schema can say of `edge:`. Pure. */
export function checkEdge(edge: EdgeEnvironment): TreeFinding[] {
  return [
    ...checkDirectories(edge),
    ...checkMetrics(edge),
    ...(edge.mirrors ?? []).flatMap((mirror, index) => checkMirror(mirror, ['edge', 'mirrors', index])),
  ];
}

/** Directories that hold what Traefik must not see: harbor.yml with its passwords, keys, everything. */
const SHARED: ReadonlySet<string> = new Set(['/etc', '/etc/harbor', '/etc/ssl/private', '/root']);

function checkDirectories({ certificate, client_certificate: client }: EdgeEnvironment): TreeFinding[] {
  const named: (readonly [TreeFinding['path'], string | undefined])[] = [
    [['edge', 'certificate', 'files', 'certificate'], certificate.files?.certificate],
    [['edge', 'certificate', 'files', 'key'], certificate.files?.key],
    [['edge', 'certificate', 'acme', 'ca_file'], certificate.acme?.ca_file],
    [['edge', 'client_certificate', 'ca_file'], client?.ca_file],
  ];
  return named.flatMap(([path, file]) => {
    if (file === undefined || !SHARED.has(posix.dirname(file))) return [];
    const message = `${posix.dirname(file)} is mounted into Traefik’s container with all that is in it`;
    const hint = `give it a directory of its own, such as /etc/harbor/tls/${posix.basename(file)}`;
    return [{ rule: 'shared-directory', path, message, hint }];
  });
}

/** What Traefik publishes to clients. */
const FRONT: ReadonlySet<number> = new Set([80, 443]);

function checkMetrics({ metrics }: EdgeEnvironment): TreeFinding[] {
  if (!metrics) return [];
  const { address, port } = splitAddress(metrics.address);
  const path = ['edge', 'metrics', 'address'];
  if (isIP(address) === 0 || port < 1 || port > 65_535)
    return [{ rule: 'bad-address', path, message: `"${metrics.address}" is no address and port` }];
  if (FRONT.has(port)) {
    const message = `port ${port} of every address is Traefik’s own`;
    return [{ rule: 'taken-port', path, message, hint: 'name another port, such as 9100' }];
  }
  if (isInner(address)) return [];
  const message = `${address} can be reached from outside: the metrics name every mirror and count its pulls`;
  const hint = 'name a loopback or private address of the host; every address (0.0.0.0) is none';
  return [{ rule: 'public-metrics', path, message, hint }];
}

function checkMirror(mirror: EdgeMirror, path: TreeFinding['path']): TreeFinding[] {
  const { project, way, login, allow_from } = mirror;
  const networks = (allow_from ?? []).flatMap((network, index) => {
    const message = `"${network}" is no network in CIDR form`;
    return isNetwork(network) ? [] : [{ rule: 'bad-network', path: [...path, 'allow_from', index], message }];
  });
  const idleLogin: TreeFinding = {
    rule: 'login-without-effect',
    path: [...path, 'login'],
    message: 'with the way "robot" nobody logs in',
    hint: 'leave it out, or say "way: token-redirect"',
  };
  const ambiguous: TreeFinding = {
    rule: 'mirror-of-a-namespace',
    severity: 'warning',
    path: [...path, 'project'],
    message: `images whose first part is "${project}" cannot be pulled through the mirror: the part is taken for the project`,
    hint: `give the project a name with a dot, such as proxy.${project}: upstreams have none in theirs`,
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
    message: 'a shield gives every client the same answers, and with "login" each client has its own',
    hint: 'leave login out, or use "way: robot" for a private project',
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
