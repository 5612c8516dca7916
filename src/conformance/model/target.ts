import type { Position } from '../../diagnostic';
import type { Credential } from '../../oci';

/** What a run is about, as plain data: who made it (a declaration, a test, flags) does not matter here. */
export interface ConformanceTarget {
  /** Scheme, host and port of Harbor. */
  readonly harborUrl: string;
  /** PEM of private CAs. */
  readonly ca?: string;
  /** Such as `v2.15.2`; asked from Harbor where absent and `apiCredential` is given. */
  readonly harborVersion?: string;
  /** May read artifacts of every project: tells when Harbor's asynchronous caching is done. */
  readonly apiCredential?: Credential;
  readonly projects: readonly ProjectTarget[];
}

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
  /** What clusters pull with. Without it pulls are anonymous. */
  readonly pullCredential?: PullCredential;
  /** Every declared robot that may pull here, `pullCredential` among them: each may be dead by itself. */
  readonly robots?: readonly PullCredential[];
  /** Declared for W1 to W3; without it nothing is ever tried to be written. */
  readonly writeProbe?: WriteProbe;
  /** What `prevent_vul` has to refuse and to let pass. */
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
  /** Type of the declared registry: behind `docker-hub` short names mean `library/`. */
  readonly registryType?: string;
  /** `max_upstream_conn`, as declared; absent or below 1: no limit. */
  readonly maxUpstreamConnections?: number;
  /** `proxy_cache_filter_pattern`, as declared. */
  readonly repositoryFilter?: RepositoryFilter;
  readonly upstream?: UpstreamControl;
  /** The upstream itself, to tell its faults from Harbor's. */
  readonly origin?: UpstreamOrigin;
  /** Domains of their own that serve this project without its name in the path. */
  readonly mirrors?: readonly MirrorTarget[];
  /** Where the project is declared. */
  readonly position?: Position;
  /** Where each of `images` is declared, in the same order. */
  readonly imagePositions?: readonly Position[];
}

/** Robots that exist to be refused. */
export interface WriteProbe {
  /** May push by its role, so that a refusal proves the rule of the proxy project and not the role. */
  readonly robot: Credential;
  /** May push, and its name begins like those of the scanner's robots. */
  readonly likeScanner?: Credential;
}

/** Images below a project with `prevent_vul`, by what has to become of a pull once they are cached. */
export interface VulnerabilityTarget {
  /** Scanned, and something at or above the severity is found. */
  readonly refused: readonly string[];
  /** Of a kind that can be scanned, and not scanned. */
  readonly unscanned: readonly string[];
  /** Scanned, and what is found is below the severity or on an allowlist. */
  readonly allowed: readonly string[];
  /** A first pull that is served is a failure, and not a known deviation. */
  readonly refuseFirstPull: boolean;
  /** The run stands where the nodes stand, and from there the upstream itself must not be reached. */
  readonly egressClosed: boolean;
}

/** Held by its own certificate, under the same authorities as Harbor's. */
export interface MirrorTarget {
  /** Scheme, host and port. */
  readonly url: string;
  /** Whose images clients ask it for: `docker.io`. */
  readonly serves: string;
  /** Declared: the front answers tags from memory, and is tried again after a silence of Harbor in `retryMs`. */
  readonly shield?: { readonly revalidateMs: number; readonly retryMs: number };
}

/** Where a proxy project's images come from, as any client would reach it. */
export interface UpstreamOrigin {
  /** Of the registry protocol: `https://registry-1.docker.io` for Docker Hub. */
  readonly url: string;
  /** PEM of private CAs. */
  readonly ca?: string;
  readonly credential?: Credential;
  /** Other origins that may be handed the credential for a token: `https://auth.docker.io`. */
  readonly realms?: readonly string[];
  /** An image that shows by HEAD how many pulls are left: `ratelimitpreview/test:latest` of Docker Hub. */
  readonly preview?: string;
}

/** Which repositories a proxy project serves, named without the project. */
export interface RepositoryFilter {
  readonly pattern: string;
  readonly kind: 'doublestar' | 'regex';
}

export interface PullCredential extends Credential {
  /** Of the declared robot, such as `robot/clusters`. */
  readonly address?: string;
  /** What it is declared to be allowed on repositories. Default `pull` and nothing else. */
  readonly actions?: readonly string[];
}

/**
 * A status for everything, with or without Retry-After; an HTML page for everything; a manifest or a blob that is
 * cut; a blob of the right length with wrong bytes; 403 for clients that send no User-Agent; a second's wait before
 * every answer; a connection reset; no answer to anything but a ping.
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
 * An upstream that does as it is told: a fixture in a demo and in tests, a canary in front of a production
 * Harbor. Projects with the same `id` share one and are run one after the other.
 */
export interface UpstreamControl {
  readonly id: string;
  /**
   * Tags an image of one layer. The same version gives the same bytes, another version gives others.
   * @param sizeBytes of the layer, or a little less; a few KiB where absent
   */
  publish(repository: string, tag: string, version: number, sizeBytes?: number): Promise<void>;
  removeTag(repository: string, tag: string): Promise<void>;
  /** How it answers from now on; `ok` ends it. */
  misbehave(mode: UpstreamMode): Promise<void>;
  /** From now on connections are refused. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** `METHOD /path` of the requests since the last call. */
  takeLog(): Promise<readonly string[]>;
}

/** Everything that may pull from this project by its declaration. */
export function robotsOf({
  robots,
  pullCredential,
}: Pick<ProjectTarget, 'robots' | 'pullCredential'>): readonly PullCredential[] {
  return robots ?? (pullCredential ? [pullCredential] : []);
}
