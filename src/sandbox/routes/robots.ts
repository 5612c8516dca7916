import { created, ok, OK } from '../api/answer';
import type { Api } from '../api/api';
import { requireInProject, requireLogin, requireSystem } from '../api/access';
import { type Call, idParam, page } from '../api/call';
import { type JsonObject, model } from '../api/model';
import { type Columns, filterRows, parseQ, sortRows, valueOfKey, withoutKey } from '../api/query';
import { wireTime } from '../go-compat/wire';
import { auditNamed } from '../audit/entries';
import { callerName } from '../access/caller';
import type { Context } from '../context';
import { badRequest, conflict, GoPanic, HarborError, internalError, notFound } from '../errors';
import { robotFullName } from '../access/robot-name';
import { exceeds, requireValid } from '../access/robot-rules';
import { robotWire, united } from '../access/robot-wire';
import type { ProjectRow, RobotPermission, RobotRow } from '../store/rows';
import { hashSecret, isAcceptableSecret, randomSecret } from '../store/secret';
import type { Store } from '../store/store';
import type { Features } from '../versions';

const Permission = model('RobotPermission', {
  kind: 'string',
  namespace: 'string',
  access: { list: model('Access', { resource: 'string', action: 'string', effect: 'string' }) },
});

const RobotCreate = model('RobotCreate', {
  name: 'string',
  description: 'string',
  secret: 'string',
  level: 'string',
  disable: 'bool',
  duration: 'int64',
  permissions: { list: Permission },
});

const Robot = model('Robot', {
  ...RobotCreate.fields,
  id: 'int64',
  editable: 'bool',
  expires_at: 'int64',
  creator_type: 'string',
  creator_ref: 'int64',
  creation_time: 'string',
  update_time: 'string',
});

const RobotSec = model('RobotSec', { secret: 'string' });

const DAY_MS = 24 * 3600 * 1000;

const COLUMNS: Columns<RobotRow> = {
  id: (row) => row.id,
  name: (row) => row.name,
  description: (row) => row.description,
  project_id: (row) => row.projectId,
  duration: (row) => row.duration,
  expiresat: (row) => row.expiresAt,
  disabled: (row) => row.disabled,
  creation_time: (row) => row.creationTime,
  update_time: (row) => row.updateTime,
};

/**
 * Stands in for src/server/v2.0/handler/robot.go.
 *
 *     POST    generates the secret and returns it, ignores `secret` and `disable`     (docs/harbor-behavior.md 8.1)
 *     PUT     takes the whole robot; name and level must be those that it has         (8.2)
 *     PATCH   sets the given secret, or generates one and returns it
 *     expiry  creation + duration, also when the duration changes later               (8.3)
 */
export function register(api: Api): void {
  const { context } = api;
  const { store } = context;
  api.get('/robots', (call) => listRobots(context, call));
  api.post('/robots', (call) => createRobot(context, call), { body: ['robot', RobotCreate] });
  api.get('/robots/:robot_id', (call) => ok(robotWire(store, robotFor(store, call, 'read'))));
  api.put('/robots/:robot_id', (call) => updateRobot(context, call), { body: ['robot', Robot] });
  api.patch('/robots/:robot_id', (call) => refreshSecret(store, call), { body: ['robotSec', RobotSec] });
  api.delete('/robots/:robot_id', (call) => {
    const robot = robotFor(store, call, 'delete');
    const name = robotFullName(store, robot);
    store.robots.remove(robot.id);
    auditNamed(context, callerName(call.caller), 'delete', 'robot', { projectId: robot.projectId, name });
    return OK;
  });
}

/** System robots, or with `q=Level=project,ProjectID=n` the robots of one project. */
function listRobots({ store, features }: Context, call: Call): ReturnType<typeof page> {
  requireLogin(call.caller);
  const q = call.query.get('q');
  parseQ(q);
  const level = plainKey(features, q, 'Level') ?? 'system';
  if (level !== 'system' && level !== 'project') throw badRequest('bad request error level input');
  const projectId = level === 'system' ? 0 : projectIdIn(features, q);
  requireAccess(store, call, { level, projectId }, 'list');
  // The handler sets this key itself, whatever was sent.
  const rows = filterRows(store.robots.findAll('project', projectId), withoutKey(q, 'ProjectID'), COLUMNS);
  return page(call, sortRows(rows, call.query.get('sort'), COLUMNS, 'name'), (row) => robotWire(store, row));
}

