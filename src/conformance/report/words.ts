import type { RequestRecord } from '../../oci';
import { counted, sizeOf } from '../answer-words';
import type { Status } from '../model/outcome';
import type { CheckResult, Rank, Report, UpstreamCost } from '../model/result';

/** One line per request: `GET 200 12 ms 397 B https://… [bw-…]`. */
export function describeRequest(request: RequestRecord): string {
  const status = request.status ?? 'no answer';
  const error = request.error === undefined ? '' : ` (${request.error})`;
  return `${request.method} ${status} ${formatMs(request.durationMs)} ${sizeOf(request.bytes)} ${request.url} [${request.id}]${error}`;
}

/** `12 ms`, `1.5 s`, `2 min 5 s`. */
export function formatMs(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** For people; files for programs keep the names of the statuses. */
export const STATUS_WORDS: Readonly<Record<Status, string>> = {
  pass: 'passed',
  fail: 'failed',
  error: 'errored',
  'known-deviation': 'known deviation',
  skip: 'skipped',
};

/** One sign per status: a terminal with 80 columns shows every check, and color is never the only difference. */
export const SIGNS: Readonly<Record<Status, string>> = {
  pass: '✓',
  fail: '✗',
  error: '!',
  'known-deviation': '~',
  skip: '·',
};

/** Of these words, only the one for known deviations has a plural. */
export function statusWord(status: Status, count: number): string {
  return `${STATUS_WORDS[status]}${status === 'known-deviation' && count !== 1 ? 's' : ''}`;
}

/** `41 passed, 1 failed, 3 skipped`: without zeros. */
export function describeSummary({ summary }: Pick<Report, 'summary'>): string {
  const parts = (Object.keys(STATUS_WORDS) as Status[]).filter((status) => summary[status] > 0);
  const words = parts.map((status) => `${summary[status]} ${statusWord(status, summary[status])}`);
  return words.join(', ') || 'nothing was checked';
}

/** Twelve digits distinguish digests; the requests below show them completely. */
export function shortDigests(text: string): string {
  return text.replace(/sha256:([0-9a-f]{12})[0-9a-f]{52}/g, 'sha256:$1…');
}

/** The column of the causes in reports. */
export const RANK_WORDS: Readonly<Record<Rank, string>> = {
  exposure: 'exposure',
  outage: 'outage',
  undetermined: 'cause not determined',
  soon: 'soon',
  proof: "this proof's image",
  known: 'known deviation',
};

/** A check ends with the request that decided it, so the last ones are the interesting ones. */
const MAX_TOLD_REQUESTS = 3;

/** The requests that a message mentions; if none, the last ones. */
export function toldRequests({ message, requests }: CheckResult): readonly RequestRecord[] {
  const named = requests.filter(({ id }) => message.includes(id));
  return named.length > 0 ? named : requests.slice(-MAX_TOLD_REQUESTS);
}

/** Who is at fault and what to do about it, before what was seen. */
export function causeLines({ cause }: CheckResult): string[] {
  if (!cause) return [];
  return [
    `Cause (${cause.party}): ${cause.words}`,
    ...(cause.whatToDo === undefined ? [] : [`To do: ${cause.whatToDo}`]),
    ...(cause.command === undefined ? [] : [cause.command]),
    ...(cause.yaml === undefined ? [] : [`Change:\n${cause.yaml}`]),
  ];
}

/** One line for upstreams with the same cost. */
export function upstreamCostLines(upstreams: readonly UpstreamCost[]): string[] {
  const groups = new Map<string, UpstreamCost[]>();
  for (const one of upstreams) {
    const { host: _host, ...cost } = one;
    const key = JSON.stringify(cost);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map((alike) => {
    const [first] = alike;
    const hosts = alike.map(({ host }) => host);
    const named =
      hosts.length > MAX_TOLD_HOSTS
        ? `${hosts.slice(0, MAX_TOLD_HOSTS).join(', ')} and ${hosts.length - MAX_TOLD_HOSTS} more`
        : hosts.join(', ');
    return upstreamCostWords({ ...first!, host: hosts.length > 1 ? `${named}, each` : named });
  });
}

/** Hosts with the same cost that are named; the others are counted. */
const MAX_TOLD_HOSTS = 3;

/** `quay.io: 12 requests from here (4 KiB); a run with an empty cache: up to 6 pulls; no limit is announced` */
function upstreamCostWords({ host, requests, bytes, pullsWhenCold, pulls, limit, remaining }: UpstreamCost): string {
  const asked = `${host}: ${counted(requests, 'request')} from here (${sizeOf(bytes)})`;
  const cold = `a run with an empty cache: up to ${counted(pullsWhenCold, 'pull')}`;
  if (limit === undefined) return `${asked}; ${cold}; no limit is announced`;
  const share = limit > 0 ? ` (${Math.ceil((100 * pullsWhenCold) / limit)} % of ${limit})` : '';
  return `${asked}; this run: up to ${counted(pulls ?? 0, 'pull')} of ${remaining ?? 0} left; ${cold}${share}`;
}
