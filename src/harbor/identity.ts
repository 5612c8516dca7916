import { compact } from '../compact';
import { HarborApiError, IdentityError } from '../errors';
import type { HarborClient, Identity } from './client';
import { robotAsUser, wrongPassword } from './session';
import { flag, integer, key, needed, object, optional, strict, text } from '../shape';
import type { CurrentUserWire, SystemInfoWire } from './wire';

/** A server that returns `[]` or `{}` to every request is not a Harbor, and verifies no identity. */
const currentUser = strict(
  object<CurrentUserWire>({
    user_id: needed(integer),
    username: key(text),
    sysadmin_flag: flag,
    admin_role_in_auth: flag,
  }),
);
const systemInfo = strict(
  object<SystemInfoWire>({
    auth_mode: optional(text),
    harbor_version: optional(text),
    external_url: optional(text),
    project_creation_restriction: optional(text),
    read_only: optional(flag),
  }),
);

type Prover = Pick<HarborClient, 'url' | 'credentials' | 'get' | 'readByUser'>;

/**
 * Verifies every credential of the client. This must happen before any other response is used: with an invalid secret
 * `GET /projects` does not fail but returns 200 with fewer projects, so every private project would look deleted
 * (docs/harbor-behavior.md 2.1). `GET /users/current` distinguishes them: 200 for a user, 412 for a valid robot, 401
 * for everything else.
 * @throws IdentityError for a credential that does not work
 */
export async function proveIdentity(client: Prover): Promise<Identity> {
  const { robot, user } = client.credentials;
  if (robot === undefined && user === undefined) {
    throw new IdentityError(
      'no credential for Harbor is declared',
      'set harbor.robot, or harbor.username and harbor.password',
    );
  }
  // One after the other: a second failed attempt within 1.5 s of the first is refused in any case.
  if (robot !== undefined) await proveRobot(client, robot);
  const proven = user === undefined ? undefined : await proveUser(client, user);
  if (robot !== undefined && proven?.sysadmin) client.readByUser();
  const { harbor_version: version, auth_mode: authMode } = await client.get('/systeminfo', { shape: systemInfo });
  return compact({
    harborVersion: version,
    authMode,
    robot: robot === undefined ? undefined : { name: robot },
    user: proven,
  });
}

/** 412 is the proof: Harbor returns it to a robot whose secret works (docs/harbor-behavior.md 2.2). */
async function proveRobot(client: Prover, name: string): Promise<void> {
  const status = await statusOf(() => client.get('/users/current', { shape: currentUser }));
  if (status === 412) return;
  if (status === 401) {
    throw new IdentityError(
      `Harbor does not accept the secret of robot ${name}`,
      'the secret may be wrong, or the robot expired or disabled; use the full name with its prefix (robot$gitops)',
    );
  }
  throw new IdentityError(
    `${name} is a user, not a robot`,
    'set harbor.username and harbor.password instead of harbor.robot',
  );
}

async function proveUser(client: Prover, username: string): Promise<NonNullable<Identity['user']>> {
  try {
    const user = await client.get('/users/current', { as: 'user', shape: currentUser });
    return {
      username: user.username,
      userId: user.user_id,
      sysadmin: user.sysadmin_flag || user.admin_role_in_auth,
      localAdmin: user.user_id === 1,
    };
  } catch (error) {
    if (!isAnswered(error)) throw error;
    if (error.status === 401) throw wrongPassword(username);
    if (error.status === 412) throw robotAsUser(username);
    throw error;
  }
}

/** A proxy's error page is not an answer to the question who this is. */
function isAnswered(error: unknown): error is HarborApiError {
  return error instanceof HarborApiError && error.isHarbors;
}

/** 200 if it succeeds. A response that is not Harbor's is thrown. */
async function statusOf(request: () => Promise<unknown>): Promise<number> {
  try {
    await request();
    return 200;
  } catch (error) {
    if (isAnswered(error) && (error.status === 412 || error.status === 401)) return error.status;
    throw error;
  }
}
