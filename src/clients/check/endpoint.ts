import type { Diagnostic } from '../../diagnostic';
import type { Span } from '../../declaration/source-text';
import { suggest } from '../../suggest';
import type { Facts } from '../client';
import { registryServer } from '../support/hosts-toml';
import { error, warning } from './trees';
import type { TextNode } from './values';

/** How a client writes where the cache is. */
export interface EndpointForm {
  /** Before the project: `/v2/` where the client is told that the path is whole, `/` where it adds /v2 itself. */
  readonly before: '/v2/' | '/';
  /** `required`: refused without. `assumed`: https where it is missing. `refused`. `ignored`. */
  readonly scheme: 'required' | 'assumed' | 'refused' | 'ignored';
  /** What the client does where it is wrong: the end of a sentence. */
  readonly refusal: string;
}

export interface Endpoint {
  readonly node: TextNode;
  /** Whose images it is for; absent where that is not known. */
  readonly registry?: string;
  /** What is asked beside it: another cache is fine where Harbor is one of them. */
  readonly others?: readonly string[];
  /** Of a prefix that is longer than a registry: `library`. It is replaced as a whole, so the endpoint has it, too. */
  readonly below?: string;
  /** Another place than Harbor is fine: a part of a registry that somebody keeps elsewhere. */
  readonly mayBeElsewhere?: boolean;
}

export interface Judged {
  readonly diagnostics: readonly Diagnostic[];
  /** It leads to Harbor or a declared mirror domain, or nothing is known of either. */
  readonly isCache: boolean;
}

/** Names of Docker Hub that are in no image name: entries for them match nothing. */
const HUB_HOSTS = [
  'index.docker.io',
  'registry-1.docker.io',
  'registry.hub.docker.com',
  'hub.docker.com',
  'www.docker.com',
];

/** An entry for a registry by a name that no image has. */
export function checkRegistryName(registry: string, at: Span, never: string): Diagnostic[] {
  const plain = registry.replace(/^[a-z]+:\/+/i, '').replace(/\/.*$/, '');
  if (HUB_HOSTS.includes(plain))
    return [
      error('never-matched', at, `images of Docker Hub are docker.io, not ${plain}: ${never}`, 'write docker.io'),
    ];
  if (plain !== registry)
    return [error('never-matched', at, `"${registry}" is not the name of a registry: ${never}`, `write ${plain}`)];
  return [];
}

/** Whether it is the public registry itself. */
export function isPublicEndpoint(text: string, registry: string | undefined): boolean {
  const host = parsed(text)?.host;
  if (host === undefined) return false;
  if (registry === undefined) return host === 'docker.io' || HUB_HOSTS.includes(host);
  const own = new URL(registryServer(registry)).host;
  return host === registry || host === own || (registry === 'docker.io' && HUB_HOSTS.includes(host));
}

/** Where the cache of a registry should be, in this form. */
export function expectedEndpoint(form: EndpointForm, registry: string | undefined, facts: Facts): string | undefined {
  const project = facts.upstreams?.find((upstream) => upstream.registry === registry)?.project;
  if (project === undefined || facts.harborUrl === undefined) return undefined;
  const { origin, host } = new URL(facts.harborUrl);
  return `${form.scheme === 'refused' || form.scheme === 'ignored' ? host : origin}${form.before}${project}`;
}

/** An endpoint that is meant to be the cache. */
export function judgeEndpoint(endpoint: Endpoint, form: EndpointForm, facts: Facts): Judged {
  const { node, registry } = endpoint;
  const hint = hintFor(expectedEndpoint(form, registry, facts));
  const url = parsed(node.value);
  if (node.value.trim() !== node.value || !url) {
    const message = `"${node.value}" is not a valid address: ${form.refusal}`;
    return { isCache: false, diagnostics: [error('bad-url', node.span, message, hint)] };
  }
  const scheme = schemeFindings(node, url, form, facts, hint);
  const isKnown = isKnownHost(url.host, facts);
  // Of a registry that no project serves, only what leads to Harbor is of interest.
  if (isKnown === false && registry !== undefined && isUndeclared(registry, facts))
    return { isCache: false, diagnostics: scheme };
  const elsewhere = isKnown === false ? otherHost(endpoint, url, facts) : [];
  const diagnostics = [
    ...scheme,
    ...loopbackFindings(node.span, url.hostname, facts),
    ...elsewhere,
    // What lies below another host is not Harbor's to say.
    ...(isKnown === false || isMirrorDomain(url, facts) ? [] : pathFindings({ ...endpoint, url, form, facts, hint })),
  ];
  return { diagnostics, isCache: isKnown !== false };
}

function isUndeclared(registry: string, { upstreams }: Facts): boolean {
  return upstreams !== undefined && !upstreams.some((upstream) => upstream.registry === registry);
}

function knownHosts({ harborUrl, upstreams = [] }: Facts): string[] {
  return [
    ...(harborUrl === undefined ? [] : [new URL(harborUrl).host]),
    ...upstreams.flatMap(({ mirrors }) => mirrors),
  ];
}

