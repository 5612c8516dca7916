import { basicAuthorization, type PlainAnswer, type WireOptions } from '../oci';
import type { CheckContext, ProjectContext } from './check';

/** An artifact as Harbor's API tells it; only what decides whether an image is cached, and stays so. */
export interface Artifact {
  readonly digest: string;
  /** Digests of the children of an index. */
  readonly children: readonly string[];
  readonly tags: readonly string[];
  /** Unix milliseconds of the last pull; absent where Harbor knows of none. */
  readonly pulledAtMs?: number;
}

export type ArtifactAnswer =
  | { readonly state: 'present'; readonly artifact: Artifact }
  | { readonly state: 'absent' }
  /** This identity may not read artifacts. */
  | { readonly state: 'hidden'; readonly why: string }
  | { readonly state: 'odd'; readonly why: string };

/**
 * Asks for one artifact. The repository is encoded twice: Harbor decodes its path once before it routes.
 * @param reference tag or digest
 */
export async function readArtifact(
  context: ProjectContext,
  repository: string,
  reference: string,
  wire: WireOptions,
): Promise<ArtifactAnswer> {
  const encoded = encodeURIComponent(encodeURIComponent(repository));
  const path = `/api/v2.0/projects/${context.project.name}/repositories/${encoded}/artifacts/${reference}`;
  const answer = await getApi(context, path, wire);
  if (answer.status === 404) return { state: 'absent' };
  if (answer.status === 401 || answer.status === 403)
    return { state: 'hidden', why: `reading artifacts was answered ${answer.status} [${answer.requestId}]` };
  const artifact = answer.status === 200 ? toArtifact(answer.body) : undefined;
  if (!artifact) return { state: 'odd', why: `the artifact API answered ${answer.status} [${answer.requestId}]` };
  return { state: 'present', artifact };
}

/** `healthy` or `unhealthy`: what Harbor believes of the upstream of this project; undefined for whoever may not know. */
export async function readUpstreamStatus(
  context: Pick<ProjectContext, 'target' | 'anonymous' | 'project'>,
  wire: WireOptions,
): Promise<string | undefined> {
  const project = await getApi(context, `/api/v2.0/projects/${context.project.name}`, wire);
  const id = (parse(project.body) as { registry_id?: unknown } | undefined)?.registry_id;
  if (project.status !== 200 || typeof id !== 'number') return undefined;
  const registry = await getApi(context, `/api/v2.0/registries/${id}`, wire);
  const status = (parse(registry.body) as { status?: unknown } | undefined)?.status;
  return registry.status === 200 && typeof status === 'string' ? status : undefined;
}

/** Bytes of the project's quota; undefined for whoever may not know it, or where there is none. */
export async function readQuota(
  context: Pick<ProjectContext, 'target' | 'anonymous' | 'project'>,
  wire: WireOptions,
): Promise<{ readonly hardBytes: number; readonly usedBytes: number } | undefined> {
  const answer = await getApi(context, `/api/v2.0/projects/${context.project.name}/summary`, wire);
  const { quota } = (parse(answer.body) ?? {}) as { quota?: Record<'hard' | 'used', { storage?: unknown }> };
  const [hardBytes, usedBytes] = [quota?.hard?.storage, quota?.used?.storage];
  return typeof hardBytes === 'number' && typeof usedBytes === 'number' ? { hardBytes, usedBytes } : undefined;
}

/** `v2.15.2`, from a version like `v2.15.2-7b1a9a4f`; undefined for whoever may not know it. */
export async function readHarborVersion(context: CheckContext): Promise<string | undefined> {
  const answer = await getApi(context, '/api/v2.0/systeminfo', context.wire);
  if (answer.status !== 200) return undefined;
  const version = (parse(answer.body) as { harbor_version?: unknown } | undefined)?.harbor_version;
  return typeof version === 'string' ? version.split('-')[0] : undefined;
}

/** As the API credential, else as the project's own, else anonymously: a public project shows its artifacts to all. */
async function getApi(
  context: Pick<CheckContext, 'target' | 'anonymous'> & Partial<Pick<ProjectContext, 'project'>>,
  path: string,
  wire: WireOptions,
): Promise<PlainAnswer> {
  const credential = context.target.apiCredential ?? context.project?.pullCredential;
  const headers = credential ? { authorization: await basicAuthorization(credential) } : {};
  return context.anonymous.plain({ method: 'GET', path, headers }, wire);
}

function toArtifact(body: Buffer): Artifact | undefined {
  const parsed = parse(body) as ArtifactWire | undefined;
  if (typeof parsed?.digest !== 'string') return undefined;
  const children = (parsed.references ?? []).map(({ child_digest }) => child_digest);
  const tags = (parsed.tags ?? []).map(({ name }) => name);
  const pulledAtMs = Date.parse(String(parsed.pull_time));
  return {
    digest: parsed.digest,
    children: children.filter((digest) => typeof digest === 'string'),
    tags: tags.filter((name) => typeof name === 'string'),
    // What was never pulled has the zero time of Go, in the year 1.
    ...(pulledAtMs > 0 && { pulledAtMs }),
  };
}

interface ArtifactWire {
  readonly digest?: unknown;
  readonly references?: readonly { readonly child_digest?: unknown }[] | null;
  readonly tags?: readonly { readonly name?: unknown }[] | null;
  readonly pull_time?: unknown;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
