import type { Json, JsonObject } from '../../json';
import type { Placement } from '../kind';
import { pick } from './compact';
import type { RobotSpec } from './robot-spec';
import { secretSchema } from './secret-schema';

const access = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      resource: { type: 'string', minLength: 1, maxLength: 64 },
      action: { type: 'string', minLength: 1, maxLength: 64 },
    },
    required: ['resource', 'action'],
    additionalProperties: false,
  },
} as const;

const common = {
  description: { type: 'string', maxLength: 1024 },
  duration: {
    description: 'Days from its creation; -1 never expires.',
    type: 'integer',
    minimum: -1,
    maximum: 2 ** 31 - 2,
  },
  disable: { type: 'boolean' },
  secret: secretSchema('The secret that the robot is to have: 8 to 128 characters, upper case, lower case and digits.'),
  secret_to: {
    description: 'Where the secret that Harbor makes is written, once, readable by the owner only.',
    type: 'object',
    properties: {
      file: { type: 'string', minLength: 1, maxLength: 4096 },
      as: { enum: ['plain', 'dockerconfigjson', 'kubernetes-secret'] },
      name: {
        description: 'Name of the Kubernetes Secret; the name of the robot where nothing is said.',
        type: 'string',
      },
    },
    required: ['file', 'as'],
    additionalProperties: false,
  },
} as const;

export const robotPlacements: readonly Placement<RobotSpec>[] = [
  {
    path: 'robots.*',
    defaultsKey: 'robot',
    schema: {
      title: 'Robot of the system',
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
  },
  {
    path: 'projects.*.robots.*',
    defaultsKey: 'robot',
    schema: {
      title: 'Robot of a project',
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
  },
];

function shared(value: Json): Omit<RobotSpec, 'name'> {
  return pick(value as unknown as RobotSpec, ['description', 'duration', 'disable', 'secret', 'secret_to']);
}

/** PUT replaces all permissions at once: what is not written is declared as none. */
function systemPermissions({ system, projects = {} }: JsonObject): Pick<RobotSpec, 'system' | 'projects'> {
  const named = Object.entries(projects as JsonObject).map(([name, list]) => [name, pairs(list)]);
  return { system: pairs(system), projects: Object.fromEntries(named) as Record<string, string[]> };
}

function pairs(list: Json | undefined): string[] {
  const items = (list ?? []) as readonly { readonly resource: string; readonly action: string }[];
  return items.map(({ resource, action }) => `${resource}:${action}`);
}
