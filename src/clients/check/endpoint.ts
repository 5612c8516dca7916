import type { Diagnostic } from '../../diagnostic';
import type { Span } from '../../declaration/yaml/source-text';
import { suggest } from '../../suggest';
import type { Facts } from '../client';
import { registryServer } from './registry-server';
import { pathFindings, type Endpoint, type EndpointForm } from './endpoint-path';
import { error, warning } from './trees';
import type { TextNode } from './values';

export type { Endpoint, EndpointForm } from './endpoint-path';

/** What the rules say about one endpoint, and whether a pull through it can reach the cache. */
export interface Judged {
  readonly diagnostics: readonly Diagnostic[];
  /** It points to Harbor or a declared mirror domain, or neither is known. */
  readonly isCache: boolean;
}

/** Names of Docker Hub that appear in no image name: entries for them match nothing. */
const HUB_HOSTS = [
  'index.docker.io',
  'registry-1.docker.io',
  'registry.hub.docker.com',
  'hub.docker.com',
  'www.docker.com',
];

/**
 * An entry for a registry under a name that no image has.
 * @param never what the client does with an entry that matches no image: the end of a sentence
 */
export function checkRegistryName(registry: string, at: Span, never: string): Diagnostic[] {
  const plain = registry.replace(/^[a-z]+:\/+/i, '').replace(/\/.*$/, '');
  if (HUB_HOSTS.includes(plain))
    return [
      error('never-matched', at, `images of Docker Hub are docker.io, not ${plain}: ${never}`, 'write docker.io'),
    ];
  if (plain !== registry || !REGISTRY.test(registry)) {
    const meant = plain.replace(/^[a-z]+:(?=[a-z])/i, '');
    const hint = REGISTRY.test(meant) ? `write ${meant}` : 'write host or host:port';
    return [error('never-matched', at, `"${registry}" is not the name of a registry: ${never}`, hint)];
  }
  const small = registry.toLowerCase();
  if (small === registry) return [];
  return [error('never-matched', at, `images are named ${small}, not ${registry}: ${never}`, `write ${small}`)];
}

/** As the first part of an image name. */
const REGISTRY = /^(?:[a-z0-9][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*)*|\[[0-9a-f:]+\])(?::\d+)?$/i;

/**
 * Whether it is the public registry itself.
 * @param registry whose public endpoint is meant. `undefined`: Docker Hub, which has several hosts.
 */
export function isPublicEndpoint(text: string, registry: string | undefined): boolean {
  const host = parsed(text)?.host;
  if (host === undefined) return false;
  if (registry === undefined) return host === 'docker.io' || HUB_HOSTS.includes(host);
  const own = parsed(registryServer(registry))?.host;
  return host === registry || host === own || (registry === 'docker.io' && HUB_HOSTS.includes(host));
}

/**
 * The expected URL of the cache for a registry, in this form.
 * `undefined` if the registry has no project here or Harbor's URL is unknown: then a hint would be a guess.
 */
export function expectedEndpoint(form: EndpointForm, registry: string | undefined, facts: Facts): string | undefined {
  const project = facts.upstreams?.find((upstream) => upstream.registry === registry)?.project;
  if (project === undefined || facts.harborUrl === undefined) return undefined;
  const { origin, host } = new URL(facts.harborUrl);
  return `${form.scheme === 'refused' || form.scheme === 'ignored' ? host : origin}${form.before}${project}`;
}

/**
 * An endpoint that should be the cache.
 *
 *     host of the endpoint            registry of the entry     result
 *     Harbor, a mirror domain         any                       scheme and path are checked, isCache
 *     unknown (no harbor.url)         any                       scheme and path are checked, isCache
 *     another public registry         declared                  wrong-registry: other images under the same names
 *     almost Harbor's                 declared                  wrong-host, with the right one
 *     any other                       declared, Harbor is also  accepted: a second mirror is a decision
 *                                     an endpoint
 *     any other                       declared                  wrong-host
 *     any other                       not declared here         only the scheme is checked
 */
