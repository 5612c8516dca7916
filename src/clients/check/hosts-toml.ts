import { compact } from '../../compact';
import type { Diagnostic } from '../../diagnostic';
import { childOf, type TreeNode } from '../../declaration/yaml/tree';
import type { Span } from '../../declaration/yaml/source-text';
import type { Facts, FoundFile } from '../client';
import { checkContainerdConfig } from './containerd-config';
import { askedBefore, expectedEndpoint, isPublicEndpoint, judgeEndpoint } from './endpoint';
import type { EndpointForm } from './endpoint';
import {
  authorities,
  authorizationFindings,
  authorizationOf,
  BYPASS,
  capabilities,
  timeouts,
} from './hosts-toml-settings';
import { checkDirectoryName, fileName, hostFile, misnamed, missingRegistries, type HostFile } from './hosts-toml-files';
import { missingLogin } from './login';
import { exposedLogin, namedFile } from './pem';
import { checkShape, type Shape } from './shape';
import { error, readToml, startOfFile, warning } from './trees';
import { entriesAt, isTrue, textAt, type TextNode } from './values';

const HABITS = { unknownKey: 'containerd silently ignores it', wrongType: BYPASS };

const texts: Shape = { either: ['text', { listOf: 'text' }] };
const hostKeys = {
  capabilities: { listOf: 'text' },
  ca: texts,
  client: { either: ['text', { listOf: { either: ['text', { listOf: 'text' }] } }] },
  skip_verify: 'boolean',
  header: { mapOf: texts },
  override_path: 'boolean',
  dial_timeout: 'text',
} satisfies Record<string, Shape>;
const shape: Shape = { keys: { server: 'text', ...hostKeys, host: { mapOf: { keys: hostKeys } } } };

const FORM: EndpointForm = { before: '/v2/', scheme: 'assumed', refusal: BYPASS };

/**
 * By the rules of containerd, which also apply to dockerd with the containerd image store.
 *
 *      server = "https://registry-1.docker.io"                          tried last
 *
 *      [host."https://harbor.example.com/v2/proxy.docker.io"]           tried first, in the order of the file
 *        capabilities = ["pull", "resolve"]                             without resolve, tags come from the server
 *        override_path = true                                           else /v2 is added to the path once more
 *        ca = "ca.crt"                                                  relative to the directory of this file
 *
 *      pull of nginx:1.27 ──► GET https://harbor.example.com/v2/proxy.docker.io/library/nginx/manifests/1.27
 *                             any failure ──► GET https://registry-1.docker.io/v2/library/nginx/manifests/1.27
 *
 * So most mistakes are not seen at the node: the pull works, only not through the cache.
 */
export function checkHostsToml(files: readonly FoundFile[], facts: Facts): Diagnostic[] {
  return [...checkContainerdConfig(files, facts), ...checkCertsD(files, facts)];
}

/** Apart from config.toml: dockerd reads these files without the CRI plugin. */
export function checkCertsD(files: readonly FoundFile[], facts: Facts): Diagnostic[] {
  const found = files.flatMap(hostFile);
  return [
    ...found.flatMap(({ file, registry, directory }) =>
      fileName(file) === 'hosts.toml'
        ? [...checkDirectoryName(file, registry), ...checkOne({ file, registry, directory }, files, facts)]
        : misnamed(file),
    ),
    ...missingRegistries(found, facts),
  ];
}

function checkOne(one: HostFile, files: readonly FoundFile[], facts: Facts): Diagnostic[] {
  const { trees, diagnostics } = readToml(one.file, BYPASS);
  const [tree] = trees;
  if (!tree) return [...diagnostics];
  const found = checkShape(tree, shape, HABITS);
  const dropped = found.some(({ rule }) => rule === 'wrong-type');
  // Then the file is not read at all.
  if (dropped) return found;
  const context: Context = { ...one, files, facts, tree };
  const hosts = hostsOf(tree);
  return [
    ...found,
    ...hosts.flatMap((host) => checkHost(host, context, hosts)),
    ...askedBefore(
      hosts.map(({ node }) => node).filter(({ value }) => !isPublicEndpoint(value, one.registry)),
      one.registry,
      facts,
    ),
    ...checkServer(context, hosts),
    ...exposedLogin(
      one.file,
      hosts.some(({ settings }) => authorizationOf(settings) !== undefined),
    ),
  ];
}