/** @throws HarborError for a value that is not plain: older Harbors panic on it */
function plainKey({ stricterInput }: Features, q: string | null, key: 'Level' | 'ProjectID'): string | undefined {
  const text = valueOfKey(q, key);
  if (stricterInput || text === undefined || !/^[~[{(]/.test(text)) return text;
  throw new GoPanic(`${key} is no text`);
}

/** Robots of projects are listed for one project at a time. */
function projectIdIn(features: Features, q: string | null): number {
  const text = plainKey(features, q, 'ProjectID');
  if (text === undefined) throw badRequest('must with project ID when to query project robots');
  if (!/^\d+$/.test(text) || Number(text) <= 0) throw badRequest('ProjectID must be a positive integer');
  return Number(text);
}

/**
 * `secret` and `disable` of the request are ignored, and this is the only answer with the generated secret
 * (docs/harbor-behavior.md 8.1).
 */
function createRobot(context: Context, call: Call): ReturnType<typeof created> {
  const { store, clock, features } = context;
  const { name = '', description = '', level = '' } = call.body as Partial<Record<string, string>>;
  if (!/^[a-z0-9]+(?:[._-][a-z0-9]+)*$/.test(name))
    throw badRequest('robot name is not in lower case or contains illegal characters');
  const duration = (call.body['duration'] as number | undefined) ?? 0;
  const permissions = permissionsOf(features, call.body);
  requireValid({ duration, level, permissions });
  const project = level === 'project' ? store.projects.find('name', permissions[0]!.namespace) : undefined;
  requireAccess(store, call, { level, projectId: project?.id ?? 0 }, 'create');
  const creator = creatorFor(call, permissions);
  const scope = scopeFor(store, level, permissions);
  const fullName = scope ? `${scope.name}+${name}` : name;
  if (store.robots.find('name', fullName)) throw conflict(`robot account ${scope?.id ?? 0}:${fullName} already exists`);
  const secret = randomSecret();
  const now = clock.now();
  const robot = store.robots.insert({
    ...creator,
    name: fullName,
    level: level as RobotRow['level'],
    projectId: scope?.id ?? 0,
    description,
    duration,
    disabled: false,
    expiresAt: expiry(now, duration),
    permissions: united(permissions),
    secret: hashSecret(secret),
    creationTime: now,
    updateTime: now,
  });
  const fullRobotName = robotFullName(store, robot);
  auditNamed(context, callerName(call.caller), 'create', 'robot', { projectId: robot.projectId, name: fullRobotName });
  return created(`${call.path}/${robot.id}`, {
    creation_time: wireTime(now),
    expires_at: robot.expiresAt,
    id: robot.id,
    name: fullRobotName,
    secret,
  });
}

/** A robot may create robots, but with no more permissions than its own. */
function creatorFor(
  { caller }: Call,
  permissions: readonly RobotPermission[],
): Pick<RobotRow, 'creatorType' | 'creatorRef'> {
  if (caller.kind === 'user') return { creatorType: 'local', creatorRef: caller.user.id };
  if (caller.kind === 'anonymous') throw internalError('invalid security context');
  if (exceeds(permissions, caller.robot.permissions))
    throw new HarborError(
      'DENIED',
      `permission scope is invalid. It must be equal to or more restrictive than the creator robot's permissions: ${callerName(caller)}`,
    );
  return { creatorType: 'robot', creatorRef: caller.robot.id };
}

/** The project of a project robot; every project that a permission names must exist. */
function scopeFor(store: Store, level: string, permissions: readonly RobotPermission[]): ProjectRow | undefined {
  for (const { kind, namespace } of permissions) {
    if (kind === 'system' && namespace !== '/') throw badRequest('unknown namespace');
    if (kind === 'project' && namespace !== '*' && !store.projects.find('name', namespace))
      throw notFound(`project ${namespace} not found`);
  }
  if (level === 'system') return undefined;
  const project = store.projects.find('name', permissions[0]!.namespace);
  if (!project) throw notFound(`project ${permissions[0]!.namespace} not found`);
  return project;
}

/** The whole object must be sent; name and level must not change (docs/harbor-behavior.md 8.2). */
function updateRobot({ store, clock, features }: Context, call: Call): typeof OK {
  requireLogin(call.caller);
  const robot = robotOf(store, call);
  const { name = '', description = '', level = '' } = call.body as Partial<Record<string, string>>;
  const duration = (call.body['duration'] as number | undefined) ?? robot.duration;
  const permissions = permissionsOf(features, call.body);
  requireValid({ duration, level, permissions });
  if (robot.level === 'project') {
    const project = store.projects.find('name', permissions[0]!.namespace);
    if (!project) throw notFound(`project ${permissions[0]!.namespace} not found`);
    if (project.id !== robot.projectId) throw badRequest('cannot update the project id of robot');
  }
  requireAccess(store, call, robot, 'update');
  if (level !== robot.level || name !== robotFullName(store, robot))
    throw badRequest('cannot update the level or name of robot');
  scopeFor(store, level, permissions);
  store.robots.update(robot.id, {
    description,
    disabled: call.body['disable'] === true,
    duration,
    expiresAt: duration === robot.duration ? robot.expiresAt : expiry(robot.creationTime, duration),
    permissions: united(permissions),
    updateTime: clock.now(),
  });
  return OK;
}

/** A given secret is not repeated in the answer; a generated one is. */
function refreshSecret(store: Store, call: Call): ReturnType<typeof ok> {
  const robot = robotFor(store, call, 'update');
  const given = (call.body['secret'] as string | undefined) ?? '';
  if (given !== '' && !isAcceptableSecret(given))
    throw badRequest(
      'the secret must be 8-128, inclusively, characters long with at least 1 uppercase letter, 1 lowercase letter and 1 number',
    );
  const secret = given || randomSecret();
  store.robots.update(robot.id, { secret: hashSecret(secret) });
  return ok(given ? {} : { secret });
}

/** 401 without a login, then 404, then 403: an unknown robot belongs to no level. */
function robotFor(store: Store, call: Call, action: string): RobotRow {
  requireLogin(call.caller);
  const robot = robotOf(store, call);
  requireAccess(store, call, robot, action);
  return robot;
}

/** @throws HarborError 404 */
function robotOf(store: Store, call: Call): RobotRow {
  const id = idParam(call, 'robot_id');
  const robot = store.robots.get(id);
  if (!robot) throw notFound(`robot ${id} not found`);
  return robot;
}

/** By the level of the robot, because permissions of both levels have the same name. */
function requireAccess(
  store: Store,
  call: Call,
  { level, projectId }: { level: string; projectId: number },
  action: string,
): void {
  if (level === 'system') requireSystem(call.caller, 'robot', action);
  else requireInProject(store, call.caller, store.projects.get(projectId), 'robot', action);
}

/** null in a list is an error of its own, and its status differs between releases. */
function permissionsOf(features: Features, body: JsonObject): RobotPermission[] {
  const sent = (body['permissions'] ?? []) as (Partial<RobotPermission> | null)[];
  if (sent.includes(null)) throw missingPart(features, 'bad request empty permission');
  return sent.flatMap((one) => {
    const { kind = '', namespace = '', access = [] } = one ?? {};
    if ((access as unknown[]).includes(null)) throw missingPart(features, 'bad request empty access');
    return [{ kind, namespace, access }];
  });
}

/** Older versions read the missing permissions and panic. */
function missingPart({ stricterInput }: Features, message: string): HarborError {
  return stricterInput ? badRequest(message) : new GoPanic(message);
}

/**
 * Unix seconds; -1 is never. The days count from the creation, so that a shorter duration may expire a robot at once:
 *
 *      created     duration                  expires
 *      1 March     30                        31 March
 *      1 March     10, set on 20 March       11 March: it is refused at once
 */
function expiry(creationMs: number, durationDays: number): number {
  return durationDays === -1 ? -1 : Math.floor((creationMs + durationDays * DAY_MS) / 1000);
}