export function judgeEndpoint(endpoint: Endpoint, form: EndpointForm, facts: Facts): Judged {
  const { node, registry } = endpoint;
  const hint = hintFor(expectedEndpoint(form, registry, facts));
  const url = parsed(node.value);
  if (node.value.trim() !== node.value || !url) {
    const message = `"${node.value}" is not a valid URL: ${form.refusal}`;
    return { isCache: false, diagnostics: [error('bad-url', node.span, message, hint)] };
  }
  const scheme = schemeFindings(node, url, form, facts, hint);
  const isKnown = isKnownHost(url.host, facts);
  // For a registry that no project serves, only endpoints at Harbor are checked.
  if (isKnown === false && registry !== undefined && isUndeclared(registry, facts))
    return { isCache: false, diagnostics: scheme };
  if (isKnown === false && registry !== undefined) {
    const other = otherRegistry(url.host, registry, facts);
    if (other !== undefined)
      return { isCache: false, diagnostics: [...scheme, wrongRegistry(node, registry, other, hint)] };
  }
  const elsewhere = isKnown === false ? otherHost(endpoint, url, facts) : [];
  // Another mirror in addition to the cache, such as one on the node itself, is not checked.
  if (isKnown === false && elsewhere.length === 0)
    return { isCache: false, diagnostics: scheme.filter(({ rule }) => rule !== 'plain-http') };
  const diagnostics = [
    ...scheme,
    ...loopbackFindings(node.span, url.hostname, facts),
    ...elsewhere,
    // Paths on other hosts are not checked.
    ...(isKnown === false || isMirrorDomain(url, facts) ? [] : pathFindings({ ...endpoint, url, form, facts, hint })),
  ];
  return { diagnostics, isCache: isKnown !== false };
}

function isUndeclared(registry: string, { upstreams }: Facts): boolean {
  return upstreams !== undefined && !upstreams.some((upstream) => upstream.registry === registry);
}

/** A host that is neither of these may still be a mirror, but probably has a typing error. */
function knownHosts({ harborUrl, upstreams = [] }: Facts): string[] {
  return [
    ...(harborUrl === undefined ? [] : [new URL(harborUrl).host]),
    ...upstreams.flatMap(({ mirrors }) => mirrors),
  ];
}

const PUBLIC = ['docker.io', 'ghcr.io', 'quay.io', 'gcr.io', 'registry.k8s.io', 'public.ecr.aws', 'mcr.microsoft.com'];

/** The public registry that a host belongs to, if it differs from the registry of the entry. */
function otherRegistry(host: string, registry: string, { upstreams = [] }: Facts): string | undefined {
  const names = new Set([...PUBLIC, ...upstreams.map((upstream) => upstream.registry)]);
  return [...names].find((name) => name !== registry && isPublicEndpoint(host, name));
}

function wrongRegistry({ span }: TextNode, registry: string, other: string, hint: string | undefined): Diagnostic {
  const message = `this is ${other}, and the entry is for ${registry}: an image of the same name from there is another image`;
  return error('wrong-registry', span, message, hint);
}

/**
 * Registries that are tried before the cache: the public registry itself, or another mirror. One on the node itself is
 * left out, because peer-to-peer mirrors come first.
 * @param nodes in the order in which the client tries them
 */
export function askedBefore(nodes: readonly TextNode[], registry: string, facts: Facts): Diagnostic[] {
  if (isUndeclared(registry, facts) || facts.harborUrl === undefined) return [];
  const known = knownHosts(facts);
  const hosts = nodes.map(({ value }) => parsed(value));
  const first = hosts.findIndex((url) => url !== undefined && known.includes(url.host));
  return nodes.slice(0, Math.max(first, 0)).flatMap(({ span, value }, i) => {
    const url = hosts[i];
    if (!url || isLoopback(url.hostname) || known.some((host) => isNearly(url.host, host))) return [];
    const isPublic = isPublicEndpoint(value, registry);
    const message = `${url.host} is tried before the cache: images that it has do not come from the cache`;
    return [(isPublic ? error : warning)('not-first', span, message, 'put the cache first')];
  });
}

/** `undefined`: Harbor's address is unknown. */
function isKnownHost(host: string, facts: Facts): boolean | undefined {
  return facts.harborUrl === undefined ? undefined : knownHosts(facts).includes(host);
}

function hintFor(expected: string | undefined): string | undefined {
  return expected === undefined ? undefined : `write ${expected}`;
}

function parsed(text: string): URL | undefined {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  return URL.canParse(whole) ? new URL(whole) : undefined;
}

function isMirrorDomain({ host }: URL, { upstreams = [] }: Facts): boolean {
  return upstreams.some(({ mirrors }) => mirrors.includes(host));
}

