import type { Diagnostic } from '../../diagnostic';
import type { Profile } from '../client';

/** `cannot tell` is a result, too: it is given wherever the evidence could have another reason (see `judge`). */
export const VERDICTS = ['served by the cache', 'bypassed', 'misconfigured', 'cannot tell'] as const;
/** Who serves a client, as far as the evidence shows. */
export type Verdict = (typeof VERDICTS)[number];

/** The response of the cache to the client's request. */
export type CacheAnswer =
  | { readonly serves: true; readonly identities: readonly string[]; readonly isAnonymous: boolean }
  /** `status` of the response; absent if there was none. */
  | { readonly serves: false; readonly why: string; readonly isUnreachable: boolean; readonly status?: number };

/** The image that the public registry has under the same name. */
export type PublicAnswer =
  | { readonly has: true; readonly identities: readonly string[] }
  /** `denied`: it requires a login and does not say whether the image exists. */
  | { readonly has: false; readonly denied: boolean }
  | { readonly has: undefined; readonly why: string; readonly isUnreachable: boolean };

/** The result of the client's own program. */
export type Pull =
  | { readonly pulled: true; readonly identities: readonly string[] }
  | { readonly pulled: false; readonly error: string; readonly kind: PullFailure };

/**
 * `missing`: the registry that was used does not have the image. `denied`: it requires another login. `untrusted`: a
 * certificate was refused. `program`: the client could not be run. `other`: another error.
 */
export type PullFailure = 'missing' | 'denied' | 'untrusted' | 'program' | 'other';

/** One image, pulled by the client, with the responses of the cache and the public registry. */
export interface Trial {
  readonly reference: string;
  readonly cache: CacheAnswer;
  readonly public: PublicAnswer;
  readonly pull: Pull;
}

/**
 * Everything that is known about one client and one registry.
 * A canary shows whether the cache is used. The refused image shows what happens when the cache does not serve:
 * whether the client is strict.
 *
 *                      the cache has it     the public registry has it     pulled by the client
 *     canary           yes                  no                             it uses the cache
 *     refused image    no: it refuses it    yes                            it falls back
 */
export interface Evidence {
  readonly profile: Profile;
  /** Host and port of Harbor or of the mirror domain: errors contain it if the cache was used. */
  readonly cacheHost: string;
  /** Errors of the static check. */
  readonly findings: readonly Diagnostic[];
  /** Whether a file that configures the client was found; undefined: not checked. */
  readonly hasFiles?: boolean;
  /** An image that only the cache has. Absent if none is known; `noCanary` says why. */
  readonly canary?: Trial;
  readonly noCanary?: string;
  /** An image that the public registry has and the cache refuses. */
  readonly refused?: Trial;
}

/** The verdict for one client and one registry. */
export interface Judgement {
  readonly verdict: Verdict;
  /** One sentence: the evidence. */
  readonly because: string;
  /** What to do, if anything. */
  readonly hint?: string;
  /** The line to change. */
  readonly fix?: Diagnostic;
  /** Notes in addition to the verdict. */
  readonly notes: readonly string[];
}

const DENIED = /denied|unauthorized|authentication required|authorization failed|insufficient_scope|\b(401|403)\b/i;
const MISSING = /not found|manifest unknown|name unknown|does not exist|no such image|\b404\b/i;
const UNTRUSTED = /x509|certificate signed by unknown authority|certificate verify failed|unable to verify|tls:/i;
const NO_PROGRAM =
  /ENOENT|command not found|cannot connect to|connect: no such file|is the docker daemon running|permission denied.*\.sock|context deadline exceeded.*\.sock|failed to dial|rpc error: code = (Unavailable|Unimplemented)|timed out after/i;

/**
 * Lines that a program prints regardless of the error: crictl warns about a missing configuration whatever fails later.
 */
const ON_THE_WAY = /\blevel="?(?:warning|info|debug)\b|^(?:[IW]\d{4} |WARN|warning:)/i;

/** The lines that may contain the reason of a failure; all lines if none is left. */
export function linesOfFailure(said: string): string[] {
  const lines = said.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
  const left = lines.filter((line) => !ON_THE_WAY.test(line));
  return left.length > 0 ? left : lines;
}

/**
 * The reason that a failed program printed.
 * By the text alone, because the programs have no common exit codes. The order decides: the message of a daemon
 * that does not run may contain words of the later kinds.
 */
export function failureOf(error: string): PullFailure {
  if (NO_PROGRAM.test(error)) return 'program';
  if (UNTRUSTED.test(error)) return 'untrusted';
  if (DENIED.test(error)) return 'denied';
  return MISSING.test(error) ? 'missing' : 'other';
}
