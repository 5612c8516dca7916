import { integer, key, needed, object, optional, text, unused, type Shape } from '../shape';
import { projectShape } from './support/project-shape';
import type { Client } from '../harbor/client';
import type { ProjectWire } from '../harbor/wire';
import type { JsonObject } from '../json';
import type { Finding, Hazard, HazardContext, Kind, Refs } from './kind';
import { compact } from '../compact';
import { inProjects } from './support/in-projects';
import { projectPath } from './support/paths';
import { readable } from './support/readable';

/** As listed, with names: ids of users and groups are not compared. */
export interface MemberWire {
  readonly id: number;
  readonly project_id: number;
  readonly entity_name: string;
  /** `u` is a user, `g` a group. */
  readonly entity_type: string;
  /** Id of a user or of a group, by `entity_type`. */
  readonly entity_id: number;
  /** See `ROLES`. */
  readonly role_id: number;
  readonly role_name?: string;
}

/** Name and type of the entity are its identity; the project comes from the request. */
export const memberShape: Shape<MemberWire> = object<MemberWire>({
  id: needed(integer),
  project_id: unused(integer),
  entity_name: key(text),
  entity_type: key(text),
  entity_id: unused(integer),
  role_id: needed(integer),
  role_name: unused(optional(text)),
});

/** Harbor's numbers (docs/harbor-behavior.md 6.1). */
const ROLES: Readonly<Record<string, number>> = {
  projectAdmin: 1,
  developer: 2,
  guest: 3,
  maintainer: 4,
  limitedGuest: 5,
};
const ADMIN = 'projectAdmin';

/** Either `group` or `user`. */
export interface ProjectMemberSpec {
  readonly project: string;
  readonly group?: string;
  readonly user?: string;
  /** By its name, see `ROLES`: numbers are Harbor's. */
  readonly role: string;
}

/** The response for a single member contains neither its project nor the project's owner. */
export interface OwnedMemberWire extends MemberWire {
  /** Name of the user who created the project. */
  readonly project_owner?: string;
}

const schema = {
  title: 'Member',
  type: 'object',
  properties: {
    group: { description: 'Name of a declared group.', type: 'string', minLength: 1 },
    user: { description: 'Name of a user that Harbor knows.', type: 'string', minLength: 1 },
    role: {
      description: 'What the member may do in the project, from projectAdmin down to limitedGuest, who only pulls.',
      enum: Object.keys(ROLES),
    },
  },
  required: ['role'],
  additionalProperties: false,
} as const;

/**
 * The membership of the creator of a project is built in: Harbor adds it, it is never declared and never
 * pruned.
 */
