import type { WireOptions } from '../../oci';
import { askApi, getApi, parse, type AskingProject } from './ask';

/** `healthy` or `unhealthy`: what Harbor believes of the upstream of this project; undefined for anyone who may not know. */
export async function readUpstreamStatus(context: AskingProject, wire: WireOptions): Promise<string | undefined> {
  const project = await getApi(context, `/api/v2.0/projects/${context.project.name}`, wire);
  const id = (parse(project.body) as { registry_id?: unknown } | undefined)?.registry_id;
  if (project.status !== 200 || typeof id !== 'number') return undefined;
  const registry = await getApi(context, `/api/v2.0/registries/${id}`, wire);
  const status = (parse(registry.body) as { status?: unknown } | undefined)?.status;
  return registry.status === 200 && typeof status === 'string' ? status : undefined;
}

/**
 * Has Harbor reach the upstream of this project now, with what it has stored; undefined for anyone who may not. By id and
 * nothing beside it: what else is sent takes the place of what is stored.
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
