import { created, ok, OK } from '../api/answer';
import type { Api } from '../api/api';
import { projectFor } from '../api/access';
import { type Call, idParam, page, param } from '../api/call';
import { type JsonObject, model } from '../api/model';
import { sortRows } from '../api/query';
import { audit, type AuditEvent } from '../audit/entries';
import { callerName } from '../access/caller';
import { configuredText } from '../configuration';
import type { Context } from '../context';
import { badRequest, conflict, internalError, notFound } from '../errors';
import { searchGroups } from '../access/ldap-directory';
import { ROLE_NAMES } from '../access/permissions';
import type { MemberRow, ProjectRow } from '../store/rows';
import type { Store } from '../store/store';
import { trimLower } from '../go-compat/trim-lower';

const ProjectMember = model('ProjectMember', {
  role_id: 'int64',
  member_user: model('UserEntity', { user_id: 'int64', username: 'string' }),
  member_group: model('UserGroup', {
    id: 'int64',
    group_name: 'string',
    group_type: 'int64',
    ldap_group_dn: 'string',
  }),
});

const RoleRequest = model('RoleRequest', { role_id: 'int64' });

type Entity = Pick<MemberRow, 'entityType' | 'entityId'>;

const LDAP_GROUP = 1;
const OIDC_GROUP = 3;

/**
 * Stands in for src/server/v2.0/handler/member.go. PUT and DELETE of a member of another project succeed and do
 * nothing, because Harbor runs one SQL statement with both ids.
 *
 *                      member of this project     of another project     unknown id
 *     GET              200                        404                    404
 *     PUT              200                        200, nothing           200, nothing
 *     DELETE           200                        200, nothing           200, nothing
 */
export function register(api: Api): void {
  const { context } = api;
  const { store } = context;
  api.get('/projects/:project/members', (call) => listMembers(store, call));
  api.post('/projects/:project/members', (call) => addMember(context, call), {
    body: ['project_member', ProjectMember, 'optional'],
  });
  api.get('/projects/:project/members/:mid', (call) => {
    const project = projectFor(store, call, 'member', 'read');
    const id = idParam(call, 'mid');
    const member = store.members.get(id);
    if (!member || member.projectId !== project.id || !isShown(store, member))
      throw notFound(`the project member is not found, project id ${project.id}, member id ${id}`);
    return ok(memberWire(store, member));
  });
  api.put(
    '/projects/:project/members/:mid',
    (call) => {
      const project = projectFor(store, call, 'member', 'update');
      if (!call.hasBody) throw badRequest('role can not be empty');
      const member = store.members.get(idParam(call, 'mid'));
      // Neither role nor member is checked: it is one SQL UPDATE.
      if (member?.projectId !== project.id) return OK;
      store.members.update(member.id, { roleId: Number(call.body['role_id'] ?? 0), updateTime: context.clock.now() });
      auditMember(context, call, 'update', member, project);
      return OK;
    },
    { body: ['role', RoleRequest, 'optional'] },
  );
  api.delete('/projects/:project/members/:mid', (call) => {
    const project = projectFor(store, call, 'member', 'delete');
    const member = store.members.get(idParam(call, 'mid'));
    if (member?.projectId !== project.id) return OK;
    auditMember(context, call, 'delete', member, project);
    store.members.remove(member.id);
    return OK;
  });
}

/** The total counts every member; the list joins users, groups and roles, so it may contain fewer. */
function listMembers(store: Store, call: Call): ReturnType<typeof page> {
  const project = projectFor(store, call, 'member', 'list');
  const members = store.members.findAll('project', project.id);
  const name = call.query.get('entityname');
  const shown = members.filter((row) => isShown(store, row) && (!name || entityName(store, row) === name));
  const sorted = sortRows(shown, 'entity_name', { entity_name: (row) => entityName(store, row) });
  return page(call, sorted, (row) => memberWire(store, row), { total: members.length });
}

/** A duplicate is 409 before the role is checked. */
async function addMember(context: Context, call: Call): Promise<ReturnType<typeof created>> {
  const { store, clock } = context;
  const project = projectFor(store, call, 'member', 'create');
  if (!call.hasBody) throw badRequest('the project member should provide');
  const entity = await entityFor(context, call.body);
  if (store.members.find('entity', `${project.id}/${entity.entityType}${entity.entityId}`))
    throw conflict('The project member specified already exist');
  const roleId = Number(call.body['role_id'] ?? 0);
  if (ROLE_NAMES[roleId] === undefined) throw badRequest('Failed to update project member, role is not in 1,2,3');
  const now = clock.now();
  const member = store.members.insert({
    ...entity,
    projectId: project.id,
    roleId,
    creationTime: now,
    updateTime: now,
  });
  auditMember(context, call, 'create', member, project);
  return created(`/api/v2.0/projects/${param(call, 'project')}/members/${member.id}`);
}

