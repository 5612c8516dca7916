import type { Diagnostic } from '../../diagnostic';
import type { Span } from '../../declaration/yaml/source-text';
import { suggest } from '../../suggest';
import type { Facts } from '../client';
import { error } from './trees';
import type { TextNode } from './values';

/** The form in which a client specifies the cache. */
export interface EndpointForm {
  /** Path before the project: `/v2/` if the client treats the path as complete, `/` if it adds /v2 itself. */
  readonly before: '/v2/' | '/';
  /** `required`: refused without a scheme. `assumed`: https if missing. `refused`. `ignored`. */
  readonly scheme: 'required' | 'assumed' | 'refused' | 'ignored';
  /** What the client does if it is wrong: the end of a sentence. */
  readonly refusal: string;
}

/** One value in a client's file that should point to the cache, with what decides whether it does. */
export interface Endpoint {
  readonly node: TextNode;
  /** The registry that it mirrors; absent if unknown. */
  readonly registry?: string;
  /** Other endpoints of the same entry: another cache is accepted if one of them is Harbor. */
  readonly others?: readonly string[];
  /**
   * The part of a prefix after the registry: `library`. The whole prefix is replaced, so the endpoint must contain it,
   * too.
   */
  readonly below?: string;
  /** A host other than Harbor is accepted: a part of a registry that is stored elsewhere. */
  readonly mayBeElsewhere?: boolean;
}

/** An endpoint that points to Harbor itself. */
export interface Located extends Endpoint {
  readonly url: URL;
  readonly form: EndpointForm;
  readonly facts: Facts;
  readonly hint: string | undefined;
}

/**
 * Findings about the path, where the host is already known to be Harbor.
 *
 *     written                    form '/v2/' (containerd, k3s, Talos)        form '/' (BuildKit, kaniko, registries.conf)
 *     HOST/v2/proxy.docker.io    correct                                    requests /v2/v2/…: 404
 *     HOST/proxy.docker.io       reaches the portal: an HTML page           correct
 *     HOST                       no project: Harbor uses "library"          no project: Harbor uses "library"
 *     HOST/v2/proxy/library      extra path: prefixed to each repository    the same
 *
 * In each wrong case most clients silently continue with the public registry, so nothing on the machine shows
 * the mistake.
 */
export function pathFindings({ node, registry, below = '', url, form, facts, hint }: Located): Diagnostic[] {
  const segments = url.pathname.split('/').filter(Boolean);
  const isV2 = segments[0] === 'v2';
  const at = node.span;
  if (segments[0] === 'api' || segments[0] === 'harbor')
    return [error('portal', at, 'this is the URL of a page of Harbor, not of its registry', hint)];
  if (form.before === '/v2/' && !isV2 && segments.length > 0)
    return [error('portal', at, "without /v2/ before the project, Harbor's portal responds with an HTML page", hint)];
  if (form.before === '/' && isV2)
    return [
      error('doubled-v2', at, 'the client itself adds /v2: it would request /v2/v2/…, and Harbor returns 404', hint),
    ];
  const [project, ...more] = isV2 ? segments.slice(1) : segments;
  // A host other than Harbor has no projects.
  if (project === undefined && facts.harborUrl === undefined) return [];
  if (project === undefined)
    return [error('no-project', at, 'the project is missing: Harbor uses its project library', hint)];
  if (project === 'v2') return [error('doubled-v2', at, '/v2/v2/: Harbor returns 404', hint)];
  return [
    ...projectFindings(project, at, registry, facts, hint),
    ...moreFindings(more.join('/'), below, at, facts, hint),
  ];
}

/** Nothing if the declaration is unknown. Without `registry` any declared project is right. */
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
        `no project ${project} is declared: Harbor returns 401 or 404, and the client uses another registry`,
        hint ?? (meant === undefined ? undefined : `did you mean "${meant}"?`),
      ),
    ];
  if (registry === undefined || found.some((upstream) => upstream.registry === registry)) return [];
  return [
    error(
      'wrong-project',
      at,
      `project ${project} serves ${found[0]?.registry}, but this entry is for ${registry}`,
      hint,
    ),
  ];
}

/** `below` is the path that the entry itself has below its registry: the endpoint has to repeat it. */
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
      ? `/${more} after the project is added before every repository, where the images are not`
      : `the whole prefix is replaced, including /${below}, so the images are not found`;
  return [error('extra-path', at, message, hint === undefined || below === '' ? hint : `${hint}/${below}`)];
}