function schemeFindings(
  node: TextNode,
  url: URL,
  form: EndpointForm,
  facts: Facts,
  hint: string | undefined,
): Diagnostic[] {
  const { value, span } = node;
  const plain = facts.harborUrl?.startsWith('https:') && url.protocol === 'http:';
  const login = url.username !== '' || url.password !== '';
  return [
    ...(/^[a-z][a-z0-9+.-]*:\/\//i.test(value)
      ? writtenScheme(node, url, form, hint)
      : missingScheme(node, form, hint ?? `write https://${value}`)),
    ...(plain && value.includes('://')
      ? [error('plain-http', span, 'plain HTTP, but Harbor is served with TLS: logins would be readable', hint)]
      : []),
    ...(login ? [error('login-in-url', span, `a login in the URL: ${form.refusal}`, hint)] : []),
  ];
}

function writtenScheme(
  { value, span }: TextNode,
  { protocol, host, pathname }: URL,
  form: EndpointForm,
  hint: string | undefined,
): Diagnostic[] {
  if (form.scheme === 'refused')
    return [error('scheme', span, `"${value}" has a scheme: ${form.refusal}`, hint ?? `write ${host}${pathname}`)];
  if (form.scheme === 'ignored') return [warning('scheme', span, `"${value}" has a scheme, which is ignored`, hint)];
  return protocol === 'https:' || protocol === 'http:'
    ? []
    : [error('scheme', span, `${protocol}// is neither https:// nor http://: ${form.refusal}`, hint)];
}

/**
 *     required   error, the client refuses the file
 *     assumed    warning, the client takes https
 *     otherwise  a scheme is not written at all
 */
function missingScheme({ value, span }: TextNode, form: EndpointForm, hint: string): Diagnostic[] {
  if (form.scheme === 'required') return [error('no-scheme', span, `"${value}" has no scheme: ${form.refusal}`, hint)];
  if (form.scheme === 'assumed')
    return [warning('no-scheme', span, `"${value}" has no scheme, https is assumed`, hint)];
  return [];
}

/**
 * Clients accept a registry on loopback for tests: Docker verifies no certificate there, and containerd may use plain
 * HTTP.
 */
export function loopbackFindings(at: Span, hostname: string, { addressesOf }: Facts): Diagnostic[] {
  const bare = hostname.replace(/^\[|\]$/g, '');
  const addresses = isLoopback(bare) ? [bare] : (addressesOf?.(bare) ?? []);
  const found = addresses.find(isLoopback);
  if (found === undefined) return [];
  const message = `${bare}${found === bare ? ' is' : ` resolves to ${found},`} this machine itself: the cache is not there, or its certificate is not verified`;
  return [error('loopback', at, message, `let ${bare} resolve to the address of Harbor (see /etc/hosts)`)];
}

function isLoopback(address: string): boolean {
  return /^127\.|^::1$|^localhost$|\.localhost$/.test(address);
}

/**
 * A host that differs slightly from Harbor's is a mistake; another cache is a mistake only if no other endpoint points
 * to Harbor.
 */
function otherHost({ node, others = [], mayBeElsewhere }: Endpoint, url: URL, facts: Facts): Diagnostic[] {
  const known = knownHosts(facts);
  const [harbor = ''] = known;
  const samePlace = known.find((host) => host.split(':')[0] === url.hostname);
  const meant = samePlace ?? known.find((host) => isNearly(url.host, host));
  const isBeside = mayBeElsewhere === true || others.some((other) => known.includes(parsed(other)?.host ?? ''));
  if (meant === undefined && isBeside) return [];
  const message =
    samePlace === undefined
      ? `${url.host} is neither Harbor (${harbor}) nor a declared mirror domain`
      : `the cache is at ${samePlace}, but this is ${url.host}: another port`;
  return [error('wrong-host', node.span, message, `write ${meant ?? suggest(url.host, known) ?? harbor}`)];
}

/** One label of the name differs slightly: other.example.com is not a misspelt harbor.example.com. */
export function isNearly(host: string, known: string): boolean {
  const [labels, wanted] = [host.split('.'), known.split('.')];
  const different = labels.filter((label, i) => label !== wanted[i]);
  const [label = ''] = different;
  return (
    labels.length === wanted.length &&
    different.length === 1 &&
    suggest(label, [wanted[labels.indexOf(label)] ?? '']) !== undefined
  );
}
