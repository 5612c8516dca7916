import { type Caller, callerName } from '../access/caller';
import { HarborError, notFound } from '../errors';
import { mayInProject, mayInSystem } from '../access/permissions';
import type { ProjectRow } from '../store/rows';
import type { Store } from '../store/store';
import type { Call } from './call';

/** @throws HarborError 401, with the bare word that Harbor's handlers use */
export function requireLogin(caller: Caller): void {
  if (caller.kind === 'anonymous') throw new HarborError('UNAUTHORIZED', 'unauthorized');
}

/** @throws HarborError 401, or 403 whose message is the bare name of the caller (docs/harbor-behavior.md 2.3). */
export function requireSystem(caller: Caller, resource: string, action: string): void {
  requireLogin(caller);
  if (!mayInSystem(caller, resource, action)) throw new HarborError('FORBIDDEN', callerName(caller));
}

/**
 * An anonymous caller gets 401 and a known one 403, so that only the first is asked to log in.
 * @param project `undefined`: it does not exist. Then only a caller with the permission on every project
 * passes, and the handler can return 404. Others cannot find out by the status whether a project exists.
 * @throws HarborError 401, 403
 */
export function requireInProject(
  store: Store,
  caller: Caller,
  project: ProjectRow | undefined,
  resource: string,
  action: string,
): void {
  if (mayInProject(store, caller, project ?? NO_PROJECT, resource, action)) return;
  requireLogin(caller);
  throw new HarborError('FORBIDDEN', 'forbidden');
}

/**
 * The project that `:project` names, if the caller has this permission on it. A missing project is 404 only for callers
 * who have the permission everywhere; others get 401 or 403.
 */
export function projectFor(store: Store, call: Call, resource: string, action: string): ProjectRow {
  const nameOrId = call.params['project'] ?? '';
  const byName = call.headers['x-is-resource-name'] === 'true' || !/^\d+$/.test(nameOrId);
  const project = byName ? store.projects.find('name', nameOrId) : store.projects.get(Number(nameOrId));
  requireInProject(store, call.caller, project, resource, action);
  if (!project) throw notFound(`project ${nameOrId} not found`);
  return project;
}

/** The same for paths below `/projects/{project_name}`, where a number is also a name. */
export function namedProjectFor(store: Store, call: Call, resource: string, action: string): ProjectRow {
  const name = call.params['project'] ?? '';
  const project = store.projects.find('name', name);
  requireInProject(store, call.caller, project, resource, action);
  if (!project) throw notFound(`project ${name} not found`);
  return project;
}

/** A project that no role, namespace or public flag matches. */
const NO_PROJECT: ProjectRow = {
  id: 0,
  name: '',
  ownerId: 0,
  registryId: 0,
  metadata: {},
  allowlist: { cveIds: [], creationTime: 0, updateTime: 0 },
  creationTime: 0,
  updateTime: 0,
};
