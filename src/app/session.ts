import { compact } from '../compact';
import type { Declaration, HarborConnection } from '../declaration/declaration';
import { createSecretResolver, type ResolveSecret } from '../declaration/secrets/secrets';
import { UsageError } from '../errors';
import {
  createClient,
  ownPermissions,
  proveIdentity,
  type HarborClient,
  type Identity,
  type OwnPermissions,
} from '../harbor';
import { once } from '../once';
import type { AppContext } from './context';
import { caOf } from './read-ca';

/** Where a Harbor is declared, as needed for a connection. */
export type Connectable = Pick<Declaration, 'directory' | 'harbor'>;

/** A Harbor that accepted the declared credentials. */
export interface Connection {
  readonly context: AppContext;
  readonly harbor: HarborConnection;
  /** Relative secret files are relative to it. */
  readonly directory: string;
  readonly client: HarborClient;
  readonly identity: Identity;
  readonly secret: ResolveSecret;
  /** The robot's own, read at most once. */
  readonly permissions: OwnPermissions;
  readonly ca?: string;
}

/** A connection, and what is declared for that Harbor. */
export interface Session extends Connection {
  readonly declaration: Declaration;
}

/** A longer run hangs; a thousand projects with a user's password take a few minutes. */
const RUN_DEADLINE_MS = 30 * 60_000;

/** The sources of secrets in this run: the environment, files next to the policies, commands. */
export function secretsOf(
  { env, secrets, signal }: AppContext,
  { directory }: Pick<Declaration, 'directory'>,
): ResolveSecret {
  return createSecretResolver({ env, baseDirectory: directory, mask: secrets, signal });
}

/** @throws as `withConnection` */
export function withSession<T>(
  context: AppContext,
  declaration: Declaration,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  return withConnection(context, declaration, (connection) => work({ ...connection, declaration }));
}

/**
 * Opens the declared Harbor, verifies the credentials before any response is used, does the work, and closes.
 * @throws UsageError if no Harbor is declared, IdentityError, NetworkError, SecretError
 * The life of a connection:
 *
 *     client (nothing sent) ──► login of the robot, then of the user ──► work ──► logout, connections closed
 *                                   │ refused: IdentityError               │ always, also after an error
 *                                   └─────────────────────────────────────► closed
 */
export async function withConnection<T>(
  context: AppContext,
  { harbor, directory }: Connectable,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  if (!harbor) throw noHarbor(directory);
  const secret = secretsOf(context, { directory });
  const ca = await caOf(harbor);
  const { robot, username, password } = harbor;
  const client = createClient(
    compact({
      url: harbor.url,
      runDeadlineMs: RUN_DEADLINE_MS,
      signal: context.signal,
      onNotice: ({ message }) => context.emit({ type: 'notice', message }),
      ca,
      robot: robot && { name: robot.name, secret: () => secret(robot.secret) },
      user: username !== undefined && password ? { username, password: () => secret(password) } : undefined,
    }),
  );
  try {
    context.emit({ type: 'logging-in', url: harbor.url });
    const identity = await proveIdentity(client);
    context.emit({ type: 'logged-in', identity });
    const permissions = once(() => ownPermissions(client, identity));
    return await work(compact({ context, harbor, directory, client, identity, secret, permissions, ca }));
  } finally {
    await client.close();
  }
}

function noHarbor(directory: string): Error {
  return new UsageError(
    `${directory} declares no Harbor`,
    'add harbor: { url: https://harbor.example.com, username: admin, password: { env: HARBOR_PASSWORD } }, or pass an --instance that declares one',
  );
}
