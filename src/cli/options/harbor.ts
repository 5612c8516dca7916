import { compact } from '../../compact';
import { UsageError } from '../../errors';
import type { Command as CommanderCommand } from 'commander';
import type { HarborConnection } from '../../declaration/declaration';
import type { AppContext } from '../../app/context';
import { loadOrThrow } from '../../app/load';
import type { Connectable } from '../../app/session';
import { addDeclarationOptions, type DeclarationOptions } from '.';

/** Which Harbor, for commands that may run before there are policies. */
export interface HarborOptions extends DeclarationOptions {
  readonly url?: string;
  readonly username?: string;
  readonly passwordEnv: string;
  readonly robot?: string;
  readonly robotSecretEnv: string;
  readonly caFile?: string;
}

export function addHarborOptions(command: CommanderCommand): CommanderCommand {
  return addDeclarationOptions(command)
    .option('--url <url>', 'use this Harbor instead of the declared one')
    .option('--username <name>', 'with --url: a user, such as admin')
    .option('--password-env <variable>', 'variable with the password of that user', 'HARBOR_PASSWORD')
    .option('--robot <name>', 'with --url: a robot, by its full name')
    .option('--robot-secret-env <variable>', 'variable with the secret of that robot', 'HARBOR_ROBOT_SECRET')
    .option('--ca-file <file>', 'with --url: PEM of a private certificate authority');
}

/** @throws UsageError, DeclarationError */
export async function harborFrom(context: AppContext, options: HarborOptions): Promise<Connectable> {
  if (options.url !== undefined)
    return { directory: options.policies, harbor: harborOnCommandLine(options, options.url) };
  const declaration = await loadOrThrow(context, options);
  if (declaration.harbor) return declaration;
  throw new UsageError(
    `${options.policies} declares no Harbor`,
    'pass one: --url https://harbor.example.com --username admin, with the password in HARBOR_PASSWORD',
  );
}

function harborOnCommandLine(options: HarborOptions, url: string): HarborConnection {
  const { username, passwordEnv, robot, robotSecretEnv, caFile } = options;
  if (username === undefined && robot === undefined)
    throw new UsageError('--url needs a user or a robot', 'add --username admin, or --robot robot$gitops');
  return compact({
    url,
    ...(username === undefined ? {} : { username, password: { env: passwordEnv } }),
    robot: robot === undefined ? undefined : { name: robot, secret: { env: robotSecretEnv } },
    ca_file: caFile,
  });
}
