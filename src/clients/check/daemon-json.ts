import type { Diagnostic } from '../../diagnostic';
import { childOf, type TreeNode } from '../../declaration/tree';
import { suggest } from '../../suggest';
import type { Facts, FoundFile } from '../client';
import { isPublicEndpoint, loopbackFindings } from './endpoint';
import { checkCertsD } from './hosts-toml';
import { checkCertificateDirectory } from './pem';
import { checkShape, type Shape } from './shape';
import { error, readJson, startOfFile, warning } from './trees';
import { entriesAt, isText, isTrue, itemsAt, textsAt, type TextNode } from './values';

const STOPS = 'dockerd does not start';
const CERTS_D = '/etc/docker/certs.d';

const KEYS: readonly string[] = [
  ...[
    'allow-direct-routing',
    'allow-nondistributable-artifacts',
    'api-cors-header',
    'authorization-plugins',
    'bip',
    'bip6',
  ],
  ...[
    'bridge',
    'bridge-accept-fwmark',
    'builder',
    'cdi-spec-dirs',
    'cgroup-parent',
    'cluster-advertise',
    'cluster-store',
  ],
  ...[
    'cluster-store-opts',
    'containerd',
    'containerd-namespace',
    'containerd-plugin-namespace',
    'containerd-plugins-namespace',
  ],
  ...[
    'cpu-rt-period',
    'cpu-rt-runtime',
    'cri-containerd',
    'data-root',
    'debug',
    'default-address-pools',
    'default-cgroupns-mode',
  ],
  ...[
    'default-gateway',
    'default-gateway-v6',
    'default-ipc-mode',
    'default-network-opts',
    'default-runtime',
    'default-shm-size',
  ],
  ...[
    'default-ulimits',
    'deprecated-key-path',
    'dns',
    'dns-opts',
    'dns-search',
    'exec-opts',
    'exec-root',
    'experimental',
    'features',
  ],
  ...[
    'firewall-backend',
    'fixed-cidr',
    'fixed-cidr-v6',
    'graph',
    'group',
    'host-gateway-ip',
    'host-gateway-ips',
    'hosts',
  ],
  ...[
    'http-proxy',
    'https-proxy',
    'icc',
    'init',
    'init-path',
    'insecure-registries',
    'ip',
    'ip-forward',
    'ip-forward-no-drop',
  ],
  ...[
    'ip-masq',
    'ip6tables',
    'iptables',
    'ipv6',
    'isolation',
    'labels',
    'live-restore',
    'log-driver',
    'log-format',
    'log-level',
  ],
  ...['log-opts', 'max-concurrent-downloads', 'max-concurrent-uploads', 'max-download-attempts', 'metrics-addr', 'mtu'],
  ...[
    'network-control-plane-mtu',
    'network-diagnostic-port',
    'no-new-privileges',
    'no-proxy',
    'node-generic-resources',
    'nri-opts',
  ],
  ...[
    'oom-score-adjust',
    'pidfile',
    'proxies',
    'raw-logs',
    'registry-mirrors',
    'rootless',
    'runtimes',
    'seccomp-profile',
  ],
  ...['selinux-enabled', 'shutdown-timeout', 'storage-driver', 'storage-opts', 'swarm-default-advertise-addr'],
  ...['swarm-raft-election-tick', 'swarm-raft-heartbeat-tick', 'tls', 'tlscacert', 'tlscert', 'tlskey', 'tlsverify'],
  ...['userland-proxy', 'userland-proxy-path', 'userns-remap'],
];
const shape: Shape = {
  keys: {
    ...Object.fromEntries(KEYS.map((key): [string, Shape] => [key, 'any'])),
    'registry-mirrors': { listOf: 'text' },
    'insecure-registries': { listOf: 'text' },
    features: { mapOf: { either: ['boolean', 'text'] } },
  },
};

/** By the rules of dockerd: a wrong key or a wrong mirror keeps it from starting, a mirror that fails is skipped silently. */
export function checkDaemonJson(files: readonly FoundFile[], facts: Facts): Diagnostic[] {
  const daemon = files.find(({ path }) => /(^|\/)daemon\.json$/.test(path));
  const { trees, diagnostics } = daemon ? readJson(daemon, STOPS) : { trees: [], diagnostics: [] };
  const [tree] = trees;
  const shapeFindings = tree ? checkShape(tree, shape, { unknownKey: STOPS, wrongType: STOPS }) : [];
  const mirrors = tree ? textsAt(tree, 'registry-mirrors') : [];
  const harbor = facts.harborUrl === undefined ? [] : [new URL(facts.harborUrl).host];
  return [
    ...diagnostics,
    ...shapeFindings,
    ...(tree && daemon ? checkTree(tree, mirrors, daemon, files, facts) : []),
    ...checkCertificateDirectory(files, CERTS_D, [...harbor, ...mirrors.flatMap(({ value }) => hostOf(value))]),
    ...checkCertsD(files, facts),
  ];
}

