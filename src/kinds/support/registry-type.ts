import type { Severity } from '../../diagnostic';

/** How the adapter uses an endpoint's URL. */
export interface UrlForm {
  readonly expected: string;
  /** Absent if any http or https URL may be valid. */
  readonly pattern?: RegExp;
  /** `error` if another URL cannot work at all. */
  readonly severity: Severity;
  readonly hint: string;
  /** Common mistakes, and what was meant. */
  readonly mistakes?: readonly { readonly pattern: RegExp; readonly hint: string }[];
}

/** How the adapter uses an account. */
export interface AccountForm {
  readonly access_key: string;
  readonly access_secret: string;
  readonly key?: { readonly pattern: RegExp; readonly severity: Severity; readonly hint: string };
  /** Why nothing works without one. */
  readonly needed?: { readonly severity: Severity; readonly why: string; readonly hint: string };
  /** The adapter reads the account without checking that one was sent: without `credential` Harbor panics (500). */
  readonly readBlindly?: boolean;
}

/** What Harbor's adapter of a registry type requires of an endpoint (docs/harbor-behavior.md 4.3). */
export interface RegistryType {
  readonly title: string;
  /** In the default of PERMITTED_REGISTRY_TYPES_FOR_PROXY_CACHE; other types work only for replications. */
  readonly proxies: boolean;
  /** The first Harbor that no longer offers it: it is in no whitelist, but its adapter still exists. */
  readonly until?: string;
  /** The first Harbor that creates no proxy cache with it. */
  readonly proxiesUntil?: string;
  /** Used if no URL is declared. */
  readonly defaultUrl?: string;
  readonly url: UrlForm;
  readonly account: AccountForm;
}

/**
 * Hint for a URL that does not fit its type: the generic adapter works with every registry that follows the
 * specification.
 */
export const USE_DOCKER_REGISTRY = 'for any other registry declare type: docker-registry';
