import type { Diagnostic } from '../../diagnostic';
import { suggest } from '../../suggest';
import type { Facts } from '../client';
import { isNearly, isPublicEndpoint, loopbackFindings } from './endpoint';
import { error } from './trees';
import type { TextNode } from './values';

const STOPS = 'dockerd does not start';

/**
 * The values of `registry-mirrors`, also on the command line of docker:dind.
 * The order matters: each finding assumes that the ones before it did not apply, so that one wrong value gives
 * one reason.
 * @param others mirrors of the same list. A second mirror that is unknown here is accepted if one of them is
 * the cache.
 */
export function checkMirror(node: TextNode, facts: Facts, others: readonly string[] = []): Diagnostic[] {
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
    return [error('bad-url', span, `"${value}" is not a valid URL: ${STOPS}`, hint)];
  const url = new URL(value);
  if (url.username !== '' || url.password !== '')
    return [error('login-in-url', span, `a login in the URL: ${STOPS}`, hint)];
  if (url.search !== '' || url.hash !== '' || /[?#]/.test(value))
    return [error('bad-url', span, `a query or a fragment in the URL: ${STOPS}`, hint)];
  return [
    ...loopbackFindings(span, url.hostname, facts),
    ...(url.protocol === 'http:' && facts.harborUrl?.startsWith('https:')
      ? [error('plain-http', span, 'plain HTTP, but Harbor is served with TLS', hint)]
      : []),
    ...pathFindings(node, url, facts, hint, others),
  ];
}

function mirrorHint({ upstreams }: Facts): string | undefined {
  const domain = upstreams?.find(({ registry }) => registry === 'docker.io')?.mirrors[0];
  return domain === undefined ? undefined : `write https://${domain}`;
}

/**
 * The first that applies, because each explains why the mirror does not work at all:
 *
 *     any path before dockerd 24.0.8     dockerd does not start
 *     a segment v2                       404, then Docker Hub
 *     Docker Hub itself                  not a mirror
 *     HARBOR/                            the project library
 *     HARBOR/x, /harbor/…, /api/…        the portal, as HTML
 *     HARBOR/mirorr/x                    a typing error of /mirror
 *     HARBOR/mirror/PROJECT              the project is checked
 *     another host                       see domainFindings
 */
function pathFindings(
  node: TextNode,
  url: URL,
  facts: Facts,
  hint: string | undefined,
  others: readonly string[],
): Diagnostic[] {
  const { value, span } = node;
  const segments = url.pathname.split('/').filter(Boolean);
  const isHarbor = facts.harborUrl !== undefined && new URL(facts.harborUrl).host === url.host;
  const front = hint ?? `write ${url.origin}/mirror/PROJECT, with a proxy that rewrites it`;
  if (segments.length > 0 && isBefore(facts.version, 24, 0, 8)) {
    const message = `a mirror with a path needs dockerd 24.0.8, but this is ${facts.version}: ${STOPS}`;
    return [error('mirror-path', span, message, hint ?? 'use a mirror domain')];
  }
  if (segments.includes('v2')) {
    const message = 'dockerd itself appends /v2 to the path: Harbor returns 404, and Docker Hub is used';
    return [error('doubled-v2', span, message, front)];
  }
  if (isPublicEndpoint(value, undefined))
    return [error('not-the-cache', span, `${url.host} is Docker Hub itself`, hint)];
  if (isHarbor && segments.length === 0)
    return [error('no-project', span, 'this is Harbor itself: dockerd uses its project library', front)];
  if (isHarbor && (segments.length === 1 || segments[0] === 'harbor' || segments[0] === 'api'))
    return [error('portal', span, "at this path Harbor's portal responds with an HTML page", front)];
  if (isHarbor && segments[0] !== 'mirror' && suggest(segments[0] ?? '', ['mirror']) !== undefined)
    return [
      error(
        'portal',
        span,
        `no proxy rewrites /${segments[0]}: Harbor's portal responds with an HTML page`,
        'did you mean "mirror"?',
      ),
    ];
  const last = segments.at(-1);
  if (last !== undefined && (isHarbor || segments[0] === 'mirror')) return projectOfPath(last, span, facts);
  return isHarbor ? [] : domainFindings(url, span, facts, hint, others);
}

/** Only a project that serves Docker Hub is useful: dockerd asks a mirror for no other registry. */
function projectOfPath(project: string, span: TextNode['span'], { upstreams }: Facts): Diagnostic[] {
  if (!upstreams) return [];
  const found = upstreams.find((upstream) => upstream.project === project);
  const hub = upstreams.find(({ registry }) => registry === 'docker.io');
  if (!found) {
    const meant = suggest(
      project,
      upstreams.map((upstream) => upstream.project),
    );
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
      `registry-mirrors are used only for docker.io, but ${project} serves ${found.registry}`,
      hub && `write ${hub.project}`,
    ),
  ];
}

/** A mirror domain is for Docker Hub, whatever its name. */
function domainFindings(
  { host }: URL,
  span: TextNode['span'],
  { upstreams }: Facts,
  hint: string | undefined,
  others: readonly string[],
): Diagnostic[] {
  const found = upstreams?.find(({ mirrors }) => mirrors.includes(host));
  if (found && found.registry !== 'docker.io')
    return [
      error(
        'wrong-project',
        span,
        `registry-mirrors are used only for docker.io, but ${host} serves ${found.registry}`,
        hint,
      ),
    ];
  const known = (upstreams ?? []).flatMap(({ mirrors }) => mirrors);
  const isBeside = others.some((other) => known.includes(URL.canParse(other) ? new URL(other).host : ''));
  if (found || known.length === 0 || (isBeside && !known.some((one) => isNearly(host, one)))) return [];
  return [error('wrong-host', span, `${host} is not a declared mirror domain`, hint ?? `known: ${known.join(', ')}`)];
}

/**
 * Compares as dockerd does, number by number: `24.0.7` is before `24.0.8`, and suffixes such as `-rc1` or
 * `+build` are numbers of value 0.
 * @param version `undefined` is an unknown version. It is before none, so no finding rests on it.
 */
export function isBefore(version: string | undefined, ...least: readonly number[]): boolean {
  if (version === undefined) return false;
  const parts = version
    .replace(/^v/, '')
    .split(/[.+~-]/)
    .map((part) => Number.parseInt(part, 10) || 0);
  for (const [i, wanted] of least.entries()) if (parts[i] !== wanted) return (parts[i] ?? 0) < wanted;
  return false;
}
