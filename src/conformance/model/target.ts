import type { Position } from '../../diagnostic';
import type { Credential } from '../../oci';

/** What a run covers, as plain data: its source (a declaration, a test, flags) does not matter here. */
export interface ConformanceTarget {
  /** Scheme, host and port of Harbor. */
  readonly harborUrl: string;
  /** PEM of private CAs. */
  readonly ca?: string;
  /** Such as `v2.15.2`; requested from Harbor if absent and `apiCredential` is given. */
  readonly harborVersion?: string;
  /** Can read artifacts of every project: finds out when Harbor's asynchronous caching is done. */
  readonly apiCredential?: Credential;
  readonly projects: readonly ProjectTarget[];
}

/** One project with everything that a check may need. What is not declared is absent, and the checks of it skip. */
export interface ProjectTarget {
  readonly name: string;
  /** As declared: anonymous clients may pull. */
  readonly public: boolean;
  /** Declared as a proxy cache project. */
  readonly proxy: boolean;
  /** Below the project: `library/alpine:3.20`, `library/alpine@sha256:…`. */
  readonly images: readonly string[];
  /** `os/arch[/variant]`; every image must serve all of them. */
  readonly platforms: readonly string[];
  /** The credential of clusters. Without it pulls are anonymous. */
  readonly pullCredential?: PullCredential;
  /** Every declared robot that may pull here, including `pullCredential`: each may stop working separately. */
  readonly robots?: readonly PullCredential[];
  /** Declared for W1 to W3; without it no write is ever tried. */
  readonly writeProbe?: WriteProbe;
  /** Images that `prevent_vul` must refuse, and those that it must allow. */
  readonly vulnerability?: VulnerabilityTarget;
  /** `prevent_vul`, `storage_limit` in bytes, as declared; absent: not declared. */
  readonly preventVulnerable?: boolean;
  /** `severity` and `auto_scan`, as declared; absent: not declared. */
  readonly severity?: string;
  readonly autoScan?: boolean;
  readonly quotaBytes?: number;
  /** `proxy_cache_local_on_not_found`: a tag that is gone upstream is served from the cache. Default false. */
  readonly localOnNotFound?: boolean;
  /** Name of the declared registry. */
  readonly registry?: string;
  /** What is declared of that registry, in the form in which Harbor returns it. */
  readonly declaredRegistry?: DeclaredRegistry;
  /** Type of the declared registry: for `docker-hub` short names mean `library/`. */
  readonly registryType?: string;
  /** `max_upstream_conn`, as declared; absent or below 1: no limit. */
  readonly maxUpstreamConnections?: number;
  /** `proxy_cache_filter_pattern`, as declared. */
  readonly repositoryFilter?: RepositoryFilter;
  readonly upstream?: UpstreamControl;
  /** The upstream itself, to distinguish its errors from Harbor's. */
  readonly origin?: UpstreamOrigin;
  /** Own domains that serve this project without its name in the path. */
  readonly mirrors?: readonly MirrorTarget[];
  /** Where the project is declared. */
  readonly position?: Position;
  /** Where each of `images` is declared, in the same order. */
  readonly imagePositions?: readonly Position[];
}

/** The fields that are compared with Harbor's registry. */
export interface DeclaredRegistry {
  readonly type: string;
  /** Absent where the type implies it. */
  readonly url?: string;
  readonly insecure: boolean;
  /** User name of the account; empty for none. */
  readonly account: string;
}

/** Robots whose writes must be refused. */
export interface WriteProbe {
  /** May push according to its role, so a refusal proves the rule of the proxy project and not the role. */
  readonly robot: Credential;
  /** May push, and its name begins like those of the scanner's robots. */
  readonly likeScanner?: Credential;
}

/** Images below a project with `prevent_vul`, by the expected result of a pull once they are cached. */
export interface VulnerabilityTarget {
  /** Scanned, with findings at or above the severity. */
  readonly refused: readonly string[];
  /** Of a type that can be scanned, but not scanned. */
  readonly unscanned: readonly string[];
  /** Scanned, with findings below the severity or on an allowlist. */
  readonly allowed: readonly string[];
  /** A served first pull is a failure instead of a known deviation. */
  readonly refuseFirstPull: boolean;
  /** The run has the same network position as the nodes, from which the upstream itself must not be reachable. */
  readonly egressClosed: boolean;
}

/** With its own certificate, from the same CAs as Harbor's. */
export interface MirrorTarget {
  /** Scheme, host and port. */
  readonly url: string;
  /** The registry whose images clients request from it: `docker.io`. */
  readonly serves: string;
  /** Declared: the proxy serves tags from a cache and retries a silent Harbor after `retryMs`. */
  readonly shield?: { readonly revalidateMs: number; readonly retryMs: number };
}

/** Source of a proxy project's images, as any client would reach it. */
export interface UpstreamOrigin {
  /** Base URL for the registry protocol: `https://registry-1.docker.io` for Docker Hub. */
  readonly url: string;
  /** PEM of private CAs. */
  readonly ca?: string;
  readonly credential?: Credential;
  /** Other origins that may get the credential for a token: `https://auth.docker.io`. */
  readonly realms?: readonly string[];
  /** An image whose HEAD shows the remaining pulls: `ratelimitpreview/test:latest` for Docker Hub. */
  readonly preview?: string;
}

/** Which repositories a proxy project serves, named without the project. */
export interface RepositoryFilter {
  readonly pattern: string;
  readonly kind: 'doublestar' | 'regex';
}

/** A declared robot, so that a cause can name the object to fix. */
export interface PullCredential extends Credential {
  /** Address of the declared robot, such as `robot/clusters`. */
  readonly address?: string;
  /** Its declared actions on repositories. Default: only `pull`. */
  readonly actions?: readonly string[];
}

/**
 * A status for everything, with or without Retry-After; an HTML page for everything; a truncated manifest or blob; a
 * blob of the right length with wrong bytes; 403 for clients without User-Agent; a delay of a second before every
 * response; a connection reset; no response to anything but a ping.
 */
export type UpstreamMode =
  | 'ok'
  | '401'
  | '403'
  | '429'
  | '429-retry-after'
  | '500'
  | 'html'
  | 'cut'
  | 'cutblob'
  | 'wrongblob'
  | 'named'
  | 'slow'
  | 'reset'
  | 'hang';

/**
 * An upstream that can be told to misbehave: a fixture in a demo and in tests, a canary for a production Harbor.
 * Projects with the same `id` share one and run one after the other.
 */
export interface UpstreamControl {
  readonly id: string;
  /**
   * Tags an image with one layer. The same version gives the same bytes, another version gives others.
   * @param sizeBytes of the layer, or slightly less; a few KiB if absent
   */
  publish(repository: string, tag: string, version: number, sizeBytes?: number): Promise<void>;
  removeTag(repository: string, tag: string): Promise<void>;
  /** How it responds from now on; `ok` ends it. */
  misbehave(mode: UpstreamMode): Promise<void>;
  /** From now on connections are refused. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** `METHOD /path` of the requests since the last call. */
  takeLog(): Promise<readonly string[]>;
}

/** All credentials that may pull from this project according to its declaration. */
export function robotsOf({
  robots,
  pullCredential,
}: Pick<ProjectTarget, 'robots' | 'pullCredential'>): readonly PullCredential[] {
  return robots ?? (pullCredential ? [pullCredential] : []);
}