export const projectMember: Kind<ProjectMemberSpec, OwnedMemberWire> = readable<ProjectMemberSpec, OwnedMemberWire>({
  name: 'project-member',
  about: 'What a group or a user may do in a project.',
  placements: [
    {
      path: 'projects.*.members.[]',
      schema,
      example: { names: ['proxy.docker.io'], value: { group: 'platform', role: 'maintainer' } },
      toSpec: (value, [project = '']) => ({ ...(value as unknown as ProjectMemberSpec), project }),
      fromSpec: ({ project, ...value }) => ({ names: [project], value: value as JsonObject }),
    },
  ],
  dependsOn: ['project', 'user-group'],
  replaceOn: [],
  writeOnly: [],
  deletable: true,
  access: { read: 'member:list', create: 'member:create', update: 'member:update', remove: 'member:delete' },
  calls: { perProject: 'GET /projects/{}/members' },
  harborNames: { group: 'member_group.id', user: 'member_user.username', role: 'role_id' },
  traps: [
    'The user who creates a project is its first administrator. That membership is not counted and not deleted.',
    'The last `projectAdmin` of a project is never removed.',
  ],

  identity: ({ project, group, user }) => `${project}/${group === undefined ? `user:${user}` : `group:${group}`}`,
  normalise: (spec) => spec,
  references: ({ project, group, user }) => [
    { kind: 'project', identity: project, field: '', owner: true },
    ...(group === undefined ? [] : [{ kind: 'user-group', identity: group, field: 'group' }]),
    // Most people come from an identity provider and exist in Harbor without being declared.
    ...(user === undefined
      ? []
      : [{ kind: 'user', identity: user, field: 'user', mayBeUndeclared: 'usually' as const }]),
  ],
  check: checkWho,
  hazards: (context) => [...lossOfCreator(context), ...lossOfLastAdmin(context)],

  list: (context) => inProjects(context, (project) => membersOf(context.client, project)),

  /** `builtIn` marks the creator of the project: Harbor does not delete that membership. */
  fromWire(wire, refs) {
    const project = refs.name('project', wire.project_id) ?? `(id ${wire.project_id})`;
    const who = wire.entity_type === 'g' ? { group: wire.entity_name } : { user: wire.entity_name };
    const spec = { project, ...who, role: roleName(wire) };
    return { identity: projectMember.identity(spec), id: wire.id, spec, builtIn: isCreator(wire) };
  },

  toWire: (spec, refs) =>
    compact<Partial<MemberWire>>({
      project_id: refs.id('project', spec.project),
      entity_type: spec.group === undefined ? 'u' : 'g',
      entity_name: spec.group ?? spec.user,
      role_id: ROLES[spec.role],
    }),

  /**
   * Found in the list of the project. The name of the project is known here, so no other kind has to be read
   * for it.
   */
  async read({ client, refs }, identity) {
    const name = identity.slice(0, identity.indexOf('/'));
    const project = await client.find(projectPath(name), { shape: projectShape });
    if (!project) return undefined;
    const members = await membersOf(client, project);
    const known: Refs = { ...refs, name: (kind, id) => (id === project.project_id ? name : refs.name(kind, id)) };
    return members.map((wire) => projectMember.fromWire(wire, known)).find((live) => live.identity === identity);
  },

  async create({ client, refs }, desired) {
    const created = await client.post(`${projectPath(desired.project)}/members`, {
      role_id: ROLES[desired.role],
      // By id: with a group_name Harbor would look up the group at the identity provider, or create one.
      ...(desired.group === undefined
        ? { member_user: { username: desired.user } }
        : { member_group: { id: refs.id('user-group', desired.group) } }),
    });
    return compact<{ id?: number }>({ id: created.id });
  },

  async update({ client }, { live, merged }) {
    await client.put(`${projectPath(merged.project)}/members/${live.id}`, { role_id: ROLES[merged.role] });
  },

  async remove({ client }, live) {
    await client.delete(`${projectPath(live.spec.project)}/members/${live.id}`);
  },
});

// The filter `entityname` is not needed, and its count is wrong (X-Total-Count 2, no items).
async function membersOf(
  client: Pick<Client, 'list'>,
  { name, owner_name, project_id }: ProjectWire,
): Promise<OwnedMemberWire[]> {
  const members = await client.list(`${projectPath(name)}/members`, { shape: memberShape });
  return members.map((member) =>
    compact({
      ...member,
      project_id,
      project_owner: owner_name,
    }),
  );
}

/** The creator of a project becomes its first administrator; that is never declared. */
function isCreator({ entity_type, entity_name, project_owner }: OwnedMemberWire): boolean {
  return entity_type === 'u' && entity_name === project_owner;
}

function roleName({ role_id, role_name }: MemberWire): string {
  return Object.keys(ROLES).find((name) => ROLES[name] === role_id) ?? role_name ?? `unknown (${role_id})`;
}

function checkWho({ group, user }: ProjectMemberSpec): Finding[] {
  if ((group === undefined) !== (user === undefined)) return [];
  return [
    {
      rule: 'member-who',
      message: 'a member must be either a group or a user',
      hint: 'write { group: …, role: … } or { user: …, role: … }',
    },
  ];
}

function lossOfCreator({ action, live }: HazardContext<ProjectMemberSpec>): Hazard[] {
  if (action !== 'delete' || !live?.builtIn) return [];
  return [
    {
      rule: 'project-creator',
      message: `${live.identity} created the project`,
      enforcement: 'hard-mandatory',
      hint: 'Harbor keeps the membership of the creator; declare another role to change its permissions',
    },
  ];
}

/**
 * The members as they are after the run decide, not those of now: a plan may replace one administrator with
 * another.
 */
function lossOfLastAdmin({ live, desired, planned }: HazardContext<ProjectMemberSpec>): Hazard[] {
  if (live?.spec.role !== ADMIN || desired?.role === ADMIN) return [];
  const { project } = live.spec;
  if (planned.some((member) => member.project === project && member.role === ADMIN)) return [];
  return [
    {
      rule: 'last-project-admin',
      message: `${live.identity} is the last ${ADMIN} of project ${project}`,
      enforcement: 'hard-mandatory',
      hint: `declare another member of the project with role: ${ADMIN}`,
    },
  ];
}