/** What the findings about one host need to know about its file. */
interface Context extends HostFile {
  readonly files: readonly FoundFile[];
  readonly facts: Facts;
  readonly tree: TreeNode;
}

interface Host {
  /** The URL, at the position of its key. */
  readonly node: TextNode;
  readonly settings: TreeNode;
  readonly isServer: boolean;
}

/** In the order in which they are tried: the hosts, then the server. */
function hostsOf(tree: TreeNode): Host[] {
  const hosts = entriesAt(tree, 'host').map(([url, { key, value }]): Host => {
    const node: TextNode = { type: 'scalar', span: key, value: url };
    return { node, settings: value, isServer: false };
  });
  const server = textAt(tree, 'server');
  return [...hosts, ...(server ? [{ node: server, settings: tree, isServer: true }] : [])];
}

/**
 *      registry of the directory    host or server                        judged as
 *      docker.io, declared          registry-1.docker.io as server        the fallback: must be https
 *      docker.io, declared          registry-1.docker.io as [host]        an error: it is tried before the cache
 *      docker.io, not declared      registry-1.docker.io                  nothing: not our business
 *      harbor.example.com           harbor.example.com                    Harbor itself: no project in the path
 *      any other                    any other                             the cache
 */
function checkHost(host: Host, context: Context, hosts: readonly Host[]): Diagnostic[] {
  const { node, settings, isServer } = host;
  const { registry, facts } = context;
  const isPublic = isPublicEndpoint(node.value, registry) && !isHarborItself(context);
  if (isPublic && !isDeclared(context)) return [];
  if (isPublic) return isServer ? plainServer(node) : publicHost(node, registry);
  return [
    ...(isHarborItself(context) ? ownHost(node, settings) : cacheHost(host, context, hosts)),
    ...capabilities(settings, node.span),
    ...(isTrue(childOf(settings, 'skip_verify'))
      ? [
          warning(
            'tls-unverified',
            childOf(settings, 'skip_verify')!.span,
            'the certificate is not verified',
            'remove skip_verify and set ca',
          ),
        ]
      : []),
    ...authorities(settings).flatMap((ca) =>
      namedFile(ca, context.directory, context.files, facts, 'every pull of this registry fails'),
    ),
    ...authorizationFindings(settings),
    ...timeouts(settings),
    ...missingLogin(registry, authorizationOf(settings) !== undefined, node.span, facts),
  ];
}

/** A registry with a proxy cache project; also if that is unknown. */
function isDeclared({ registry, facts }: Context): boolean {
  return facts.upstreams?.some((upstream) => upstream.registry === registry) ?? true;
}

/** Images whose names contain Harbor's own host: the URL needs no project. */
function isHarborItself({ registry, facts }: Context): boolean {
  return facts.harborUrl !== undefined && new URL(facts.harborUrl).host === registry;
}

function ownHost(node: TextNode, settings: TreeNode): Diagnostic[] {
  const path = URL.canParse(node.value) ? new URL(node.value).pathname : '/';
  if (/^\/(?:v2\/?)?$/.test(path) && !isTrue(childOf(settings, 'override_path'))) return [];
  const message = 'names with Harbor’s own host already contain the project';
  return [error('extra-path', node.span, message, 'write only the host, without override_path')];
}

/** Also as the last host: the fallback is `server`, which the strict profile leaves out. */
function publicHost(node: TextNode, registry: string): Diagnostic[] {
  const message = `${node.value} is ${registry} itself, and hosts are tried before the server`;
  return [error('not-the-cache', node.span, message, 'remove it: use server for the public registry')];
}

function plainServer({ value, span }: TextNode): Diagnostic[] {
  if (!/^http:/i.test(value)) return [];
  const message = 'the public registry over plain HTTP: the fallback fails, or anyone on the way may change it';
  return [error('plain-http', span, message, `write ${value.replace(/^http:/i, 'https:')}`)];
}

