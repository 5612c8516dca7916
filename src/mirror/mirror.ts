import type { Shield } from './shield';

/** How requests of a mirror domain, whose clients know of no project, come to be allowed in the project. */
export type MirrorWay = 'token-redirect' | 'robot';

/**
 * A domain that serves one project as if the project were the registry: `docker pull mirror.example.com/library/php`,
 * or `registry-mirrors` of a Docker daemon that takes no path.
 */
export interface Mirror {
  readonly hostname: string;
  /** Where clients ask it; default: 443. */
  readonly port?: number;
  readonly project: string;
  /**
   * `token-redirect`: a request for a token is sent on as one for the project; anonymous clients need a public project.
   * `robot`: the front adds a robot's credential to everything; anyone who reaches the domain reads the project.
   */
  readonly way: MirrorWay;
  /**
   * Whether a client's own login is passed on (`token-redirect` only). Docker sends a mirror what it has for Docker Hub
   * (moby/moby#42022): Harbor would refuse the pull, and the client would go to Docker Hub without an error.
   */
  readonly login?: boolean;
  /** Networks whose clients may use the domain, in CIDR form; default: everybody. */
  readonly allowFrom?: readonly string[];
  /** Answers tags from memory while Harbor or the upstream hangs. Never together with `login`: what is kept is shared. */
  readonly shield?: Shield;
}

/**
 * The only scope that a mirror needs. Harbor authorises by the first path segment alone, so one constant scope stands
 * for every repository of the project, whatever scopes the client asks for, in whatever order and escaping.
 */
export function constantScope(project: string): string {
  return `repository:${project}/x:pull`;
}

/** Escapes what is special in RE2 and PCRE alike, the syntaxes of Traefik and nginx. */
export function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
