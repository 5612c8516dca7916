import type { Severity } from '../../diagnostic';

/** What the adapter makes of an endpoint's URL. */
export interface UrlForm {
  readonly expected: string;
  /** Absent where any http or https URL may be right. */
  readonly pattern?: RegExp;
  /** `error` where another URL cannot work at all. */
  readonly severity: Severity;
  readonly hint: string;
  /** What people write instead, and what they meant. */
  readonly mistakes?: readonly { readonly pattern: RegExp; readonly hint: string }[];
}

/** What the adapter makes of an account. */
export interface AccountForm {
  readonly access_key: string;
  readonly access_secret: string;
  readonly key?: { readonly pattern: RegExp; readonly severity: Severity; readonly hint: string };
  /** Why nothing works without one. */
  readonly needed?: { readonly severity: Severity; readonly why: string; readonly hint: string };
  /** The adapter reads the account without asking whether one was sent: without `credential` Harbor panics (500). */
  readonly readBlindly?: boolean;
}

/** What Harbor's adapter of a registry type asks of an endpoint (docs/harbor-behavior.md 4.3). */
export interface RegistryType {
  readonly title: string;
  /** In the default of PERMITTED_REGISTRY_TYPES_FOR_PROXY_CACHE; the others serve replications only. */
  readonly proxies: boolean;
  /** The first Harbor that no longer offers it: it is in no whitelist, but its adapter still exists. */
  readonly until?: string;
  /** The first Harbor that makes no proxy cache of it any more. */
  readonly proxiesUntil?: string;
  /** Filled in where no URL is declared. */
  readonly defaultUrl?: string;
  readonly url: UrlForm;
  readonly account: AccountForm;
}

export const USE_DOCKER_REGISTRY = 'for any other registry declare type: docker-registry';
