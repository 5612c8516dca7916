import { projectShape } from './support/project-shape';
import { ApplyError } from '../errors';
import type { Client } from '../harbor/client';
import type { JsonObject } from '../json';
import type { ProjectWire } from '../harbor/wire';
import { addressOf, type Kind, type Live, type WriteContext } from './kind';
import { compact, pick } from '../compact';
import { inProjects } from './support/in-projects';
import { projectPath } from './support/paths';
import { checkRobot } from './support/robot-check';
import { robotHazards } from './support/robot-hazards';
import { proveRobotSecret, robotEnd } from './support/robot-life';
import { robotPlacements } from './support/robot-schema';
import { robotSecret } from './support/robot-secret';
import type { RobotPermissions, RobotSpec } from './support/robot-spec';
import {
  permissionsFromWire,
  permissionsToWire,
  projectRobot,
  sortedPairs,
  systemRobots,
  type NamedRobotWire,
  type RobotCreatedWire,
  robotShape,
} from './support/robot-wire';
import { readable } from './support/readable';

/**
 * POST ignores `secret` and `disable`. What is created and what may fail in between:
 *
 *      POST /robots ──► id, generated secret ──► PATCH the declared secret, or write the generated one to its file
 *                                                 └─ fails ──► the robot is deleted again: its secret would be unknown
 *                                            ──► PUT disable: true, if declared
 *
 * A robot has three names:
 *
 *      declared                       identity        full name, with which clients log in
 *      robots.clusters                clusters        robot$clusters
 *      projects.proxy.robots.ci       proxy+ci        robot$proxy+ci
 *
 * `update` is for users only: no robot can hold `robot:update` (docs/harbor-behavior.md 8.5). A plan that changes a
 * robot therefore needs a user, and so does a declared `secret`. Creating one with `secret_to` and deleting one do not.
 */
export const robot: Kind<RobotSpec, NamedRobotWire> = readable<RobotSpec, NamedRobotWire>({
  name: 'robot',
  about: 'An account for machines, system-wide or for one project.',
  placements: robotPlacements,
  dependsOn: ['project'],
  replaceOn: [],
  alwaysWritten: ['disable', 'duration', 'access', 'system', 'projects'],
  restrictedBy: ['duration', 'access', 'system', 'projects'],
  writeOnly: [
    {
      field: 'secret',
      with: [],
      why: 'Harbor never returns a secret',
      provable: 'always',
      afterWrite: 'logins with another secret then fail: give clients the declared one',
    },
    {
      field: 'secret_to',
      with: [],
      why: 'Harbor returns a secret only when it generates it',
      generated: true,
      afterWrite: 'logins with the old secret then fail: give clients the one in the new file',
    },
  ],
  guarded: [{ field: 'disable', default: false }],
  whole: ['projects'],
  renames:
    'clients log in with its name: declare a second robot with the new name, hand out its secret, then remove the old one',
  deletable: true,
  access: { read: 'robot:list', create: 'robot:create', update: 'user', remove: 'robot:delete' },
  calls: { bulk: 'GET /robots', perProject: 'GET /robots' },
  harborNames: {
    system: 'permissions[kind=system].access',
    projects: 'permissions[kind=project]',
    access: 'permissions[0].access',
    secret_to: '',
  },
  traps: [
    '`duration` counts from the creation of the robot, not from the change: with a smaller number it may expire at once.',
    'The full name is `robot_name_prefix` and the name (or `project+name`): a change of the prefix renames every robot.',
    'POST ignores `secret` and `disable`; a second call sets them, which only a user may do.',
    'Harbor refuses a robot with an unknown permission; `validate` finds it.',
  ],

  identity: ({ name, project }) => (project === undefined ? name : `${project}+${name}`),
  normalise: (spec) => ({
    ...spec,
    ...compact<RobotPermissions>({
      access: spec.access && sortedPairs(spec.access),
      system: spec.system && sortedPairs(spec.system),
      projects: spec.projects && Object.fromEntries(Object.entries(spec.projects).map(([k, v]) => [k, sortedPairs(v)])),
    }),
  }),
  references({ project, projects = {} }) {
    if (project !== undefined) return [{ kind: 'project', identity: project, field: '', owner: true }];
    const named = Object.keys(projects).filter((name) => name !== '*');
    return named.map((name) => ({ kind: 'project', identity: name, field: `projects.${name}`, mayBeUndeclared: true }));
  },
  writes: ({ secret_to: to }) => (to ? [{ file: to.file, field: 'secret_to.file' }] : []),
  check: checkRobot,
  hazards: robotHazards,
  show(field, value) {
    if (field !== 'duration' || typeof value !== 'number') return undefined;
    return value === -1 ? 'never expires' : `${value} days from creation`;
  },

  async list(context) {
    const ofProjects = inProjects(context, (project) => robotsOf(context.client, project));
    return (await Promise.all([robotsOfSystem(context.client), ofProjects])).flat();
  },

  fromWire(wire) {
    const project = wire.project ?? (wire.level === 'project' ? wire.permissions?.[0]?.namespace : undefined);
    const spec = compact<RobotSpec>({
      name: wire.short_name,
      project,
      description: wire.description ?? '',
      duration: wire.duration,
      disable: wire.disable,
      ...permissionsFromWire(wire),
    });
    return { identity: robot.identity(spec), id: wire.id, spec, facts: factsOf(wire), builtIn: !wire.editable };
  },

  toWire: (spec) =>
    compact<Partial<NamedRobotWire>>({
      ...pick(spec, ['name', 'description', 'duration', 'disable']),
      short_name: spec.name,
      level: spec.project === undefined ? 'system' : 'project',
      permissions: permissionsToWire(robot.normalise(spec)),
    }),

  async read(context, identity) {
    const wires = await candidates(context.client, identity);
    return wires.map((wire) => robot.fromWire(wire, context.refs)).find((live) => live.identity === identity);
  },

  /**
   * POST ignores the secret and generates one (docs/harbor-behavior.md 8.1): the declared secret is set right after.
   */
  async create(context, desired) {
    const { short_name: _short, ...body } = robot.toWire(desired, context.refs);
    const address = addressOf('robot', robot.identity(desired));
    const secret = desired.secret && (await robotSecret(context, address, desired.secret));
    if (desired.secret_to) await context.checkDelivery(desired.secret_to.file, robot.identity(desired));
    // Only a user may do the rest: without one this fails before anything is created.
    const needsUser = secret !== undefined || desired.disable === true;
    const made = await context.client.post<RobotCreatedWire>('/robots', body, needsUser ? { as: 'user' } : {});
    const { id, name, secret: generated } = made.body as RobotCreatedWire;
    const settled =
      secret === undefined ? deliver(context, desired, name, generated) : setSecret(context.client, id, secret);
    await settled.catch((error: unknown) => undo(context.client, id, address, error));
    // POST ignores `disable` too.
    if (desired.disable === true) await replace(context.client, { id, fullName: name }, desired);
    return { id };
  },

  async update(context, { live, merged, changed }) {
    const id = live.id as number;
    const fullName = fullNameOf(live);
    if (changed.includes('secret_to') && merged.secret_to)
      await context.checkDelivery(merged.secret_to.file, live.identity);
    if (changed.some((field) => field !== 'secret' && field !== 'secret_to'))
      await replace(context.client, { id, fullName }, merged);
    if (changed.includes('secret') && merged.secret) {
      await setSecret(context.client, id, await robotSecret(context, addressOf('robot', live.identity), merged.secret));
    } else if (changed.includes('secret_to') && merged.secret_to) {
      await deliver(context, merged, fullName, await setSecret(context.client, id, ''));
    }
  },

  async remove({ client }, live) {
    await client.delete(`/robots/${live.id}`);
  },

  audited: (live) => ({ type: 'robot', resource: fullNameOf(live) }),
  ends: robotEnd,
  proveSecret: proveRobotSecret,
});

