import { compact } from '../../compact';
import { describePlain, errorCode, isPassing } from '../answer-words';
import type { WireOptions } from '../../oci';
import type { PullContext } from '../model/context';
import { getApi, parse } from './ask';

/** An artifact in Harbor's API; only the fields that decide whether an image is cached and stays cached. */
export interface Artifact {
  readonly digest: string;
  /** Digests of the children of an index. */
  readonly children: readonly string[];
  readonly tags: readonly string[];
  /** Unix milliseconds. */
  readonly pushedAtMs: number;
  /** Unix milliseconds of the last pull; absent if Harbor knows none. */
  readonly pulledAtMs?: number;
  /** The same including its tags: the value that retention uses. */
  readonly lastPulledAtMs?: number;
}

/**
 * `absent` and `hidden` only if Harbor itself says so: a 404 or 403 without the JSON of Harbor is `odd`, because a proxy in
 * front may have sent it.
 */
export type ArtifactAnswer =
  | { readonly state: 'present'; readonly artifact: Artifact }
  | { readonly state: 'absent' }
  /** This identity may not read artifacts. */
  | { readonly state: 'hidden'; readonly why: string }
  /** `isPassing`: a limit or a failure, which may be over at the next request. */
  | { readonly state: 'odd'; readonly why: string; readonly isPassing: boolean };

/**
 * Requests one artifact.
 * @param reference tag or digest
 */
export async function readArtifact(
  context: PullContext,
  repository: string,
  reference: string,
  wire: WireOptions,
): Promise<ArtifactAnswer> {
  const answer = await getApi(context, artifactPath(context, repository, reference), wire);
  const isHarbors = errorCode(answer.body) !== undefined;
  if (answer.status === 404 && isHarbors) return { state: 'absent' };
  if ((answer.status === 401 || answer.status === 403) && isHarbors)
    return { state: 'hidden', why: `reading artifacts returned ${answer.status} [${answer.requestId}]` };
  const artifact = answer.status === 200 ? toArtifact(answer.body) : undefined;
  if (!artifact)
    return {
      state: 'odd',
      why: `the artifact API returned ${describePlain(answer)}`,
      isPassing: isPassing(answer.status),
    };
  return { state: 'present', artifact };
}

/** The result of the last scan of an artifact; for an index, of its children together. */
export interface Scan {
  /** `Success`, `Running`, `Error` …: results exist only with `Success`. */
  readonly status: string;
  readonly severity?: string;
  readonly found?: number;
}

/** Without both, the artifact was never scanned, or cannot be scanned. */
export interface ScanAnswer {
  readonly scan?: Scan;
  /** Why it could not be read: then it is not known whether there is one. */
  readonly unread?: string;
}

export async function readScan(
  context: PullContext,
  repository: string,
  reference: string,
  wire: WireOptions,
): Promise<ScanAnswer> {
  const path = `${artifactPath(context, repository, reference)}?with_scan_overview=true`;
  const answer = await getApi(context, path, wire);
  if (answer.status === 404 && errorCode(answer.body) !== undefined) return {};
  const artifact = answer.status === 200 ? (parse(answer.body) as ScannedWire | undefined) : undefined;
  if (typeof artifact?.digest !== 'string') return { unread: `the artifact API returned ${describePlain(answer)}` };
  const [overview] = Object.values(artifact.scan_overview ?? {});
  if (typeof overview?.scan_status !== 'string') return {};
  const { scan_status: status, severity, summary } = overview;
  const scan = compact<Scan>({
    status,
    severity: typeof severity === 'string' ? severity : undefined,
    found: typeof summary?.total === 'number' ? summary.total : undefined,
  });
  return { scan };
}

/** The repository is encoded twice because Harbor decodes the path once before routing. */
function artifactPath({ project }: PullContext, repository: string, reference: string): string {
  const encoded = encodeURIComponent(encodeURIComponent(repository));
  return `/api/v2.0/projects/${project.name}/repositories/${encoded}/artifacts/${reference}`;
}

function toArtifact(body: Buffer): Artifact | undefined {
  const parsed = parse(body) as ArtifactWire | undefined;
  if (typeof parsed?.digest !== 'string') return undefined;
  const children = (parsed.references ?? []).map(({ child_digest }) => child_digest);
  const tags = (parsed.tags ?? []).map(({ name }) => name);
  const pulledAtMs = timeOf(parsed.pull_time);
  const lastPulledAtMs = Math.max(pulledAtMs, ...(parsed.tags ?? []).map((tag) => timeOf(tag.pull_time)));
  return compact({
    digest: parsed.digest,
    children: children.filter((digest) => typeof digest === 'string'),
    tags: tags.filter((name) => typeof name === 'string'),
    pushedAtMs: timeOf(parsed.push_time),
    pulledAtMs: pulledAtMs > 0 ? pulledAtMs : undefined,
    lastPulledAtMs: lastPulledAtMs > 0 ? lastPulledAtMs : undefined,
  });
}

/** Harbor uses Go's zero time, in the year 1, for "never": here it is 0. */
function timeOf(time: unknown): number {
  return Math.max(0, Date.parse(String(time)) || 0);
}

interface ArtifactWire {
  readonly digest?: unknown;
  readonly references?: readonly { readonly child_digest?: unknown }[] | null;
  readonly tags?: readonly { readonly name?: unknown; readonly pull_time?: unknown }[] | null;
  readonly push_time?: unknown;
  readonly pull_time?: unknown;
}

interface ScannedWire {
  readonly digest?: unknown;
  readonly scan_overview?: Readonly<Record<string, ScanWire>> | null;
}

interface ScanWire {
  readonly scan_status?: unknown;
  readonly severity?: unknown;
  readonly summary?: { readonly total?: unknown } | null;
}
