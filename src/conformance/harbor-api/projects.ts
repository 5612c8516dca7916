import { compact } from '../../compact';
import { errorCode } from '../answer-words';
import type { WireOptions } from '../../oci';
import type { PullContext } from '../model/context';
import type { RetentionPolicy } from './retention';
import { getApi, parse, type AskingProject } from './ask';

/** `hidden` is any other response, also a 500: then nothing is known, and checks skip. */
export type ProjectAnswer =
  | {
      readonly state: 'present';
      readonly id: number;
      readonly metadata: Readonly<Record<string, string>>;
      /** Unix seconds at which the project's own CVE allowlist ends; absent if it does not. */
      readonly allowlistEndsAt?: number;
    }
  | { readonly state: 'absent'; readonly why: string }
  /** This identity may not read the project. */
  | { readonly state: 'hidden'; readonly status: number; readonly why: string };

/** The project in Harbor, with its settings as the texts that Harbor stores. */
export async function readProject(context: PullContext, wire: WireOptions): Promise<ProjectAnswer> {
  const answer = await getApi(context, `/api/v2.0/projects/${context.project.name}`, wire);
  const parsed = parse(answer.body) as ProjectWire | undefined;
  if (answer.status === 200 && typeof parsed?.project_id === 'number') {
    const { expires_at: endsAt, items } = parsed.cve_allowlist ?? {};
    // Harbor ignores it if the system's list is used; an empty one has nothing that could end.
    const isOwn = parsed.metadata?.['reuse_sys_cve_allowlist'] !== 'true' && Array.isArray(items) && items.length > 0;
    return compact({
      state: 'present',
      id: parsed.project_id,
      metadata: parsed.metadata ?? {},
      allowlistEndsAt: isOwn && typeof endsAt === 'number' && endsAt > 0 ? endsAt : undefined,
    });
  }
  const why = `reading the project returned ${answer.status} [${answer.requestId}]`;
  // A 404 from a proxy in front is not Harbor's.
  if (answer.status === 404 && errorCode(answer.body) !== undefined) return { state: 'absent', why };
  return { state: 'hidden', status: answer.status, why };
}

/** Bytes of the project's quota; undefined if there is none or this identity may not read it. */
export async function readQuota(
  context: AskingProject,
  wire: WireOptions,
): Promise<{ readonly hardBytes: number; readonly usedBytes: number } | undefined> {
  const answer = await getApi(context, `/api/v2.0/projects/${context.project.name}/summary`, wire);
  const { quota } = (parse(answer.body) ?? {}) as { quota?: Record<'hard' | 'used', { storage?: unknown }> };
  const [hardBytes, usedBytes] = [quota?.hard?.storage, quota?.used?.storage];
  return typeof hardBytes === 'number' && typeof usedBytes === 'number' ? { hardBytes, usedBytes } : undefined;
}

/** The policy that deletes artifacts of the project; undefined if there is none or this identity may not read it. */
export async function readRetention(context: PullContext, wire: WireOptions): Promise<RetentionPolicy | undefined> {
  const project = await readProject(context, wire);
  const id = project.state === 'present' ? project.metadata['retention_id'] : undefined;
  if (id === undefined || !/^\d+$/.test(id)) return undefined;
  const answer = await getApi(context, `/api/v2.0/retentions/${id}`, wire);
  return answer.status === 200 ? (parse(answer.body) as RetentionPolicy | undefined) : undefined;
}

interface ProjectWire {
  readonly project_id?: unknown;
  readonly metadata?: Readonly<Record<string, string>> | null;
  readonly cve_allowlist?: { readonly expires_at?: unknown; readonly items?: unknown } | null;
}

/** Whether the project has a scanner; undefined if this identity may not read it. */
export async function hasScanner(context: AskingProject, wire: WireOptions): Promise<boolean | undefined> {
  const answer = await getApi(context, `/api/v2.0/projects/${context.project.name}/scanner`, wire);
  if (answer.status !== 200) return undefined;
  // Without a scanner Harbor returns an empty body.
  if (answer.body.length === 0) return false;
  const scanner = parse(answer.body) as { uuid?: unknown } | null | undefined;
  if (typeof scanner !== 'object' || scanner === null) return undefined;
  return typeof scanner.uuid === 'string' && scanner.uuid !== '';
}
