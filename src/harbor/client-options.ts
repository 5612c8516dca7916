/** How a request was authenticated. */
export type AuthenticatedBy = 'robot' | 'session' | 'user' | 'nobody';

/** One request on the wire; retries are separate events. Contains no secret. */
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
  /** Code of the `NetworkError` if there was no response. */
  readonly error?: string;
  readonly elapsedMs: number;
}

/** A warning that does not stop the run. */
export interface Notice {
  readonly code: 'SESSION_UNAVAILABLE' | 'SESSION_RENEWED' | 'LIST_CHANGED';
  readonly message: string;
}

/**
 * All in milliseconds. Each limits something that the others do not see:
 *
 *     totalMs   ├─ attempt 1 ────────────────────┤ wait ├─ attempt 2 ───────────────┤
 *     attemptMs ├─ connect ─┬─ headers ─┬─ body ─┤
 *               connectMs   headersMs   bodyMs (between two bytes)
 *                           writeMs for POST, PUT, PATCH and DELETE
 *     listMs    all pages of one list
 */
export interface Timeouts {
  /** To connect and finish the TLS handshake. Default 5,000. */
  readonly connectMs?: number;
  /** Until the headers of a read arrive. Default 15,000. */
  readonly headersMs?: number;
  /** Until the headers of a write arrive: Harbor checks upstreams live before it stores them. Default 60,000. */
  readonly writeMs?: number;
  /** Without a byte of the body. Default 30,000. */
  readonly bodyMs?: number;
  /** One attempt from first to last byte, against slow servers. Default 60,000. */
  readonly attemptMs?: number;
  /** One request with all its attempts and the waits between them. Default 120,000. */
  readonly totalMs?: number;
  /** One list with all its pages, including repeated reads if it changed. Default 60,000. */
  readonly listMs?: number;
}

/**
 * Everything that one client needs. Secrets are functions, so that a run that does not need one never asks for
 * it.
 */
export interface ClientOptions {
  /** Scheme, host and port; `/api/v2.0` is added. */
  readonly url: string;
  /** PEM of private CAs, trusted in addition to the public ones. */
  readonly ca?: string;
  readonly robot?: { readonly name: string; readonly secret: () => Promise<string> };
  readonly user?: { readonly username: string; readonly password: () => Promise<string> };
  readonly timeouts?: Timeouts;
  /** Maximum size of a response in bytes. Default 32 MiB. */
  readonly maxBodyBytes?: number;
  /** Maximum size of a list in bytes, with all its pages and repeated reads. Default 64 MiB. */
  readonly maxListBytes?: number;
  /** Milliseconds from now after which no request is sent. Default: no deadline. */
  readonly runDeadlineMs?: number;
  /** Requests in flight. Default 16. */
  readonly concurrency?: number;
  /** Stops the run: reads and waits end at once, running writes get a few seconds, no new request is sent. */
  readonly signal?: AbortSignal;
  /** Called after each attempt, also for one without a response. */
  readonly onRequest?: (event: RequestEvent) => void;
  readonly onNotice?: (notice: Notice) => void;
  /** In [0, 1), for the jitter of retries. */
  readonly random?: () => number;
  readonly sleep?: (delayMs: number, signal: AbortSignal) => Promise<void>;
}

/** Each is explained at `Timeouts`. A run has no deadline of its own unless `runDeadlineMs` is set. */
export const DEFAULT_TIMEOUTS: Required<Timeouts> = {
  connectMs: 5_000,
  headersMs: 15_000,
  writeMs: 60_000,
  bodyMs: 30_000,
  attemptMs: 60_000,
  totalMs: 120_000,
  listMs: 60_000,
};

/** Against a server that never ends a response. */
export const DEFAULT_MAX_BODY_BYTES = 32 * 1024 * 1024;
/** Against a wrong total, or a proxy that repeats pages. */
export const DEFAULT_MAX_LIST_BYTES = 64 * 1024 * 1024;
/** Requests in flight to one Harbor. Lists with a limit of their own are not counted. */
export const DEFAULT_CONCURRENCY = 16;
