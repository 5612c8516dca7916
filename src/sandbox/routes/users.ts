import { created, ok, OK } from '../api/answer';
import type { Api } from '../api/api';
import { requireLogin, requireSystem } from '../api/access';
import { type Call, firstPage, flagQuery, idParam, page } from '../api/call';
import { type JsonObject, model } from '../api/model';
import { type Columns, contains, filterRows, sortRows } from '../api/query';
import { omitEmpty, wireTime } from '../go-compat/wire';
import { type Caller } from '../access/caller';
import { configuredText } from '../configuration';
import type { Context } from '../context';
import { badRequest, conflict, HarborError, notFound } from '../errors';
import { PROJECT_PERMISSIONS, SYSTEM_PERMISSIONS } from '../access/permission-catalog';
import { mayInProject, mayInSystem } from '../access/permissions';
import type { Access, UserRow } from '../store/rows';
import { hashSecret, isAcceptableSecret, matchesSecret } from '../store/secret';
import type { Store } from '../store/store';

const UserProfile = model('UserProfile', { email: 'string', realname: 'string', comment: 'string' });
const UserCreationReq = model('UserCreationReq', {
  ...UserProfile.fields,
  email: { text: 'string', maxLength: 255 },
  username: { text: 'string', maxLength: 255 },
  password: 'string',
});
const UserSysAdminFlag = model('UserSysAdminFlag', { sysadmin_flag: 'bool' });
const PasswordReq = model('PasswordReq', { old_password: 'string', new_password: 'string' });
const OIDCCliSecretReq = model('OIDCCliSecretReq', { secret: 'string' });