/** `create user member alice in project proxy`. */
function auditMember(
  context: Context,
  { caller }: Call,
  operation: AuditEvent['operation'],
  member: MemberRow,
  project: ProjectRow,
): void {
  if (!context.features.auditsMembers) return;
  const resource = entityName(context.store, member);
  const what = member.entityType === 'u' ? 'user' : 'group';
  const where = operation === 'delete' ? 'from' : 'in';
  audit(context, callerName(caller), {
    projectId: project.id,
    resource,
    resourceType: 'member',
    operation,
    operationDescription: `${operation} ${what} member ${resource} ${where} project ${project.name}`,
  });
}

/** In Harbor's order: user id, group id, user name, LDAP DN, group name (src/controller/member/controller.go). */
async function entityFor(context: Context, body: JsonObject): Promise<Entity> {
  const { store } = context;
  const user = (body['member_user'] ?? {}) as { user_id?: number; username?: string };
  const group = (body['member_group'] ?? {}) as {
    id?: number;
    group_name?: string;
    group_type?: number;
    ldap_group_dn?: string;
  };
  if (user.user_id)
    return existing(
      store.users.get(user.user_id),
      'u',
      `Failed to get user ${user.user_id}: user ${user.user_id} not found`,
    );
  if (group.id) return existing(store.userGroups.get(group.id), 'g', `Group ${group.id} not found`);
  if (user.username) return namedUser(store, user.username);
  const dn = trimLower(group.ldap_group_dn ?? '');
  if (dn) return namedGroup(context, group.group_name || dn, 1, dn);
  if (group.group_name) return namedGroup(context, group.group_name, group.group_type ?? 0);
  if (context.features.stricterInput) throw badRequest('at least one of member_user or member_group must be provided');
  throw internalError('can not get valid member entity');
}

/** An unknown id is 400; an unknown name is 404 (`namedUser`). */
function existing(row: { id: number } | undefined, entityType: 'u' | 'g', unknown: string): Entity {
  if (!row) throw badRequest(unknown);
  return { entityType, entityId: row.id };
}

function namedUser(store: Store, username: string): Entity {
  const user = store.users.find('username', username);
  if (!user) throw notFound(`user ${username} is not found`);
  return { entityType: 'u', entityId: user.id };
}

/** In OIDC and LDAP mode an unknown group is created automatically; database mode has no such search. */
async function namedGroup(context: Context, name: string, type: number, ldapGroupDn = ''): Promise<Entity> {
  const { store, clock } = context;
  const known = ldapGroupDn
    ? store.userGroups.all().find((row) => row.ldapGroupDn === ldapGroupDn && row.type === type)
    : store.userGroups.findAll('name', name).find((row) => row.type === type);
  if (known) return { entityType: 'g', entityId: known.id };
  const mode = configuredText(store, 'auth_mode');
  if (mode === 'ldap_auth' && ldapGroupDn !== '') return ldapGroup(context, ldapGroupDn);
  if (mode !== 'oidc_auth') throw notFound(`${name} not found: not supported`);
  const now = clock.now();
  const group = store.userGroups.insert({
    name,
    type: OIDC_GROUP,
    ldapGroupDn: '',
    creationTime: now,
    updateTime: now,
  });
  return { entityType: 'g', entityId: group.id };
}

/** A group that the directory has and Harbor does not is created with the member. */
async function ldapGroup({ store, clock }: Context, dn: string): Promise<Entity> {
  const [found] = await searchGroups(store, { dn }).catch(() => []);
  if (!found) throw badRequest(`Failed to get the LDAP group ${dn}`);
  const now = clock.now();
  const row = store.userGroups.insert({
    name: found.name,
    type: LDAP_GROUP,
    ldapGroupDn: trimLower(found.dn),
    creationTime: now,
    updateTime: now,
  });
  return { entityType: 'g', entityId: row.id };
}

/** Harbor reads members by a join: one whose user or group is gone, or whose role has no name, is in no response. */
function isShown(store: Store, member: MemberRow): boolean {
  return ROLE_NAMES[member.roleId] !== undefined && entityName(store, member) !== '';
}

/** Empty if the user or group does not exist any more. */
function entityName(store: Store, member: MemberRow): string {
  return member.entityType === 'u'
    ? (store.users.get(member.entityId)?.username ?? '')
    : (store.userGroups.get(member.entityId)?.name ?? '');
}

/** Nothing is left out, also no zero. */
function memberWire(store: Store, member: MemberRow): object {
  return {
    entity_id: member.entityId,
    entity_name: entityName(store, member),
    entity_type: member.entityType,
    id: member.id,
    project_id: member.projectId,
    role_id: member.roleId,
    role_name: ROLE_NAMES[member.roleId],
  };
}
