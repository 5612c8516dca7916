import type { RequestRecord } from '../../oci';
import { causesOf } from '../cause/causes-of';
import { instanceName, instancesOf, type CheckResult, type ConformanceReport, type Report } from '../model/result';
import { isBad } from './details';
import { writable } from './markup';
import { capitalised } from './headline';
import { formatMs, shortDigests, STATUS_WORDS } from './words';

/** What is absent does not restrict the choice. */
export interface ReplayChoice {
  readonly check?: string;
  readonly project?: string;
  readonly instance?: string;
}

/** One check of a report with all its requests, to be repeated by hand. */
export interface Replay {
  readonly harbor: string;
  readonly result: CheckResult;
  readonly steps: readonly ReplayStep[];
}

/** One request. `why` is set if there is no `curl`. */
export interface ReplayStep {
  /** Absent if it would write, or if the report does not contain the full URL. */
  readonly curl?: string;
  readonly why?: string;
  readonly request: RequestRecord;
}

/** The requested check; by default the first one of the worst cause. Undefined if there is none. */
export function replayOf(report: Report, choice: ReplayChoice): Replay | undefined {
  const runs = instancesOf(report).filter(
    ({ instance }) => choice.instance === undefined || instance === choice.instance,
  );
  for (const run of runs) {
    const result = chosen(run, choice);
    if (result) return { harbor: instanceName(run), result, steps: stepsOf(result, run.harbor) };
  }
  return undefined;
}

/**
 *       check   project   the result
 *       given   given     exactly this one
 *       given   -         the first one of its worst cause; if it did not fail, the first one
 *       -       any       the first one of the worst cause; undefined if nothing failed
 */
function chosen({ results }: ConformanceReport, { check, project }: ReplayChoice): CheckResult | undefined {
  const fits = (one: CheckResult): boolean =>
    (check === undefined || one.id === check.toUpperCase() || one.id === check) &&
    (project === undefined || one.project === project);
  const candidates = results.filter(fits);
  if (check !== undefined && project !== undefined) return candidates[0];
  const [worst] = causesOf(candidates.filter(isBad));
  const [first] = worst?.checks ?? [];
  const failed = first && candidates.find(({ id, project: of }) => id === first.id && of === first.project);
  return failed ?? (check !== undefined ? candidates[0] : undefined);
}

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD']);
const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

function stepsOf({ requests }: CheckResult, { url, address }: ConformanceReport['harbor']): ReplayStep[] {
  const harbor = new URL(url);
  const begun = new Set<string>();
  return requests.map((request): ReplayStep => {
    if (!URL.canParse(request.url)) return { request, why: 'not a URL' };
    if (/redacted|\*\*\*|%E2%80%A6|…/i.test(request.url)) return { request, why: 'its signature is not in the report' };
    if (!READS.has(request.method)) return { request, why: 'not repeated, because it writes' };
    const curl = curlOf(request, new URL(request.url), harbor, begun);
    // Another host, such as a storage, is resolved as usual.
    const connect = address === undefined ? '' : ` --connect-to ${quoted(`${harbor.hostname}::${address}:`)}`;
    return { request, curl: curl.replace(/\bcurl\b/, `curl${connect}`) };
  });
}

/**
 * Secrets are variables of the shell that the reader sets: the report contains none. The first request without a token
 * shows the challenge, so it is repeated without one.
 * @param begun what earlier commands of the script have set
 */
function curlOf({ method, status }: RequestRecord, url: URL, harbor: URL, begun: Set<string>): string {
  const isHarbor = url.host === harbor.host;
  const shown = quoted(url.href);
  const options = ['curl', '-sS', method === 'HEAD' ? '-I' : '-i'];
  if (isToken(url)) {
    begun.add('token');
    const login = isHarbor ? '"$PULL_USER:$PULL_SECRET"' : '"$UPSTREAM_USER:$UPSTREAM_SECRET"';
    return `TOKEN=$(curl -sS -u ${login} ${shown} | sed -n 's/.*"token" *: *"\\([^"]*\\)".*/\\1/p')`;
  }
  if (url.pathname.startsWith('/api/')) return [...options, '-u', '"$HARBOR_USER:$HARBOR_PASSWORD"', shown].join(' ');
  const accept = url.pathname.includes('/manifests/') ? ['-H', quoted(`Accept: ${ACCEPT}`)] : [];
  // The first request of a client has no token: this is how it finds the token service.
  const bearer = begun.has('token') || status !== 401 ? ['-H', '"Authorization: Bearer $TOKEN"'] : [];
  return [...options, ...(url.pathname === '/v2/' ? [] : bearer), ...accept, shown].join(' ');
}

function isToken({ pathname, searchParams }: URL): boolean {
  return searchParams.has('service') && /token/.test(pathname);
}

/** Quoted for a POSIX shell, whatever a server returned. */
function quoted(text: string): string {
  return `'${writable(text).replaceAll('\n', ' ').replaceAll("'", `'\\''`)}'`;
}

const VARIABLES: readonly (readonly [string, string])[] = [
  ['PULL_USER', 'the robot that clients pull with; empty for an anonymous client'],
  ['PULL_SECRET', 'its secret'],
  ['HARBOR_USER', 'a user or robot that may read the API'],
  ['HARBOR_PASSWORD', 'its password or secret'],
  ['UPSTREAM_USER', 'the account at the upstream'],
  ['UPSTREAM_SECRET', 'its password or token'],
];

/** A shell script: the findings as comments, its variables, and a command for every request. */
export function replayText({ harbor, result, steps }: Replay): string {
  const { id, title, project, status, message, cause } = result;
  const commands = steps.map(({ curl }) => curl ?? '').join('\n');
  const variables = VARIABLES.filter(([name]) => commands.includes(`$${name}`));
  return [
    '#!/bin/sh',
    ...comment(`${id} ${project ?? 'front door'} on ${harbor}: ${title}`),
    ...comment(`${STATUS_WORDS[status]}: ${shortDigests(message)}`),
    ...(cause ? comment(`${capitalised(cause.words)} (${cause.party})`) : []),
    ...(cause?.whatToDo === undefined ? [] : comment(`do: ${cause.whatToDo}`)),
    ...(cause?.command === undefined ? [] : comment(`    ${cause.command}`)),
    ...(variables.length > 0 ? ['', '# Set these first; the report contains no secrets:'] : []),
    ...variables.map(([name, what]) => `#   export ${name}=…   # ${what}`),
    ...steps.flatMap((step, at) => ['', ...stepLines(step, at + 1, steps.length)]),
    '',
  ].join('\n');
}

function stepLines({ request, curl, why }: ReplayStep, number: number, of: number): string[] {
  const { method, status, durationMs, id, error, url } = request;
  const got = status === undefined ? `no answer${error === undefined ? '' : ` (${error})`}` : String(status);
  return [
    ...comment(`${number} of ${of}: ${got} after ${formatMs(durationMs)}, X-Request-ID ${id}`),
    ...(curl === undefined ? comment(`${method} ${url}: ${why ?? 'not repeated'}`) : [curl]),
  ];
}

/** Comment lines: no text from a server can end one and become a command. */
function comment(text: string): string[] {
  return writable(text)
    .split('\n')
    .map((line) => `# ${line}`);
}