/** Two lists in Harbor: `GET /robots` without a query returns the robots of the system alone. */
async function robotsOfSystem(client: Client): Promise<NamedRobotWire[]> {
  return systemRobots(client, await client.list('/robots', { shape: robotShape }));
}

async function robotsOf(client: Client, { project_id, name }: ProjectWire): Promise<NamedRobotWire[]> {
  // Both keys, otherwise Harbor returns 400.
  const wires = await client.list('/robots', {
    shape: robotShape,
    query: { q: `Level=project,ProjectID=${project_id}` },
  });
  return wires.map((wire) => projectRobot(wire, name));
}

/** One list instead of a search by name: the full name has a prefix that may be unknown. */
async function candidates(client: Client, identity: string): Promise<NamedRobotWire[]> {
  const plus = identity.indexOf('+');
  if (plus < 0) return robotsOfSystem(client);
  const project = await client.find(projectPath(identity.slice(0, plus)), { shape: projectShape });
  return project ? robotsOf(client, project) : [];
}

/** PUT requires the whole robot, with its full name; robots may not do this. */
async function replace(client: Client, target: { id: number; fullName: string }, spec: RobotSpec): Promise<void> {
  const { level, permissions } = robot.toWire(spec, NO_REFS);
  const { description = '', duration, disable = false } = spec;
  const body = { name: target.fullName, level, description, duration, disable, permissions };
  await client.put(`/robots/${target.id}`, body, { as: 'user' });
}

/** An empty secret requests a new one, which the response contains. */
async function setSecret(client: Client, id: number, secret: string): Promise<string> {
  type Answer = { readonly secret?: string } | undefined;
  const answer = await client.patch<Answer>(`/robots/${id}`, { secret }, { as: 'user' });
  const stored = answer?.secret ?? secret;
  if (stored === '') throw new ApplyError('Harbor returned no secret for the robot', `robot/(id ${id})`);
  return stored;
}

/** Nothing is written for a robot with a declared secret: who declared it has it. */
async function deliver(context: WriteContext, spec: RobotSpec, username: string, secret: string): Promise<void> {
  if (!spec.secret_to) return;
  const { file, as, name = spec.name } = spec.secret_to;
  await context.deliver({ robot: robot.identity(spec), file, as, name, username, secret });
}

/** A robot with an unknown secret would look as declared in later plans, so it is deleted. */
async function undo(client: Client, id: number, address: string, error: unknown): Promise<never> {
  await client.delete(`/robots/${id}`).catch((second: unknown) => {
    const cause = new AggregateError([error, second]);
    throw new ApplyError(
      `${address}: its secret was not received and the robot could not be deleted; delete it in Harbor`,
      address,
      { cause },
    );
  });
  throw error;
}

/** Permissions contain project names, so a robot needs no ids. */
const NO_REFS = { id: () => NaN, name: () => undefined };

/** Not compared, but needed: PUT takes the full name, the audit log names it, and a warning needs the date. */
function factsOf(wire: NamedRobotWire): JsonObject {
  return {
    full_name: wire.name,
    editable: wire.editable,
    // Creation plus duration: a shorter duration may expire a robot at once.
    ...compact<{ expires_at?: number }>({ expires_at: wire.expires_at }),
  };
}

function fullNameOf({ facts }: Live<RobotSpec>): string {
  return facts?.['full_name'] as string;
}

export type { RobotSpec } from './support/robot-spec';
