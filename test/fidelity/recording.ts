import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FixtureAction } from '../../src/upstream';

/** What a real Harbor answered to one request. Values may hold `${variable}` and placeholders such as `<id>`. */
export interface RecordedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON, or null for an empty answer. */
  readonly body?: unknown;
  readonly text?: string;
  /** Length of an answer that is neither. */
  readonly bytes?: number;
  /** A page, whatever it says. */
  readonly html?: true;
  readonly cookies?: readonly string[];
  /** The access list inside the token of the answer. */
  readonly jwtAccess?: unknown;
  /** The connection ended before the answer did. */
  readonly broken?: true;
}

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Until {
  readonly status?: number;
  readonly bodyIncludes?: string;
  readonly bodyExcludes?: string;
}

export interface Step {
  /** `admin`, `anonymous`, `basic:USER:SECRET` or `bearer:VARIABLE`. */
  readonly as?: string;
  readonly request?: RecordedRequest;
  readonly response?: RecordedResponse;
  /** Variable name -> `location-id`, `cookie:NAME`, `header:NAME`, `path:HEADER` or a path into the JSON body. */
  readonly save?: Readonly<Record<string, string>>;
  readonly until?: Until;
  /** Expression -> what stands for it in every text of the answer before it is compared. */
  readonly mask?: Readonly<Record<string, string>>;
  /** Places in the answer, `*` for each, whose value is not compared; it may also be absent. */
  readonly ignore?: readonly string[];
  /** Places of lists whose order is not compared. */
  readonly unordered?: readonly string[];
  readonly timeoutS?: number;
  readonly everyS?: number;
  readonly observedAfterS?: number;
  readonly timedOut?: true;
  readonly sleepS?: number;
  readonly upstream?: FixtureAction;
  readonly clearUpstreamLog?: true;
  readonly upstreamSaw?: true;
  /** What the upstream was asked since its log was last cleared. */
  readonly saw?: readonly string[];
}

export interface Recording {
  readonly case: string;
  readonly about: string;
  readonly harbor: string;
  readonly steps: readonly Step[];
  readonly cleanup: readonly Step[];
}

export function loadRecordings(folder: string): Recording[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Recording);
}

/**
 * A recording whose names are made unique by `${run}` touches nothing that another one looks at; a scanner, though,
 * becomes the default of every project.
 */
export function isSelfContained(recording: Recording): boolean {
  const text = JSON.stringify(recording.steps);
  return text.includes('${run}') && !text.includes('${scanner}');
}
