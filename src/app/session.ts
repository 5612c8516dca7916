import { UsageError } from '../errors';
import { readFile } from 'node:fs/promises';
import type { Declaration, HarborConnection } from '../declaration/declaration';
import { createSecretResolver, type ResolveSecret } from '../declaration/secrets';
import { createClient, proveIdentity, type HarborClient, type Identity } from '../harbor';
import type { CommandContext } from '../cli/command';

export interface Connection {
  readonly harbor: HarborConnection;
  readonly client: HarborClient;
  readonly identity: Identity;
  readonly resolve: ResolveSecret;
  readonly ca?: string;
}

/** A run that takes longer than this hangs; a thousand projects by a user's password take a few minutes. */
const RUN_DEADLINE_MS = 30 * 60_000;

/** Where secrets come from in this run: the environment, files beside the policies, commands. */
export function secretsOf({ terminal, secrets, signal }: CommandContext, policies: string): ResolveSecret {
  return createSecretResolver({ env: terminal.env, baseDirectory: policies, mask: secrets, signal });
}

/**
 * Opens the declared Harbor, proves who we are there before anything it says is believed, does the work, and
 * closes. @throws IdentityError, NetworkError, SecretError
 */
export async function withHarbor<T>(
  context: CommandContext,
  declaration: Pick<Declaration, 'harbor'>,
  policies: string,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const { harbor } = declaration;
  if (!harbor) throw noHarbor(policies);
  const resolve = secretsOf(context, policies);
  const ca = await caOf(harbor);
  const { robot, username, password } = harbor;
  const client = createClient({
    url: harbor.url,
    runDeadlineMs: RUN_DEADLINE_MS,
    signal: context.signal,
    onNotice: ({ message }) => context.progress.line(message),
    ...(ca === undefined ? {} : { ca }),
    ...(robot ? { robot: { name: robot.name, secret: () => resolve(robot.secret) } } : {}),
    ...(username !== undefined && password ? { user: { username, password: () => resolve(password) } } : {}),
  });
  try {
    context.progress.stage(`${harbor.url}: proving who we are`);
    const identity = await proveIdentity(client);
    context.progress.line(describeIdentity(identity));
    return await work({ harbor, client, identity, resolve, ...(ca === undefined ? {} : { ca }) });
  } finally {
    await client.close();
  }
}

export function describeIdentity({ robot, user, harborVersion }: Identity): string {
  const who = [
    robot && `robot ${robot.name}`,
    user && `user ${user.username}${user.sysadmin ? ' (system administrator)' : ''}`,
  ];
  return `${who.filter(Boolean).join(' and ')} on Harbor ${harborVersion ?? '(version not told)'}`;
}

/** @throws UsageError */
export async function caOf({ ca_file: file }: HarborConnection): Promise<string | undefined> {
  return file === undefined ? undefined : readCa(file);
}

async function readCa(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new UsageError(`harbor.ca_file: ${file} cannot be read`, 'it is looked for beside the policies');
  }
}

function noHarbor(policies: string): Error {
  return new UsageError(
    `${policies} declares no Harbor to talk to`,
    'add harbor: { url: https://harbor.example.com, username: admin, password: { env: HARBOR_PASSWORD } }, or name an --instance that does',
  );
}
