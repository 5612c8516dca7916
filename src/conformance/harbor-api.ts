import { basicAuthorization, type PlainAnswer, type PlainRequest, type WireOptions } from '../oci';
import { printable } from '../outside/printable';
import type { CheckContext, PullContext } from './model/context';
import type { RetentionPolicy } from './support/retention';

/** An artifact as Harbor's API tells it; only what decides whether an image is cached, and stays so. */
export interface Artifact {
  readonly digest: string;
  /** Digests of the children of an index. */
  readonly children: readonly string[];
  readonly tags: readonly string[];
  /** Unix milliseconds. */
  readonly pushedAtMs: number;
  /** Unix milliseconds of the last pull; absent where Harbor knows of none. */
  readonly pulledAtMs?: number;
  /** The same, of its tags too: what retention goes by. */
  readonly lastPulledAtMs?: number;
}

export type ArtifactAnswer =
  | { readonly state: 'present'; readonly artifact: Artifact }
  | { readonly state: 'absent' }
  /** This identity may not read artifacts. */
  | { readonly state: 'hidden'; readonly why: string }
  | { readonly state: 'odd'; readonly why: string };

/**
 * Asks for one artifact.
 * @param reference tag or digest
 */
export async function readArtifact(
  context: PullContext,
  repository: string,
  reference: string,
  wire: WireOptions,
): Promise<ArtifactAnswer> {
  const answer = await getApi(context, artifactPath(context, repository, reference), wire);
  if (answer.status === 404) return { state: 'absent' };
  if (answer.status === 401 || answer.status === 403)
    return { state: 'hidden', why: `reading artifacts was answered ${answer.status} [${answer.requestId}]` };
  const artifact = answer.status === 200 ? toArtifact(answer.body) : undefined;
  if (!artifact) return { state: 'odd', why: `the artifact API answered ${answer.status} [${answer.requestId}]` };
  return { state: 'present', artifact };
}

/** What the last scan of an artifact came to; of an index, that of its children together. */
export interface Scan {
  /** `Success`, `Running`, `Error` …: only with `Success` something is known of it. */
  readonly status: string;
  readonly severity?: string;
  readonly found?: number;
}

/** Undefined for what was never scanned, for what cannot be scanned, and for whoever may not know. */
export async function readScan(
  context: PullContext,
  repository: string,
  reference: string,
  wire: WireOptions,
): Promise<Scan | undefined> {
  const path = `${artifactPath(context, repository, reference)}?with_scan_overview=true`;
  const answer = await getApi(context, path, wire);
  const { scan_overview: overviews } = (parse(answer.body) ?? {}) as { scan_overview?: Record<string, ScanWire> };
  const [overview] = Object.values(overviews ?? {});
  if (answer.status !== 200 || typeof overview?.scan_status !== 'string') return undefined;
  const { scan_status: status, severity, summary } = overview;
  return {
    status,
    ...(typeof severity === 'string' && { severity }),
    ...(typeof summary?.total === 'number' && { found: summary.total }),
  };
}

export type ProjectAnswer =
  | {
      readonly state: 'present';
      readonly id: number;
      readonly metadata: Readonly<Record<string, string>>;
      /** Unix seconds at which the project's own CVE allowlist ends; absent where it does not. */
      readonly allowlistEndsAt?: number;
    }
  | { readonly state: 'absent'; readonly why: string }
  /** This identity may not read the project. */
  | { readonly state: 'hidden'; readonly why: string };

/** The project as it is in Harbor, with the texts by which Harbor keeps its settings. */
export async function readProject(context: PullContext, wire: WireOptions): Promise<ProjectAnswer> {
  const answer = await getApi(context, `/api/v2.0/projects/${context.project.name}`, wire);
  const parsed = parse(answer.body) as ProjectWire | undefined;
  if (answer.status === 200 && typeof parsed?.project_id === 'number') {
    const endsAt = parsed.cve_allowlist?.expires_at;
    return {
      state: 'present',
      id: parsed.project_id,
      metadata: parsed.metadata ?? {},
      ...(typeof endsAt === 'number' && endsAt > 0 && { allowlistEndsAt: endsAt }),
    };
  }
  const why = `reading the project was answered ${answer.status} [${answer.requestId}]`;
  return { state: answer.status === 404 ? 'absent' : 'hidden', why };
}

/** A robot as Harbor has it. */
export type RobotAnswer =
  | {
      readonly state: 'present';
      /** Unix seconds; -1 is never. */ readonly expiresAt: number;
      readonly isDisabled: boolean;
    }
  | { readonly state: 'absent' }
  /** This identity may not list robots. */
  | { readonly state: 'hidden' };