const ADMIN_ID = 1;
const ILLEGAL_IN_NAMES = /[,~#$%]/;

/** A body whose fields are all texts; each may be absent. */
type Texts = Partial<Record<string, string>>;

const COLUMNS: Columns<UserRow> = {
  user_id: (row) => row.id,
  username: (row) => row.username,
  email: (row) => row.email,
  realname: (row) => row.realname,
  sysadmin_flag: (row) => row.sysadmin,
  creation_time: (row) => row.creationTime,
  update_time: (row) => row.updateTime,
};

/**
 * Stands in for src/server/v2.0/handler/user.go. Robots cannot ask who they are (412), which identifies them as
 * robots (docs/harbor-behavior.md 2.2).
 *
 *     GET /users                  the system: user:list
 *     GET /users/search           any login: only id and name
 *     GET, PUT /users/N           oneself, or the system
 *     DELETE, PUT …/sysadmin      the system
 *     PUT …/password              oneself with the old password, or the system
 *     POST /users                 only with db_auth, and then the system
 */
export function register(api: Api): void {
  const { context } = api;
  const { store } = context;
  api.get('/users', (call) => {
    requireSystem(call.caller, 'user', 'list');
    const rows = others(store).filter(
      (row) => contains(row.username, call.query.get('username')) && contains(row.email, call.query.get('email')),
    );
    const matching = filterRows(rows, call.query.get('q'), COLUMNS);
    return page(call, sortRows(matching, call.query.get('sort'), COLUMNS, 'username'), userWire);
  });
  api.get('/users/current', ({ caller }) => ok(userWire(currentUser(caller))));
  api.get('/users/current/permissions', (call) => ok(currentPermissions(store, call)), { query: { relative: 'bool' } });
  api.get(
    '/users/search',
    (call) => {
      requireLogin(call.caller);
      const name = call.query.get('username') ?? '';
      const total = others(store).filter((row) => contains(row.username, name)).length;
      const found = others(store).filter((row) => row.username.includes(name));
      const render = (row: UserRow): object => ({ user_id: row.id, username: row.username });
      return firstPage(call, found, ({ username }) => username, render, total);
    },
    { query: { username: 'required' } },
  );
  api.post('/users', (call) => createUser(context, call), { body: ['userReq', UserCreationReq] });
  api.get('/users/:user_id', (call) => {
    if (!isSelf(call)) requireSystem(call.caller, 'user', 'read');
    return ok(userWire(userOf(store, call)));
  });
  registerChanges(api);
}

/** Neither oneself nor user 1 can be deleted. A CLI secret exists with OIDC only. */
function registerChanges(api: Api): void {
  const { context } = api;
  const { store, clock } = context;
  api.put(
    '/users/:user_id',
    (call) => {
      requireModifiable(store, call);
      const profile = acceptProfile(call.body as Texts);
      store.users.update(changedUser(store, call).id, { ...profile, updateTime: clock.now() });
      return OK;
    },
    { body: ['profile', UserProfile] },
  );
  api.delete('/users/:user_id', (call) => {
    requireSystem(call.caller, 'user', 'delete');
    const id = idParam(call, 'user_id');
    if (isSelf(call) || id === ADMIN_ID) throw new HarborError('FORBIDDEN', `User with ID ${id} cannot be deleted`);
    removeUser(store, userOf(store, call));
    return OK;
  });
  api.put(
    '/users/:user_id/sysadmin',
    (call) => {
      requireSystem(call.caller, 'user', 'update');
      store.users.update(changedUser(store, call).id, { sysadmin: call.body['sysadmin_flag'] === true });
      return OK;
    },
    { body: ['sysadmin_flag', UserSysAdminFlag] },
  );
  api.put('/users/:user_id/password', (call) => changePassword(store, call), { body: ['password', PasswordReq] });
  api.put(
    '/users/:user_id/cli_secret',
    (call) => {
      const mode = configuredText(store, 'auth_mode');
      if (mode !== 'oidc_auth')
        throw new HarborError('PRECONDITION', `unable to update CLI secret under authmode: ${mode}`);
      if (!isSelf(call)) requireSystem(call.caller, 'user', 'update');
      const secret = (call.body['secret'] as string | undefined) ?? '';
      if (secret !== '') requireAcceptable(secret);
      userOf(store, call);
      return OK;
    },
    { body: ['secret', OIDCCliSecretReq] },
  );
}

/** The administrator of the installation is in no list (docs/harbor-behavior.md 6.4). */
function others(store: Store): UserRow[] {
  return store.users.all().filter((row) => row.id !== ADMIN_ID);
}

/** 412 for a robot (docs/harbor-behavior.md 2.2). */
function currentUser(caller: Caller): UserRow {
  requireLogin(caller);
  if (caller.kind !== 'user')
    throw new HarborError('PRECONDITION', `get current user not available for security context: ${caller.kind}`);
  return caller.user;
}

/** Without a scope there is nothing to be relative to, so the list is empty, also for an administrator. */
function currentPermissions(store: Store, call: Call): object[] {
  requireLogin(call.caller);
  const scope = call.query.get('scope') ?? '';
  const prefix = flagQuery(call, 'relative') ? '' : `${scope}/`;
  return permissionsWithin(store, call.caller, scope).map(({ resource, action }) => ({
    action,
    resource: prefix + resource,
  }));
}

/** For an unknown scope none, and not an error. */
function permissionsWithin(store: Store, caller: Caller, scope: string): readonly Access[] {
  if (scope === '/system')
    return SYSTEM_PERMISSIONS.filter(({ resource, action }) => mayInSystem(caller, resource, action));
  const project = store.projects.get(Number(/^\/project\/(\d+)$/.exec(scope)?.[1] ?? 0));
  if (!project) return [];
  return PROJECT_PERMISSIONS.filter(({ resource, action }) => mayInProject(store, caller, project, resource, action));
}

/**
 * The mode is checked before the permission: in OIDC mode even an anonymous caller gets 403.
 *
 *      mode (403) ─► permission (401, 403) ─► password, profile, name (400) ─► name or email is taken (409)
 */
function createUser({ store, clock }: Context, call: Call): ReturnType<typeof created> {
  const mode = configuredText(store, 'auth_mode');
  if (mode !== 'db_auth')
    throw new HarborError('FORBIDDEN', `creating local user is not allowed under auth mode: ${mode}`);
  requireSystem(call.caller, 'user', 'create');
  const { username = '', password = '' } = call.body as Texts;
  requireAcceptable(password);
  const profile = acceptProfile(call.body as Texts);
  requireName('username', username);
  if (store.users.all().some((row) => row.username === username || (row.email !== '' && row.email === profile.email)))
    throw conflict(`user ${username} or email ${profile.email} already exists`);
  const now = clock.now();
  const user = store.users.insert({
    ...profile,
    username,
    sysadmin: false,
    password: hashSecret(password),
    creationTime: now,
    updateTime: now,
  });
  return created(`${call.path}/${user.id}`);
}

function acceptProfile({
  email = '',
  realname = '',
  comment = '',
}: Texts): Pick<UserRow, 'email' | 'realname' | 'comment'> {
  if (email === '') throw badRequest("email can't be empty");
  if (!/^[^<>()[\]\\.,;:\s@"]+(\.[^<>()[\]\\.,;:\s@"]+)*@([a-zA-Z\-0-9]+\.)+[a-zA-Z]{2,}$/.test(email))
    throw badRequest('email with illegal format');
  requireName('realname', realname);
  if (comment.length > 30) throw badRequest('comment with illegal length');
  return { email, realname, comment };
}

