import { compact } from '../../compact';
import { UsageError } from '../../errors';
import type { Command as CommanderCommand } from 'commander';
import type { HarborConnection } from '../../declaration/declaration';
import type { AppContext } from '../../app/context';
import { loadOrThrow } from '../../app/load';
import type { Connectable } from '../../app/session';
import { addDeclarationOptions, type DeclarationOptions } from '.';

/** Who we are at a Harbor that is named on the command line. */
export interface CredentialOptions {
  readonly username?: string;
  readonly passwordEnv: string;
  readonly robot?: string;
  readonly robotSecretEnv: string;
  readonly caFile?: string;
}

/** Which Harbor, for commands that may run before there are policies. */
export interface HarborOptions extends DeclarationOptions, CredentialOptions {
  readonly url?: string;
}

export function addHarborOptions(command: CommanderCommand): CommanderCommand {
  addDeclarationOptions(command).option('--url <url>', 'use this Harbor instead of the declared one');
  return addCredentialOptions(command, '--url');
}

/** @param flag of the URL that they belong to */
export function addCredentialOptions(command: CommanderCommand, flag: string): CommanderCommand {
  return command
    .option('--username <name>', `with ${flag}: a user, such as admin`)
    .option('--password-env <variable>', 'variable with the password of that user', 'HARBOR_PASSWORD')
    .option('--robot <name>', `with ${flag}: a robot, by its full name`)
    .option('--robot-secret-env <variable>', 'variable with the secret of that robot', 'HARBOR_ROBOT_SECRET')
    .option('--ca-file <file>', `with ${flag}: PEM of a private certificate authority`);
}

/** @throws UsageError, DeclarationError */
export async function harborFrom(context: AppContext, options: HarborOptions): Promise<Connectable> {
  if (options.url !== undefined)
    return { directory: options.policies, harbor: harborOnCommandLine(options, options.url, '--url') };
  const declaration = await loadOrThrow(context, options);
  if (declaration.harbor) return declaration;
  throw new UsageError(
    `${options.policies} declares no Harbor`,
    'pass one: --url https://harbor.example.com --username admin, with the password in HARBOR_PASSWORD',
  );
}

/** @throws UsageError */
export function harborOnCommandLine(options: CredentialOptions, url: string, flag: string): HarborConnection {
  const { username, passwordEnv, robot, robotSecretEnv, caFile } = options;
  if (username === undefined && robot === undefined)
    throw new UsageError(`${flag} needs a user or a robot`, 'add --username admin, or --robot robot$gitops');
  return compact({
    url,
    ...(username === undefined ? {} : { username, password: { env: passwordEnv } }),
    robot: robot === undefined ? undefined : { name: robot, secret: { env: robotSecretEnv } },
    ca_file: caFile,
  });
}
