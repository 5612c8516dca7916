import type { NetworkErrorCode } from '../errors';

/** One request that was sent, safe for a report: no credential, and no query value that could be one. */
export interface RequestRecord {
  /** Our X-Request-ID; Harbor returns it and logs it. */
  readonly id: string;
  readonly method: string;
  /** Redacted. */
  readonly url: string;
  /** Absent if there was no response. */
  readonly status?: number;
  readonly durationMs: number;
  /** Milliseconds to the response headers. */
  readonly firstByteMs?: number;
  /** Size of the body as received. */
  readonly bytes: number;
  /** `sha256:…` of the body, if it was hashed. */
  readonly digest?: string;
  /** Why there is no response, or why its body ended early. */
  readonly error?: string;
  /** The same for programs. */
  readonly errorCode?: NetworkErrorCode;
}

/** Called for every request. */
export type Recorder = (record: RequestRecord) => void;
