/** By what a request was, or would be, authenticated. */
export type AuthenticatedBy = 'robot' | 'session' | 'user' | 'nobody';

/** One request as it went over the wire; retries are events of their own. Holds no secret. */
export interface RequestEvent {
  readonly requestId: string;
  readonly method: string;
  /** Redacted. */
  readonly url: string;
  /** Counts from 1. */
  readonly attempt: number;
  readonly by: AuthenticatedBy;
  /** Absent if there was no response. */
  readonly status?: number;
  /** Code of the `NetworkError` where no answer came. */
  readonly error?: string;
  readonly elapsedMs: number;
}

/** Something a person should hear about although the run goes on. */
export interface Notice {
  readonly code: 'SESSION_UNAVAILABLE' | 'SESSION_RENEWED' | 'LIST_CHANGED';
  readonly message: string;
}

export interface Timeouts {
  /** To connect and finish the TLS handshake. Default 5,000. */
  readonly connectMs?: number;
  /** Until the headers of a read arrive. Default 15,000. */
  readonly headersMs?: number;
  /** Until the headers of a write arrive: Harbor checks upstreams live before it stores them. Default 60,000. */
  readonly writeMs?: number;
  /** Without a byte of the body. Default 30,000. */
  readonly bodyMs?: number;
  /** One attempt from first to last byte, against servers that drip. Default 60,000. */
  readonly attemptMs?: number;
  /** One request with all its tries and the waits between them. Default 120,000. */
  readonly totalMs?: number;
  /** One list with all its pages, read again where it changed. Default 60,000. */
  readonly listMs?: number;
}

export interface ClientOptions {
  /** Scheme, host and port; `/api/v2.0` is added. */
  readonly url: string;
  /** PEM of private CAs, trusted beside the public ones. */
  readonly ca?: string;
  readonly robot?: { readonly name: string; readonly secret: () => Promise<string> };
  readonly user?: { readonly username: string; readonly password: () => Promise<string> };
  readonly timeouts?: Timeouts;
  /** Largest answer that is read, in bytes. Default 32 MiB. */
  readonly maxBodyBytes?: number;
  /** Largest list that is read, all its pages and readings together, in bytes. Default 64 MiB. */
  readonly maxListBytes?: number;
  /** Milliseconds from now after which nothing is sent any more. Default: no deadline. */
  readonly runDeadlineMs?: number;
  /** Requests in flight. Default 16. */
  readonly concurrency?: number;
  /** Stops the run: reads and waits end at once, writes in flight get a few seconds, nothing new is sent. */
  readonly signal?: AbortSignal;
  readonly onRequest?: (event: RequestEvent) => void;
  readonly onNotice?: (notice: Notice) => void;
  /** In [0, 1), for the jitter of retries. */
  readonly random?: () => number;
  readonly sleep?: (delayMs: number, signal: AbortSignal) => Promise<void>;
}

export const DEFAULT_TIMEOUTS: Required<Timeouts> = {
  connectMs: 5_000,
  headersMs: 15_000,
  writeMs: 60_000,
  bodyMs: 30_000,
  attemptMs: 60_000,
  totalMs: 120_000,
  listMs: 60_000,
};

export const DEFAULT_MAX_BODY_BYTES = 32 * 1024 * 1024;
export const DEFAULT_MAX_LIST_BYTES = 64 * 1024 * 1024;
export const DEFAULT_CONCURRENCY = 16;