/** @param projectId of a robot of that project; those of the whole Harbor without */
export async function readRobot(
  context: PullContext,
  fullName: string,
  projectId: number | undefined,
  wire: WireOptions,
): Promise<RobotAnswer> {
  const level = projectId === undefined ? 'Level=system' : `Level=project,ProjectID=${projectId}`;
  const [, name = fullName] = /^[^$]*\$(?:[^+]*\+)?(.+)$/.exec(fullName) ?? [];
  const query = `page_size=${ROBOTS_ASKED}&q=${encodeURIComponent(`${level},name=~${name}`)}`;
  const answer = await getApi(context, `/api/v2.0/robots?${query}`, wire);
  const listed: unknown = answer.status === 200 ? parse(answer.body) : undefined;
  if (!Array.isArray(listed)) return { state: 'hidden' };
  const found = (listed as readonly (RobotWire | null)[]).find((robot) => robot?.name === fullName);
  // A list that is cut at a hundred, or by what this identity may see, proves no absence.
  if (!found)
    return listed.length < ROBOTS_ASKED && context.target.apiCredential ? { state: 'absent' } : { state: 'hidden' };
  const { expires_at: expiresAt, disable } = found;
  return typeof expiresAt === 'number'
    ? { state: 'present', expiresAt, isDisabled: disable === true }
    : { state: 'hidden' };
}

const ROBOTS_ASKED = 100;

/** `healthy` or `unhealthy`: what Harbor believes of the upstream of this project; undefined for whoever may not know. */
export async function readUpstreamStatus(
  context: Pick<PullContext, 'target' | 'anonymous' | 'project'>,
  wire: WireOptions,
): Promise<string | undefined> {
  const project = await getApi(context, `/api/v2.0/projects/${context.project.name}`, wire);
  const id = (parse(project.body) as { registry_id?: unknown } | undefined)?.registry_id;
  if (project.status !== 200 || typeof id !== 'number') return undefined;
  const registry = await getApi(context, `/api/v2.0/registries/${id}`, wire);
  const status = (parse(registry.body) as { status?: unknown } | undefined)?.status;
  return registry.status === 200 && typeof status === 'string' ? status : undefined;
}

/**
 * Has Harbor reach the upstream of this project now, with what it has stored; undefined for whoever may not. By id and
 * nothing beside it: what else is sent takes the place of what is stored.
 */
export async function pingUpstream(
  context: Pick<PullContext, 'target' | 'anonymous' | 'project'>,
  wire: WireOptions,
): Promise<boolean | undefined> {
  const project = await getApi(context, `/api/v2.0/projects/${context.project.name}`, wire);
  const id = (parse(project.body) as { registry_id?: unknown } | undefined)?.registry_id;
  if (project.status !== 200 || typeof id !== 'number' || id === 0) return undefined;
  const { status } = await askApi(context, wire, {
    method: 'POST',
    path: '/api/v2.0/registries/ping',
    body: JSON.stringify({ id }),
  });
  return status === 200 ? true : status === 400 || status === 500 ? false : undefined;
}

/** What concerns every project; undefined for what this identity may not know. */
export interface HarborState {
  readonly isReadOnly?: boolean;
  /** Names of components that Harbor calls unhealthy. */
  readonly ill?: readonly string[];
  /** Of `GET /health` where that is no answer of Harbor's. */
  readonly brokenStatus?: number;
}

export async function readHarborState(context: CheckContext, wire: WireOptions): Promise<HarborState> {
  const [info, health] = await Promise.all([
    getApi(context, '/api/v2.0/systeminfo', wire),
    context.anonymous.plain({ method: 'GET', path: '/api/v2.0/health' }, wire),
  ]);
  const { read_only: isReadOnly } = (parse(info.body) ?? {}) as { read_only?: unknown };
  const { components } = (parse(health.body) ?? {}) as { components?: unknown };
  const ill = Array.isArray(components)
    ? (components as { name?: unknown; status?: unknown }[]).filter(({ status }) => status !== 'healthy')
    : undefined;
  return {
    ...(info.status === 200 && typeof isReadOnly === 'boolean' && { isReadOnly }),
    ...(ill && { ill: ill.map(({ name }) => printable(String(name), 40)) }),
    ...(health.status >= 500 && !ill && { brokenStatus: health.status }),
  };
}

