import type { Json, JsonObject } from '../../json';
import type { Placed, Placement, PlacingContext } from '../kind';
import { compact, pick } from '../../compact';
import type { RobotSpec } from './robot-spec';
import { secretSchema } from './secret-schema';

/** `[{ resource: repository, action: pull }]`. Harbor lists the pairs that exist (docs/harbor-behavior.md 8.5). */
const access = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      resource: { description: 'What it is about, such as repository.', type: 'string', minLength: 1, maxLength: 64 },
      action: { description: 'What it may do there, such as pull.', type: 'string', minLength: 1, maxLength: 64 },
    },
    required: ['resource', 'action'],
    additionalProperties: false,
  },
} as const;

/** The fields of both levels. `secret` is chosen here; `secret_to` receives what Harbor generates. */
const common = {
  description: { description: 'Note about the robot.', type: 'string', maxLength: 1024, default: '' },
  duration: {
    description: 'Lifetime in days from its creation; -1: never expires.',
    type: 'integer',
    minimum: -1,
    maximum: 2 ** 31 - 2,
  },
  disable: { description: 'It cannot log in.', type: 'boolean', default: false },
  secret: secretSchema('Secret of the robot: 8 to 128 characters with upper case, lower case and digits.'),
  secret_to: {
    description: 'File for the secret that Harbor generates, written once and readable only by its owner.',
    type: 'object',
    properties: {
      file: { description: 'Path, relative to the policies directory.', type: 'string', minLength: 1, maxLength: 4096 },
      as: {
        description: 'Form of the file: the secret alone, or what pulls with it.',
        enum: ['plain', 'dockerconfigjson', 'kubernetes-secret'],
      },
      name: {
        description: 'Name of the Kubernetes Secret; default: the name of the robot',
        type: 'string',
      },
    },
    required: ['file', 'as'],
    additionalProperties: false,
  },
} as const;

const MS_PER_SECOND = 1000;

/**
 * Two placements, one kind: a robot's level is where it is declared. `resource` and `action` are written apart and
 * joined with a colon in the spec.
 *
 *      robots.clusters                        { name: clusters, projects: { '*': [repository:pull] } }
 *      projects.p.robots.puller               { name: puller, project: p, access: [repository:pull] }
 *
 * Both share `defaults.robot`, so an organization sets the lifetime once. `duration` is required: Harbor's own default
 * can be changed in the portal, and -1 must be a decision.
 */
export const robotPlacements: readonly Placement<RobotSpec>[] = [
  {
    path: 'robots.*',
    defaultsKey: 'robot',
    example: {
      names: ['clusters'],
      value: {
        duration: 90,
        secret: { env: 'CLUSTERS_ROBOT' },
        projects: { '*': [{ resource: 'repository', action: 'pull' }] },
      },
    },
    schema: {
      title: 'System robot',
      type: 'object',
      properties: {
        ...common,
        system: { description: 'Permissions of system level.', ...access },
        projects: {
          description: 'Permissions by project; * is every project.',
          type: 'object',
          additionalProperties: access,
        },
      },
      required: ['duration'],
      additionalProperties: false,
    },
    toSpec: (value, [name = '']) => ({ name, ...shared(value), ...systemPermissions(value as JsonObject) }),
    fromSpec: placeOfSystem,
  },
  {
    path: 'projects.*.robots.*',
    defaultsKey: 'robot',
    example: {
      names: ['proxy.docker.io', 'puller'],
      value: {
        duration: 90,
        access: [{ resource: 'repository', action: 'pull' }],
        secret_to: { file: 'secrets/puller.json', as: 'dockerconfigjson' },
      },
    },
    schema: {
      title: 'Project robot',
      type: 'object',
      properties: { ...common, access: { description: 'Permissions in this project.', ...access } },
      required: ['duration', 'access'],
      additionalProperties: false,
    },
    toSpec: (value, [project = '', name = '']) => ({
      name,
      project,
      ...shared(value),
      access: pairs((value as JsonObject)['access']),
    }),
    fromSpec: placeOfProject,
  },
];

function shared(value: Json): Omit<RobotSpec, 'name'> {
  return pick(value as unknown as RobotSpec, ['description', 'duration', 'disable', 'secret', 'secret_to']);
}

/** One list of robots in Harbor, two places in the file: this one is for those without a project. */
function placeOfSystem(spec: RobotSpec, context: PlacingContext): Placed | undefined {
  const { name, project, system = [], projects = {} } = spec;
  if (project !== undefined) return undefined;
  const named = Object.entries(projects).map(([project, list]) => [project, accessList(list)] as const);
  const value = compact<Record<string, Json>>({
    ...placedFields(spec, context),
    system: system.length === 0 ? undefined : accessList(system),
    projects: named.length === 0 ? undefined : Object.fromEntries(named),
  });
  return { names: [name], value, notes: notesOn(spec, context) };
}

/** The other half of `placeOfSystem`: each robot has exactly one place. */
function placeOfProject(spec: RobotSpec, context: PlacingContext): Placed | undefined {
  const { name, project, access = [] } = spec;
  if (project === undefined) return undefined;
  const value = { ...placedFields(spec, context), access: accessList(access) };
  return { names: [project, name], value, notes: notesOn(spec, context) };
}

/** Harbor does not return a robot's secret again; the export refers to the existing one. */
function placedFields(spec: RobotSpec, { secret }: PlacingContext): JsonObject {
  const known = pick(spec, ['description', 'duration', 'disable', 'secret', 'secret_to']) as unknown as JsonObject;
  return spec.secret || spec.secret_to ? known : { ...known, secret: { ...secret('secret') } };
}

/** Harbor counts the days from the creation of the robot, not from the last change of its duration. */
function notesOn({ duration }: RobotSpec, { facts }: PlacingContext): Readonly<Record<string, string>> {
  if (duration === -1) return { duration: 'It never expires: a leaked secret works until it is rotated.' };
  const end = facts['expires_at'];
  if (typeof end !== 'number' || end <= 0) return {};
  const day = new Date(end * MS_PER_SECOND).toISOString().slice(0, 10);
  return { duration: `It expires on ${day}: the days count from its creation.` };
}

/** Split at the first colon. Names of resources contain none. */
function accessList(pairs: readonly string[]): Json {
  return pairs.map((pair) => {
    const colon = pair.indexOf(':');
    return { resource: pair.slice(0, colon), action: pair.slice(colon + 1) };
  });
}

/** PUT replaces all permissions at once: a missing field means none. */
function systemPermissions({ system, projects = {} }: JsonObject): Pick<RobotSpec, 'system' | 'projects'> {
  const named = Object.entries(projects as JsonObject).map(([name, list]) => [name, pairs(list)]);
  return { system: pairs(system), projects: Object.fromEntries(named) as Record<string, string[]> };
}

/** The inverse of `accessList`: `repository:pull`, so that two permissions can be compared as texts. */
function pairs(list: Json | undefined): string[] {
  const items = (list ?? []) as readonly { readonly resource: string; readonly action: string }[];
  return items.map(({ resource, action }) => `${resource}:${action}`);
}
