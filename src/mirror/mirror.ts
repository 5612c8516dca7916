import type { Shield } from './shield';

/** How requests to a mirror domain, whose clients do not know the project, get access to the project. */
export type MirrorWay = 'token-redirect' | 'robot';

/**
 * A domain that serves one project as if the project were the registry: `docker pull mirror.example.com/library/php`,
 * or `registry-mirrors` of a Docker daemon that accepts no path.
 */
export interface Mirror {
  readonly hostname: string;
  /** Port for clients; default: 443. */
  readonly port?: number;
  readonly project: string;
  /**
   * `token-redirect`: a token request is redirected to one for the project; anonymous clients need a public project.
   * `robot`: the proxy adds a robot's credential to every request; every client that reaches the domain can read the
   * project.
   */
  readonly way: MirrorWay;
  /**
   * Whether a client's own login is passed on (`token-redirect` only). Docker sends its Docker Hub login to mirrors
   * (moby/moby#42022): Harbor would refuse the pull, and the client would silently use Docker Hub.
   */
  readonly login?: boolean;
  /** Networks whose clients may use the domain, in CIDR form; default: all. */
  readonly allowFrom?: readonly string[];
  /**
   * Serves tags from a cache while Harbor or the upstream hangs. Never together with `login`, because the cache is
   * shared.
   */
  readonly shield?: Shield;
}

/**
 * The only scope that a mirror needs. Harbor authorizes by the first path segment, so one constant scope covers every
 * repository of the project, whatever scopes the client requests, in any order or escaping.
 */
export function constantScope(project: string): string {
  return `repository:${project}/x:pull`;
}

/** Escapes special characters of RE2 and PCRE, the syntaxes of Traefik and nginx. */
export function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
