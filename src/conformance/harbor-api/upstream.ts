import { compact } from '../../compact';
import type { WireOptions } from '../../oci';
import { errorCode } from '../answer-words';
import { askApi, getApi, parse, type AskingProject } from './ask';

/** The registry of a project, as Harbor has it. A field that the answer lacks is absent. */
export interface LiveRegistry {
  readonly name?: string;
  readonly type?: string;
  readonly url?: string;
  readonly insecure: boolean;
  /** User name of the account; empty for none. */
  readonly account: string;
  /** `healthy` or `unhealthy`: what Harbor believes. */
  readonly status?: string;
}

interface RegistryWire {
  readonly name?: unknown;
  readonly type?: unknown;
  readonly url?: unknown;
  readonly insecure?: unknown;
  readonly status?: unknown;
  readonly credential?: { readonly access_key?: unknown } | null;
}

/** Undefined for anyone who may not know; without a name where the project has no registry. */
export async function readRegistry(context: AskingProject, wire: WireOptions): Promise<LiveRegistry | undefined> {
  const id = await registryIdOf(context, wire);
  if (id === undefined) return undefined;
  return id === 0 ? { name: '', insecure: false, account: '' } : readRegistryOf(context, id, wire);
}

async function readRegistryOf(
  context: AskingProject,
  id: number,
  wire: WireOptions,
): Promise<LiveRegistry | undefined> {
  const answer = await getApi(context, `/api/v2.0/registries/${id}`, wire);
  const registry = answer.status === 200 ? (parse(answer.body) as RegistryWire | undefined) : undefined;
  // A page with 200 has no fields, which would all differ from what is declared.
  if (registry === undefined) return undefined;
  const { name, type, url, insecure, status, credential } = registry;
  return compact<LiveRegistry>({
    name: textIn(name),
    type: textIn(type),
    url: textIn(url),
    insecure: insecure === true,
    account: textIn(credential?.access_key) ?? '',
    status: textIn(status),
  });
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/**
 * `healthy` or `unhealthy`: Harbor's view of the upstream of this project; undefined if this identity may not read it.
 */
export async function readUpstreamStatus(context: AskingProject, wire: WireOptions): Promise<string | undefined> {
  return (await readRegistry(context, wire))?.status;
}

/**
 * Like `readUpstreamStatus`, for many polls: Harbor never changes the registry of a project, so its id is read only once.
 */
export function upstreamStatusPoll(context: AskingProject, wire: WireOptions): () => Promise<string | undefined> {
  let id: number | undefined;
  return async () => {
    id ??= await registryIdOf(context, wire);
    return id ? (await readRegistryOf(context, id, wire))?.status : undefined;
  };
}

/**
 * Makes Harbor contact the upstream of this project now, with its stored settings; undefined if this identity may not.
 * Only the id is sent, because any other field would replace the stored value.
 */
export async function pingUpstream(context: AskingProject, wire: WireOptions): Promise<boolean | undefined> {
  const id = await registryIdOf(context, wire);
  return id === undefined || id === 0 ? undefined : pingRegistry(context, id, wire);
}

export async function pingRegistry(
  context: AskingProject,
  id: number,
  wire: WireOptions,
): Promise<boolean | undefined> {
  const { status, body } = await askApi(context, wire, {
    method: 'POST',
    path: '/api/v2.0/registries/ping',
    body: JSON.stringify({ id }),
  });
  // Harbor's 200 has no body. An error or a page of a proxy in front says nothing about the upstream.
  if (status === 200) return body.length === 0 || parse(body) !== undefined ? true : undefined;
  return (status === 400 || status === 500) && errorCode(body) !== undefined ? false : undefined;
}

/** 0 where the project has none; undefined for anyone who may not know. */
export async function registryIdOf(context: AskingProject, wire: WireOptions): Promise<number | undefined> {
  const answer = await getApi(context, `/api/v2.0/projects/${context.project.name}`, wire);
  const { registry_id: id, project_id: projectId } = (parse(answer.body) ?? {}) as {
    registry_id?: unknown;
    project_id?: unknown;
  };
  if (answer.status !== 200 || typeof projectId !== 'number') return undefined;
  return typeof id === 'number' ? id : 0;
}