function requireName(field: string, name: string): void {
  if (name.length < 1 || name.length > 255) throw badRequest(`${field} with illegal length`);
  if (ILLEGAL_IN_NAMES.test(name)) throw badRequest(`${field} contains illegal characters`);
}

/** @throws HarborError 400; the words are the same for passwords and secrets */
function requireAcceptable(secret: string): void {
  if (!isAcceptableSecret(secret))
    throw badRequest(
      'the password or secret must be 8-128, inclusively, characters long with at least 1 uppercase letter, 1 lowercase letter and 1 number',
    );
}

/** A robot is never the user of a path, whatever its id is. */
function isSelf({ caller, params }: Call): boolean {
  return caller.kind === 'user' && caller.user.id === Number(params['user_id']);
}

/** Outside database mode only the local administrator can be changed. */
function requireModifiable(store: Store, call: Call): void {
  const id = idParam(call, 'user_id');
  const database = configuredText(store, 'auth_mode') === 'db_auth';
  if (database && isSelf(call)) return;
  if (!database && id !== ADMIN_ID) throw new HarborError('FORBIDDEN', `User with ID ${id} can't be updated`);
  requireSystem(call.caller, 'user', 'update');
}

/** One's own needs the old one, and a wrong old one is 403. The same password again is 400. */
function changePassword(store: Store, call: Call): typeof OK {
  requireModifiable(store, call);
  const { old_password: oldPassword = '', new_password: newPassword = '' } = call.body as Texts;
  const user = userOf(store, call);
  if (isSelf(call) && !matchesSecret(oldPassword, user.password))
    throw new HarborError('FORBIDDEN', 'Current password is incorrect');
  requireAcceptable(newPassword);
  if (matchesSecret(newPassword, user.password)) throw badRequest('New password is identical to old password');
  store.users.update(user.id, { password: hashSecret(newPassword) });
  return OK;
}

/** @throws HarborError 404 */
function userOf(store: Store, call: Call): UserRow {
  const id = idParam(call, 'user_id');
  const row = store.users.get(id);
  if (!row) throw notFound(`user ${id} not found`);
  return row;
}

/** A change that updates no row has a different message. */
function changedUser(store: Store, call: Call): UserRow {
  const id = idParam(call, 'user_id');
  const row = store.users.get(id);
  if (!row) throw notFound(`user with id ${id} not found`);
  return row;
}

/** Memberships and sessions go too; projects keep their owner's id. */
function removeUser(store: Store, user: UserRow): void {
  for (const member of store.members.all())
    if (member.entityType === 'u' && member.entityId === user.id) store.members.remove(member.id);
  for (const session of store.sessions.all()) if (session.userId === user.id) store.sessions.remove(session.id);
  store.users.remove(user.id);
}

/** `admin_role_in_auth` is always false here. */
function userWire(row: UserRow): JsonObject {
  return {
    ...omitEmpty({
      comment: row.comment,
      creation_time: wireTime(row.creationTime),
      email: row.email,
      realname: row.realname,
      update_time: wireTime(row.updateTime),
      user_id: row.id,
      username: row.username,
    }),
    admin_role_in_auth: false,
    sysadmin_flag: row.sysadmin,
  };
}
