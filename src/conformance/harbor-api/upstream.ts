import type { WireOptions } from '../../oci';
import { askApi, getApi, parse, type AskingProject } from './ask';

/**
 * `healthy` or `unhealthy`: Harbor's view of the upstream of this project; undefined if this identity may not read it.
 */
export async function readUpstreamStatus(context: AskingProject, wire: WireOptions): Promise<string | undefined> {
  const project = await getApi(context, `/api/v2.0/projects/${context.project.name}`, wire);
  const id = (parse(project.body) as { registry_id?: unknown } | undefined)?.registry_id;
  if (project.status !== 200 || typeof id !== 'number') return undefined;
  const registry = await getApi(context, `/api/v2.0/registries/${id}`, wire);
  const status = (parse(registry.body) as { status?: unknown } | undefined)?.status;
  return registry.status === 200 && typeof status === 'string' ? status : undefined;
}

/**
 * Makes Harbor contact the upstream of this project now, with its stored settings; undefined if this identity may not.
 * Only the id is sent, because any other field would replace the stored value.
 */
export async function pingUpstream(context: AskingProject, wire: WireOptions): Promise<boolean | undefined> {
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
