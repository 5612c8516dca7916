import { HarborApiError } from '../errors';
import { accessTable, type AccessQuestion, type AccessRow, type RobotKnowledge } from './access';
import type { Client, Identity } from './client';
import type { ProjectWire, RobotPermissionWire, RobotWire } from './wire';

/**
 * Reads that change nothing and are refused without the permission. `GET /projects` is not among them: it never refuses
 * but returns fewer projects.
 */
const PROBES: Readonly<Record<string, (project: string) => string>> = {
  registry: () => '/registries',
  quota: () => '/quotas',
  robot: () => '/robots',
  'user-group': () => '/usergroups',
  member: (project) => `/projects/${encodeURIComponent(project)}/members`,
};

/**
 * Finds out what the verified credentials can manage: from a robot's own permissions if they can be read, else with
 * harmless reads. At most one request per resource, and no writes.
 */
export async function probeAccess(
  client: Client,
  identity: Identity,
  kinds: readonly AccessQuestion[],
  permissions: OwnPermissions = () => ownPermissions(client, identity),
): Promise<readonly AccessRow[]> {
  return accessTable(identity, identity.robot ? await askRobot(client, kinds, permissions) : {}, kinds);
}

/**
 * A robot may not be allowed to read its own permissions. Then a list of each kind is asked for, in the first
 * project that it sees.
 */
async function askRobot(
  client: Client,
  kinds: readonly AccessQuestion[],
  own: OwnPermissions,
): Promise<RobotKnowledge> {
  const permissions = await own();
  if (permissions) return { permissions };
  // An empty response means "none" in Harbor.
  const [project] = (await client.get<ProjectWire[] | undefined>('/projects', { query: { page_size: 1 } })) ?? [];
  const resources = new Set(kinds.map(({ access }) => access.read.split(':', 1)[0]!));
  const probes = await Promise.all(
    [...resources].map(async (resource): Promise<[string, boolean | undefined]> => {
      const path = project && PROBES[resource]?.(project.name);
      return [resource, path ? await isAllowed(client, path) : undefined];
    }),
  );
  return { probes: Object.fromEntries(probes.filter((probe): probe is [string, boolean] => probe[1] !== undefined)) };
}

/** Undefined: the robot may not read itself, or there is no robot. */
export type OwnPermissions = () => Promise<readonly RobotPermissionWire[] | undefined>;

/** `GET /robots` lists system robots with their permissions for every caller with `robot:list`. */
export async function ownPermissions(
  client: Client,
  { robot, user }: Identity,
): Promise<readonly RobotPermissionWire[] | undefined> {
  if (!robot) return undefined;
  const robots =
    (await unlessForbidden(() => client.list<RobotWire>('/robots'))) ??
    (user?.sysadmin ? await unlessForbidden(() => client.list<RobotWire>('/robots', { as: 'user' })) : undefined);
  return robots?.find(({ name }) => name === robot.name)?.permissions ?? undefined;
}

async function isAllowed(client: Client, path: string): Promise<boolean> {
  return (await unlessForbidden(async () => (await client.get(path, { query: { page_size: 1 } }), true))) ?? false;
}

async function unlessForbidden<T>(request: () => Promise<T>): Promise<T | undefined> {
  try {
    return await request();
  } catch (error) {
    const isRefused = error instanceof HarborApiError && error.isHarbors && [401, 403].includes(error.status);
    if (isRefused) return undefined;
    throw error;
  }
}
