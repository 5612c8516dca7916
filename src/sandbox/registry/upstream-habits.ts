import type { Features } from '../versions';

/** How a release of Harbor behaves towards upstreams: data, so that a fixture upstream can tell releases apart. */
export interface UpstreamHabits {
  /** User-Agent of what is asked for: manifests, blobs, lists. */
  readonly userAgent: string;
  /** User-Agent of the request for `/v2/` and of that for a token. */
  readonly authorizerUserAgent: string;
  /** Where Docker Hub takes a user and a password, and what it calls them. */
  readonly hubLogin: { readonly path: string; readonly user: string; readonly password: string };
}

/** Upstreams limit or refuse unknown clients by this name, so the stand-in says the same. */
const HARBOR = 'harbor-registry-client';
/** What Go sends where a program says nothing. Docker Hub answers it 403 (goharbor/harbor#23025). */
const GO = 'Go-http-client/1.1';

const TOKEN_LOGIN = { path: '/v2/auth/token', user: 'identifier', password: 'secret' } as const;
const USER_LOGIN = { path: '/v2/users/login/', user: 'username', password: 'password' } as const;

export function habitsOf(features: Pick<Features, 'namesEveryRequest' | 'hubTokenLogin'>): UpstreamHabits {
  return {
    userAgent: HARBOR,
    authorizerUserAgent: features.namesEveryRequest ? HARBOR : GO,
    hubLogin: features.hubTokenLogin ? TOKEN_LOGIN : USER_LOGIN,
  };
}

/** Those of the newest release. */
export const NEWEST_HABITS = habitsOf({ namesEveryRequest: true, hubTokenLogin: true });