function checkTree(
  tree: TreeNode,
  mirrors: readonly TextNode[],
  daemon: FoundFile,
  files: readonly FoundFile[],
  facts: Facts,
): Diagnostic[] {
  return [
    ...mirrors.flatMap((mirror) => checkMirror(mirror, facts)),
    ...twice(mirrors),
    ...unverified(tree, mirrors, facts),
    ...wrongStore(tree, daemon, files, facts),
    ...(mirrors.length === 0 && !hasHostsToml(files) ? noMirror(tree, daemon, facts) : []),
  ];
}

function hostOf(text: string): string[] {
  return URL.canParse(text) ? [new URL(text).host] : [];
}

/** What `registry-mirrors` takes; also on the command line of docker:dind. */
export function checkMirror(node: TextNode, facts: Facts): Diagnostic[] {
  const { value, span } = node;
  const hint = mirrorHint(facts);
  if (!/^https?:\/\//i.test(value))
    return [
      error(
        'no-scheme',
        span,
        `"${value}" has no scheme (http:// or https://): ${STOPS}`,
        hint ?? `write https://${value.replace(/^[a-z]*:?\/*/i, '')}`,
      ),
    ];
  if (!URL.canParse(value) || value.trim() !== value)
    return [error('bad-url', span, `"${value}" is not a valid address: ${STOPS}`, hint)];
  const url = new URL(value);
  if (url.username !== '' || url.password !== '')
    return [error('login-in-url', span, `a login in the address: ${STOPS}`, hint)];
  if (url.search !== '' || url.hash !== '' || /[?#]/.test(value))
    return [error('bad-url', span, `a query or a fragment in the address: ${STOPS}`, hint)];
  return [
    ...loopbackFindings(span, url.hostname, facts),
    ...(url.protocol === 'http:' && facts.harborUrl?.startsWith('https:')
      ? [error('plain-http', span, 'plain HTTP, and Harbor is served by TLS', hint)]
      : []),
    ...pathFindings(node, url, facts, hint),
  ];
}

function mirrorHint({ upstreams }: Facts): string | undefined {
  const domain = upstreams?.find(({ registry }) => registry === 'docker.io')?.mirrors[0];
  return domain === undefined ? undefined : `write https://${domain}`;
}

function pathFindings({ value, span }: TextNode, url: URL, facts: Facts, hint: string | undefined): Diagnostic[] {
  const path = url.pathname.replace(/\/+$/, '');
  const isHarbor = facts.harborUrl !== undefined && new URL(facts.harborUrl).host === url.host;
  if (path !== '' && isBefore(facts.version, 24, 0, 8))
    return [
      error(
        'mirror-path',
        span,
        `a mirror with a path needs dockerd 24.0.8, and this is ${facts.version}: ${STOPS}`,
        hint ?? 'use a mirror domain',
      ),
    ];
  if (/(^|\/)v2(\/|$)/.test(path))
    return [
      error(
        'doubled-v2',
        span,
        'dockerd adds /v2 behind the path itself: Harbor answers 404, and Docker Hub is asked',
        hint ?? `write ${url.origin}/mirror/PROJECT`,
      ),
    ];
  if (isPublicEndpoint(value, undefined))
    return [error('not-the-cache', span, `${url.host} is Docker Hub itself`, hint)];
  const projects = (facts.upstreams ?? []).map(({ project }) => project);
  const segments = path.split('/').filter(Boolean);
  if (isHarbor && segments.length === 0)
    return [
      error(
        'no-project',
        span,
        'this is Harbor itself: dockerd asks for its project library',
        hint ?? `write ${url.origin}/mirror/PROJECT, with a front that rewrites it`,
      ),
    ];
  if (isHarbor && (segments.length === 1 || segments[0] === 'harbor' || segments[0] === 'api'))
    return [
      error(
        'portal',
        span,
        'behind this path the portal of Harbor answers with a page',
        hint ?? `write ${url.origin}/mirror/PROJECT, with a front that rewrites it`,
      ),
    ];
  const last = segments.at(-1);
  if (last !== undefined && (isHarbor || segments[0] === 'mirror')) return projectOfPath(last, projects, span, facts);
  return isHarbor ? [] : domainFindings(url, span, facts, hint);
}

function projectOfPath(
  project: string,
  projects: readonly string[],
  span: TextNode['span'],
  { upstreams }: Facts,
): Diagnostic[] {
  if (!upstreams) return [];
  const found = upstreams.find((upstream) => upstream.project === project);
  const hub = upstreams.find(({ registry }) => registry === 'docker.io');
  if (!found) {
    const meant = suggest(project, projects);
    return [
      error(
        'unknown-project',
        span,
        `no project ${project} is declared`,
        meant === undefined ? undefined : `did you mean "${meant}"?`,
      ),
    ];
  }
  if (found.registry === 'docker.io') return [];
  return [
    error(
      'wrong-project',
      span,
      `registry-mirrors are asked for docker.io alone, and ${project} serves ${found.registry}`,
      hub && `write ${hub.project}`,
    ),
  ];
}

/** A mirror domain is for Docker Hub, whatever it is called. */
function domainFindings(
  { host }: URL,
  span: TextNode['span'],
  { upstreams }: Facts,
  hint: string | undefined,
): Diagnostic[] {
  const found = upstreams?.find(({ mirrors }) => mirrors.includes(host));
  if (found && found.registry !== 'docker.io')
    return [
      error(
        'wrong-project',
        span,
        `registry-mirrors are asked for docker.io alone, and ${host} serves ${found.registry}`,
        hint,
      ),
    ];
  const known = (upstreams ?? []).flatMap(({ mirrors }) => mirrors);
  if (found || known.length === 0) return [];
  return [error('wrong-host', span, `${host} is not a declared mirror domain`, hint ?? `known: ${known.join(', ')}`)];
}

function isBefore(version: string | undefined, ...least: readonly number[]): boolean {
  if (version === undefined) return false;
  const parts = version
    .replace(/^v/, '')
    .split(/[.+~-]/)
    .map((part) => Number.parseInt(part, 10) || 0);
  for (const [i, wanted] of least.entries()) if (parts[i] !== wanted) return (parts[i] ?? 0) < wanted;
  return false;
}

function twice(mirrors: readonly TextNode[]): Diagnostic[] {
  return mirrors
    .filter(({ value }, i) => mirrors.findIndex((one) => one.value === value) < i)
    .map(({ value, span }) => warning('twice', span, `${value} is listed twice`));
}

function unverified(tree: TreeNode, mirrors: readonly TextNode[], { harborUrl }: Facts): Diagnostic[] {
  const hosts = [
    ...mirrors.flatMap(({ value }) => hostOf(value)),
    ...(harborUrl === undefined ? [] : [new URL(harborUrl).host]),
  ];
  return itemsAt(tree, 'insecure-registries')
    .filter(isText)
    .filter(({ value }) => hosts.some((host) => host === value || host.split(':')[0] === value))
    .map(({ value, span }) =>
      error(
        'tls-unverified',
        span,
        `the certificate of ${value} is not verified`,
        `remove it, and put the authority into ${CERTS_D}/${value}/ca.crt`,
      ),
    );
}

function hasHostsToml(files: readonly FoundFile[]): boolean {
  return files.some(({ path }) => path.startsWith(`${CERTS_D}/`) && path.endsWith('/hosts.toml'));
}

/** Before 29 the graph driver is the store unless the feature is switched on, and `docker pull` then ignores hosts.toml. */
function wrongStore(tree: TreeNode, daemon: FoundFile, files: readonly FoundFile[], { version }: Facts): Diagnostic[] {
  const feature = entriesAt(tree, 'features').find(([name]) => name === 'containerd-snapshotter');
  const isOff = feature ? !isTrue(feature[1].value) : isBefore(version, 29, 0, 0);
  if (!hasHostsToml(files) || !isOff) return [];
  const at = feature ? feature[1].value.span : startOfFile(daemon.path);
  return [
    error(
      'wrong-store',
      at,
      'docker pull reads hosts.toml with the containerd image store only, which is off',
      'write: "features": { "containerd-snapshotter": true }',
    ),
  ];
}

function noMirror(tree: TreeNode, daemon: FoundFile, facts: Facts): Diagnostic[] {
  if (!facts.upstreams?.some(({ registry }) => registry === 'docker.io')) return [];
  const at = childOf(tree, 'registry-mirrors')?.span ?? startOfFile(daemon.path);
  const domain = facts.upstreams.find(({ registry }) => registry === 'docker.io')?.mirrors[0];
  return [
    error(
      'not-the-cache',
      at,
      'no mirror is configured: Docker Hub is pulled from directly',
      `write: "registry-mirrors": ["https://${domain ?? 'MIRROR'}"]`,
    ),
  ];
}