function cacheHost(host: Host, context: Context, hosts: readonly Host[]): Diagnostic[] {
  const { node, settings } = host;
  const { registry, facts } = context;
  const others = hosts.filter((other) => other !== host).map((other) => other.node.value);
  const hint = expectedEndpoint(FORM, registry, facts);
  const { diagnostics } = judgeEndpoint(
    compact({ node, others, registry: registry !== '_default' ? registry : undefined }),
    FORM,
    facts,
  );
  if (registry === '_default')
    return [
      error(
        'wildcard',
        node.span,
        '_default applies to every registry, but a project serves only one',
        'make a directory for each registry',
      ),
      ...diagnostics,
    ];
  const isMirror = (facts.upstreams ?? []).some(({ mirrors }) => mirrors.includes(hostOf(node.value)));
  return [...diagnostics, ...(isMirror ? [] : overridePath(node, settings, hint))];
}

function hostOf(text: string): string {
  const url = /^[a-z]+:\/\//i.test(text) ? text : `https://${text}`;
  return URL.canParse(url) ? new URL(url).host : '';
}

function overridePath(node: TextNode, settings: TreeNode, hint: string | undefined): Diagnostic[] {
  const path = pathOf(node.value);
  const written = childOf(settings, 'override_path');
  if (isTrue(written) || /^\/?$|\/v2\/?$/.test(path)) return [];
  const at = written?.span ?? node.span;
  const message = `without override_path containerd requests ${path}/v2/…, gets 404 and pulls from the public registry`;
  return [
    error('override-path', at, message, `add: override_path = true${hint === undefined ? '' : ` below ${hint}`}`),
  ];
}

function pathOf(text: string): string {
  const url = /^[a-z]+:\/\//i.test(text) ? text : `https://${text}`;
  return URL.canParse(url) ? new URL(url).pathname.replace(/\/+$/, '') : '';
}

/** The last one that is tried: the public registry with a fallback, the cache itself without one. */
function checkServer(context: Context, hosts: readonly Host[]): Diagnostic[] {
  const { registry, facts, tree, file } = context;
  if (isHarborItself(context) || registry === '_default') return noHostTable(context);
  const server = textAt(tree, 'server');
  const isExpected = facts.upstreams?.some((upstream) => upstream.registry === registry) === true;
  const isCached = hosts.some(({ node }) => !isPublicEndpoint(node.value, registry));
  const at = server?.span ?? startOfFile(file.path);
  return [
    ...noHostTable(context),
    ...(server ? websiteOfHub(server, registry) : []),
    ...(isExpected && !isCached
      ? [error('not-the-cache', at, `no host is the cache: ${registry} is pulled directly`, ADD_HOST)]
      : []),
    ...(isExpected && facts.profile === 'strict' && (!server || isPublicEndpoint(server.value, registry))
      ? [notStrict(server, at)]
      : []),
  ];
}

const ADD_HOST = 'add [host."…/v2/PROJECT"] with override_path = true';

/** Docker Hub's API is at registry-1.docker.io alone; the other hosts serve pages, the search or an older index. */
function websiteOfHub({ value, span }: TextNode, registry: string): Diagnostic[] {
  if (registry !== 'docker.io' || !/^(https?:\/\/)?(www\.|index\.|hub\.)?docker\.(io|com)\/?$/.test(value)) return [];
  const message = 'this host of Docker Hub is not its registry: the fallback fails';
  return [error('wrong-server', span, message, 'write: server = "https://registry-1.docker.io"')];
}

/** Without `server` containerd uses the registry of the directory, so leaving it out is not strict either. */
function notStrict(server: TextNode | undefined, at: Span): Diagnostic {
  const asked = server?.value ?? 'the public registry';
  const message = `the profile is strict, but ${asked} is used if the cache fails`;
  return error('not-strict', at, message, 'make the cache the server, with its settings at the top level');
}

/** containerd/containerd#10027, fixed in 2.0; an empty table is enough. */
function noHostTable({ tree, file, facts: { version } }: Context): Diagnostic[] {
  if (childOf(tree, 'host') !== undefined || (version !== undefined && !/^v?1\./.test(version))) return [];
  const report = version === undefined ? warning : error;
  const message = 'without a table [host] containerd before 2.0 ignores the whole file and uses the public registry';
  return [report('no-host-table', startOfFile(file.path), message, 'add an empty [host] at the end')];
}