/** `undefined`: nothing is known of Harbor. */
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
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(node.value);
  const found: Diagnostic[] = [];
  if (hasScheme && form.scheme === 'refused')
    found.push(
      error(
        'scheme',
        node.span,
        `"${node.value}" has a scheme: ${form.refusal}`,
        hint ?? `write ${url.host}${url.pathname}`,
      ),
    );
  if (hasScheme && form.scheme === 'ignored')
    found.push(warning('scheme', node.span, `"${node.value}" has a scheme, which is ignored`, hint));
  if (!hasScheme && form.scheme === 'required')
    found.push(
      error(
        'no-scheme',
        node.span,
        `"${node.value}" has no scheme: ${form.refusal}`,
        hint ?? `write https://${node.value}`,
      ),
    );
  if (!hasScheme && form.scheme === 'assumed')
    found.push(
      warning(
        'no-scheme',
        node.span,
        `"${node.value}" has no scheme, https is assumed`,
        hint ?? `write https://${node.value}`,
      ),
    );
  if (hasScheme && url.protocol !== 'https:' && url.protocol !== 'http:')
    found.push(error('scheme', node.span, `${url.protocol}// is neither https:// nor http://: ${form.refusal}`, hint));
  if (hasScheme && url.protocol === 'http:' && facts.harborUrl?.startsWith('https:'))
    found.push(
      error(
        'plain-http',
        node.span,
        'plain HTTP, and Harbor is served by TLS: logins would be readable on the way',
        hint,
      ),
    );
  if (url.username !== '' || url.password !== '')
    found.push(error('login-in-url', node.span, `a login in the address: ${form.refusal}`, hint));
  return found;
}

/** Clients take a registry on loopback for a test: Docker verifies no certificate there, containerd may use plain HTTP. */
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

/** One that is nearly Harbor's is a mistake; another cache is one only where nothing beside it leads to Harbor. */
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
      : `the cache is at ${samePlace}, and this is ${url.host}: another port`;
  return [error('wrong-host', node.span, message, `write ${meant ?? suggest(url.host, known) ?? harbor}`)];
}

/** One label of the name differs, and by little: other.example.com is not harbor.example.com misspelt. */
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

interface Located extends Endpoint {
  readonly url: URL;
  readonly form: EndpointForm;
  readonly facts: Facts;
  readonly hint: string | undefined;
}

function pathFindings({ node, registry, below = '', url, form, facts, hint }: Located): Diagnostic[] {
  const segments = url.pathname.split('/').filter(Boolean);
  const isV2 = segments[0] === 'v2';
  const at = node.span;
  if (segments[0] === 'api' || segments[0] === 'harbor')
    return [error('portal', at, 'this is the address of a page of Harbor, not of its registry', hint)];
  if (form.before === '/v2/' && !isV2 && segments.length > 0)
    return [error('portal', at, 'without /v2/ before the project, the portal of Harbor answers with a page', hint)];
  if (form.before === '/' && isV2)
    return [
      error(
        'doubled-v2',
        at,
        'the client adds /v2 itself: with this one Harbor is asked for /v2/v2/… and answers 404',
        hint,
      ),
    ];
  const [project, ...more] = isV2 ? segments.slice(1) : segments;
  // What is no Harbor has no projects.
  if (project === undefined && facts.harborUrl === undefined) return [];
  if (project === undefined)
    return [error('no-project', at, 'no project is named: Harbor looks in its project library', hint)];
  if (project === 'v2') return [error('doubled-v2', at, '/v2/v2/: Harbor answers 404', hint)];
  return [
    ...projectFindings(project, at, registry, facts, hint),
    ...moreFindings(more.join('/'), below, at, facts, hint),
  ];
}

function projectFindings(
  project: string,
  at: Span,
  registry: string | undefined,
  { upstreams }: Facts,
  hint: string | undefined,
): Diagnostic[] {
  if (!upstreams) return [];
  const found = upstreams.filter((upstream) => upstream.project === project);
  const names = upstreams.map((upstream) => upstream.project);
  const meant = suggest(project, names);
  if (found.length === 0)
    return [
      error(
        'unknown-project',
        at,
        `no project ${project} is declared: Harbor answers 401 or 404, and the client goes elsewhere`,
        hint ?? (meant === undefined ? undefined : `did you mean "${meant}"?`),
      ),
    ];
  if (registry === undefined || found.some((upstream) => upstream.registry === registry)) return [];
  return [
    error(
      'wrong-project',
      at,
      `project ${project} serves ${found[0]?.registry}, and this entry is for ${registry}`,
      hint,
    ),
  ];
}

function moreFindings(
  more: string,
  below: string,
  at: Span,
  { harborUrl }: Facts,
  hint: string | undefined,
): Diagnostic[] {
  if (more === below || harborUrl === undefined) return [];
  const message =
    below === ''
      ? `/${more} behind the project stands before every repository: the images are not there`
      : `the prefix is replaced as a whole, with its /${below}: the images are not there`;
  return [error('extra-path', at, message, hint === undefined || below === '' ? hint : `${hint}/${below}`)];
}