/** Bytes of the project's quota; undefined for whoever may not know it, or where there is none. */
export async function readQuota(
  context: Pick<PullContext, 'target' | 'anonymous' | 'project'>,
  wire: WireOptions,
): Promise<{ readonly hardBytes: number; readonly usedBytes: number } | undefined> {
  const answer = await getApi(context, `/api/v2.0/projects/${context.project.name}/summary`, wire);
  const { quota } = (parse(answer.body) ?? {}) as { quota?: Record<'hard' | 'used', { storage?: unknown }> };
  const [hardBytes, usedBytes] = [quota?.hard?.storage, quota?.used?.storage];
  return typeof hardBytes === 'number' && typeof usedBytes === 'number' ? { hardBytes, usedBytes } : undefined;
}

/** The policy by which artifacts of the project are removed; undefined where there is none, or for whoever may not know. */
export async function readRetention(context: PullContext, wire: WireOptions): Promise<RetentionPolicy | undefined> {
  const project = await readProject(context, wire);
  const id = project.state === 'present' ? project.metadata['retention_id'] : undefined;
  if (id === undefined || !/^\d+$/.test(id)) return undefined;
  const answer = await getApi(context, `/api/v2.0/retentions/${id}`, wire);
  return answer.status === 200 ? (parse(answer.body) as RetentionPolicy | undefined) : undefined;
}

/** `v2.15.2`, from a version like `v2.15.2-7b1a9a4f`; undefined for whoever may not know it. */
export async function readHarborVersion(context: CheckContext): Promise<string | undefined> {
  const answer = await getApi(context, '/api/v2.0/systeminfo', context.wire);
  if (answer.status !== 200) return undefined;
  const version = (parse(answer.body) as { harbor_version?: unknown } | undefined)?.harbor_version;
  return typeof version === 'string' ? version.split('-')[0] : undefined;
}

/** The repository is encoded twice: Harbor decodes its path once before it routes. */
function artifactPath({ project }: PullContext, repository: string, reference: string): string {
  const encoded = encodeURIComponent(encodeURIComponent(repository));
  return `/api/v2.0/projects/${project.name}/repositories/${encoded}/artifacts/${reference}`;
}

/** As `getApi`, for what is not read. */
async function askApi(
  context: Pick<CheckContext, 'target' | 'anonymous'> & Partial<Pick<PullContext, 'project'>>,
  wire: WireOptions,
  request: PlainRequest,
): Promise<PlainAnswer> {
  const credential = context.target.apiCredential ?? context.project?.pullCredential;
  const authorization = credential ? { authorization: await basicAuthorization(credential) } : {};
  const type: Record<string, string> = request.body === undefined ? {} : { 'content-type': 'application/json' };
  return context.anonymous.plain({ ...request, headers: { ...type, ...authorization } }, wire);
}

/** As the API credential, else as the project's own, else anonymously: a public project shows its artifacts to all. */
async function getApi(
  context: Pick<CheckContext, 'target' | 'anonymous'> & Partial<Pick<PullContext, 'project'>>,
  path: string,
  wire: WireOptions,
): Promise<PlainAnswer> {
  return askApi(context, wire, { method: 'GET', path });
}

function toArtifact(body: Buffer): Artifact | undefined {
  const parsed = parse(body) as ArtifactWire | undefined;
  if (typeof parsed?.digest !== 'string') return undefined;
  const children = (parsed.references ?? []).map(({ child_digest }) => child_digest);
  const tags = (parsed.tags ?? []).map(({ name }) => name);
  const pulledAtMs = timeOf(parsed.pull_time);
  const lastPulledAtMs = Math.max(pulledAtMs, ...(parsed.tags ?? []).map((tag) => timeOf(tag.pull_time)));
  return {
    digest: parsed.digest,
    children: children.filter((digest) => typeof digest === 'string'),
    tags: tags.filter((name) => typeof name === 'string'),
    pushedAtMs: timeOf(parsed.push_time),
    ...(pulledAtMs > 0 && { pulledAtMs }),
    ...(lastPulledAtMs > 0 && { lastPulledAtMs }),
  };
}

/** What never happened has the zero time of Go, in the year 1: here it is 0. */
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

interface ScanWire {
  readonly scan_status?: unknown;
  readonly severity?: unknown;
  readonly summary?: { readonly total?: unknown } | null;
}

interface ProjectWire {
  readonly project_id?: unknown;
  readonly metadata?: Readonly<Record<string, string>> | null;
  readonly cve_allowlist?: { readonly expires_at?: unknown } | null;
}

interface RobotWire {
  readonly name?: unknown;
  readonly expires_at?: unknown;
  readonly disable?: unknown;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
