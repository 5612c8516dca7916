import { type Answer, created, ok, OK } from '../api/answer';
import type { Api } from '../api/api';
import { requireLogin, requireSystem } from '../api/access';
import { type Call, firstPage, idParam, page } from '../api/call';
import { model } from '../api/model';
import { contains } from '../api/query';
import { omitEmpty } from '../go-compat/wire';
import { configuredText } from '../configuration';
import { badRequest, conflict, type HarborError, internalError, notFound } from '../errors';
import { searchGroups } from '../access/ldap-directory';
import type { UserGroupRow } from '../store/rows';
import type { Store } from '../store/store';
import { trimLower } from '../go-compat/trim-lower';

const UserGroup = model('UserGroup', {
  id: 'int64',
  group_name: 'string',
  group_type: 'int64',
  ldap_group_dn: 'string',
});

const GROUP_TYPE_OF_MODE: Readonly<Record<string, number>> = { ldap_auth: 1, http_auth: 2 };

const LDAP_GROUP = 1;
const HTTP_GROUP = 2;

/** An empty name is ignored without an error. */
const BAD_REQUEST: Answer = { status: 400, headers: { 'content-type': 'application/json' } };

/**
 * Stands in for src/server/v2.0/handler/usergroup.go. In LDAP and HTTP mode the list has only groups of that
 * type.
 *
 *     empty name                             400 without a body
 *     LDAP group that the directory lacks    400
 *     taken by the same type, or by HTTP     409 in a POST, 500 in a PUT
 *     taken by another type                  500, from the database
 *     DELETE of an unknown one               200
 */
export function register(api: Api): void {
  const { store, clock } = api.context;
  api.get('/usergroups', (call) => {
    requireSystem(call.caller, 'user-group', 'list');
    return page(call, listed(store, call), (row) => ({
      ...shortWire(row),
      ...omitEmpty({ ldap_group_dn: row.ldapGroupDn }),
    }));
  });
  api.get(
    '/usergroups/search',
    (call) => {
      requireLogin(call.caller);
      const name = call.query.get('groupname') ?? '';
      const total = store.userGroups.all().filter((row) => contains(row.name, name)).length;
      const found = store.userGroups.all().filter((row) => row.name.includes(name));
      return firstPage(call, found, ({ name: one }) => one, shortWire, total);
    },
    { query: { groupname: 'required' } },
  );
  api.post(
    '/usergroups',
    async (call) => {
      requireSystem(call.caller, 'user-group', 'create');
      const { group_name: name = '', ldap_group_dn: ldapGroupDn = '' } = call.body as Partial<Record<string, string>>;
      const type = Number(call.body['group_type'] ?? 0);
      if (name === '') return BAD_REQUEST;
      if (type === LDAP_GROUP) await requireInDirectory(store, ldapGroupDn);
      refuseTaken(store, name, type, ldapGroupDn);
      const now = clock.now();
      const dn = trimLower(ldapGroupDn);
      const group = store.userGroups.insert({ name, type, ldapGroupDn: dn, creationTime: now, updateTime: now });
      return created(`${call.path}/${group.id}`);
    },
    { body: ['usergroup', UserGroup, 'optional'] },
  );
  registerSingle(api);
}

/** Only the name can be changed; type and DN of a request are ignored. */
function registerSingle(api: Api): void {
  const { store, clock } = api.context;
  api.get('/usergroups/:group_id', (call) => {
    requireSystem(call.caller, 'user-group', 'read');
    const row = groupOf(store, call);
    // This response alone lacks the id (docs/harbor-behavior.md 6.3).
    return ok(omitEmpty({ group_name: row.name, group_type: row.type, ldap_group_dn: row.ldapGroupDn }));
  });
  api.put(
    '/usergroups/:group_id',
    (call) => {
      requireSystem(call.caller, 'user-group', 'update');
      const name = (call.body['group_name'] as string | undefined) ?? '';
      if (idParam(call, 'group_id') <= 0 || name === '') return BAD_REQUEST;
      const { id } = groupOf(store, call);
      if (store.userGroups.findAll('name', name).some((row) => row.id !== id)) throw takenInDatabase(name);
      store.userGroups.update(id, { name, updateTime: clock.now() });
      return OK;
    },
    { body: ['usergroup', UserGroup, 'optional'] },
  );
  api.delete('/usergroups/:group_id', (call) => {
    requireSystem(call.caller, 'user-group', 'delete');
    const id = idParam(call, 'group_id');
    if (id <= 0) throw badRequest('the group id should be provided');
    // Deleting a missing one succeeds.
    removeGroup(store, id);
    return OK;
  });
}

/** Only groups of the type that the login mode uses. Filters are `contains`, not equal. */
function listed(store: Store, call: Call): UserGroupRow[] {
  const mode = configuredText(store, 'auth_mode');
  const type = GROUP_TYPE_OF_MODE[mode];
  const dn = call.query.get('ldap_group_dn');
  return store.userGroups
    .all()
    .filter(
      (row) =>
        contains(row.name, call.query.get('group_name')) &&
        (type === undefined || row.type === type) &&
        (mode !== 'ldap_auth' || !dn || row.ldapGroupDn === trimLower(dn)),
    );
}

/** An id below 1 is 400 and not 404. */
function groupOf(store: Store, call: Call): UserGroupRow {
  const id = idParam(call, 'group_id');
  if (id <= 0) throw badRequest('the group id should be provided');
  const row = store.userGroups.get(id);
  if (!row) throw notFound(`the user group with id ${id} is not found`);
  return row;
}

/** A name is unique in the database; Harbor itself checks only groups of the same type and HTTP groups. */
function refuseTaken(store: Store, name: string, type: number, ldapGroupDn: string): void {
  const taken = store.userGroups.findAll('name', name);
  if (taken.some((row) => row.type === type))
    throw conflict(`duplicate user group, group name:${name}, group type: ${type}, ldap group DN: ${ldapGroupDn}`);
  if (taken.some((row) => row.type === HTTP_GROUP)) throw conflict('duplicated user group name');
  if (taken.length > 0) throw takenInDatabase(name);
}

function takenInDatabase(name: string): HarborError {
  return internalError(`the name ${name} violates unique_group_name`);
}

/** With all its memberships. */
function removeGroup(store: Store, id: number): void {
  for (const member of store.members.all())
    if (member.entityType === 'g' && member.entityId === id) store.members.remove(member.id);
  store.userGroups.remove(id);
}

function shortWire(row: UserGroupRow): object {
  return omitEmpty({ group_name: row.name, group_type: row.type, id: row.id });
}

/** An LDAP group must exist in the directory; other modes find none. */
async function requireInDirectory(store: Store, dn: string): Promise<void> {
  const isLdap = configuredText(store, 'auth_mode') === 'ldap_auth';
  const found = isLdap ? await searchGroups(store, { dn }).catch(() => []) : [];
  if (found.length === 0) throw badRequest(`LDAP Group DN is not found: DN:${dn}`);
}
