import { compact } from '../../compact';
import { printable } from '../../outside/printable';
import type { Problem } from './problem';

/**
 * `fail`: the registry is wrong. `error`: the result could not be determined. `known-deviation`: wrong, known, and
 * linked.
 */
export type Status = 'pass' | 'fail' | 'skip' | 'error' | 'known-deviation';

/** In the order of summaries. */
export const STATUSES: readonly Status[] = ['pass', 'fail', 'error', 'known-deviation', 'skip'];

/** What was seen, as text. It is in the report and is made safe to print here, because servers choose parts of it. */
export interface Evidence {
  readonly label: string;
  readonly value: string;
}

/** A number worth watching over time. */
export interface Measure {
  readonly name: 'upstream_ratelimit_remaining' | 'tls_not_after_seconds';
  /** Where it was measured: the upstream with a limit, or the host of the certificate. */
  readonly of: string;
  readonly value: number;
}

/**
 * What a check returns. Create it with `pass`, `fail`, `skip`, `error` or `knownDeviation`, which make its texts safe
 * to print.
 */
export interface Outcome {
  readonly status: Status;
  /** One or more sentences for a person; what failed and where, never only "failed". */
  readonly message: string;
  readonly evidence: readonly Evidence[];
  /** For a known deviation: URL of its issue. */
  readonly link?: string;
  readonly measures?: readonly Measure[];
  /** The one declared image that it concerns, if it is one. */
  readonly image?: string;
  /** The problems, for programs. */
  readonly problems?: readonly Problem[];
}

/** A known difference between Harbor and what clients may expect. */
export interface Deviation {
  readonly title: string;
  readonly link: string;
}

/** What the check proves was seen. The message says what that was, because a report of passes is read as well. */
export function pass(message: string, evidence: readonly Evidence[] = []): Outcome {
  return { status: 'pass', message: printable(message), evidence };
}

/** `problems` say the same for programs: causes are derived from them and from the requests, never from the message. */
export function fail(message: string, evidence: readonly Evidence[] = [], problems: readonly Problem[] = []): Outcome {
  return compact({
    status: 'fail',
    message: printable(message),
    evidence,
    problems: problems.length > 0 ? problems : undefined,
  });
}

/** Nothing was determined, and nothing had to be: a part is not declared, or another check reports it. */
export function skip(message: string): Outcome {
  return { status: 'skip', message: printable(message), evidence: [] };
}

/** Beginning of the message of a check that was not started, because the run ended or Harbor did not respond. */
export const NOT_RUN = 'not run: ';
/** Beginning of the message of a check that the end of the run interrupted. */
export const INTERRUPTED = 'interrupted: ';

/** The result could not be determined. A run with one is not conformant, as it would claim more than it knows. */
export function error(message: string, problems: readonly Problem[] = []): Outcome {
  return compact<Outcome>({
    status: 'error',
    message: printable(message),
    evidence: [],
    problems: problems.length > 0 ? problems : undefined,
  });
}

/** The title of the deviation is appended in parentheses: `causesOf` reads it there. */
export function knownDeviation(
  { title, link }: Deviation,
  message: string,
  evidence: readonly Evidence[] = [],
): Outcome {
  return { status: 'known-deviation', message: printable(`${message} (${title})`), evidence, link };
}

/** `fail` with all problems, in words and for programs, or `pass` if there is none. */
export function failOn(
  wrong: readonly string[],
  passed: string,
  evidence: readonly Evidence[] = [],
  problems: readonly Problem[] = [],
): Outcome {
  return wrong.length > 0 ? fail(wrong.join('; '), evidence, problems) : pass(passed, evidence);
}

/** Both texts are made safe to print, because they may come from a server. */
export function evidence(label: string, value: string | number): Evidence {
  return { label: printable(label), value: printable(String(value)) };
}

/** A skipped part must not hide a passed one, and nothing hides a failure. */
const WEIGHT: Readonly<Record<Status, number>> = { fail: 5, error: 4, 'known-deviation': 3, pass: 2, skip: 1 };

/** One outcome of several parts: the worst status, and the messages of all parts, the worst first. */
export function mergeOutcomes(parts: readonly { readonly part: string; readonly outcome: Outcome }[]): Outcome {
  if (parts.length === 1) return parts[0]!.outcome;
  const sorted = [...parts].sort((a, b) => WEIGHT[b.outcome.status] - WEIGHT[a.outcome.status]);
  const worst = sorted[0]?.outcome;
  if (!worst) return skip('nothing to check');
  const link = sorted.find(({ outcome }) => outcome.link !== undefined)?.outcome.link;
  const measures = parts.flatMap(({ outcome }) => outcome.measures ?? []);
  const problems = parts.flatMap(({ outcome }) => outcome.problems ?? []);
  return compact({
    status: worst.status,
    message: sorted.map(({ part, outcome }) => `${part}: ${outcome.message}`).join('\n'),
    evidence: parts.flatMap(({ part, outcome }) =>
      outcome.evidence.map(({ label, value }) => ({ label: `${part}: ${label}`, value })),
    ),
    link,
    measures: measures.length > 0 ? measures : undefined,
    problems: problems.length > 0 ? problems : undefined,
  });
}

/** Like `mergeOutcomes`, for images: names the image if only one has the worst status. */
export function mergeImages(parts: readonly { readonly part: string; readonly outcome: Outcome }[]): Outcome {
  const merged = mergeOutcomes(parts);
  const [only, ...others] = parts.filter(({ outcome }) => outcome.status === merged.status);
  return only && others.length === 0 ? { ...merged, image: only.part } : merged;
}

/** Every status has a number, 0 if there is none. */
export function countStatuses(results: readonly { readonly status: Status }[]): Record<Status, number> {
  const count = (status: Status): number => results.filter((result) => result.status === status).length;
  return Object.fromEntries(STATUSES.map((status) => [status, count(status)])) as Record<Status, number>;
}

/** The most urgent status; `pass` comes before `skip`, because something was checked. */
export function worstOf(statuses: readonly Status[]): Status {
  return [...statuses].sort((a, b) => WEIGHT[b] - WEIGHT[a])[0] ?? 'skip';
}
