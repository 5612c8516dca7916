import type { Features } from '../versions';

/**
 * How a release of Harbor behaves towards upstreams. This is data, so that a fixture upstream can recognize the
 * release.
 */
export interface UpstreamHabits {
  /** User-Agent of requests for content: manifests, blobs, lists. */
  readonly userAgent: string;
  /** User-Agent of requests for `/v2/` and for a token. */
  readonly authorizerUserAgent: string;
  /** Where Docker Hub accepts a user and a password, and the names of their fields. */
  readonly hubLogin: { readonly path: string; readonly user: string; readonly password: string };
}

/** Upstreams limit or refuse unknown clients by User-Agent, so the stand-in sends the same one. */
const HARBOR = 'harbor-registry-client';
/** Go's default User-Agent. Docker Hub returns 403 for it (goharbor/harbor#23025). */
const GO = 'Go-http-client/1.1';

const TOKEN_LOGIN = { path: '/v2/auth/token', user: 'identifier', password: 'secret' } as const;
const USER_LOGIN = { path: '/v2/users/login/', user: 'username', password: 'password' } as const;

/**
 * Releases before 2.14.4, and 2.15.0, send Go's name for `/v2/` and for tokens, and log in to Docker Hub in the
 * old way.
 */
export function habitsOf(features: Pick<Features, 'namesEveryRequest' | 'hubTokenLogin'>): UpstreamHabits {
  return {
    userAgent: HARBOR,
    authorizerUserAgent: features.namesEveryRequest ? HARBOR : GO,
    hubLogin: features.hubTokenLogin ? TOKEN_LOGIN : USER_LOGIN,
  };
}

/** The behavior of the newest release. */
export const NEWEST_HABITS = habitsOf({ namesEveryRequest: true, hubTokenLogin: true });
