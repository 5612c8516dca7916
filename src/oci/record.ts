import type { NetworkErrorCode } from '../errors';

/** One request that really went out, fit for a report: no credential, no query value that could be one. */
export interface RequestRecord {
  /** Our X-Request-ID; Harbor echoes it and writes it into its logs. */
  readonly id: string;
  readonly method: string;
  /** Redacted. */
  readonly url: string;
  /** Absent if there was no response. */
  readonly status?: number;
  readonly durationMs: number;
  /** Milliseconds to the response headers. */
  readonly firstByteMs?: number;
  /** Of the body as received. */
  readonly bytes: number;
  /** `sha256:…` of the body, where it was hashed. */
  readonly digest?: string;
  /** Why there is no response, or why its body ended early. */
  readonly error?: string;
  /** The same for programs. */
  readonly errorCode?: NetworkErrorCode;
}

/** Who is told about every request. */
export type Recorder = (record: RequestRecord) => void;
