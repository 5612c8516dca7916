import { UsageError } from '../../errors';
import type { Command as CommanderCommand } from 'commander';
import type { HarborConnection } from '../../declaration/declaration';
import type { CommandContext } from '../command';
import { loadOrThrow } from '../../app/load';
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
    .option('--url <url>', 'this Harbor, instead of the one that the policies declare')
    .option('--username <name>', 'with --url: a user, such as admin')
    .option('--password-env <variable>', 'where the password of that user is', 'HARBOR_PASSWORD')
    .option('--robot <name>', 'with --url: a robot, by its full name')
    .option('--robot-secret-env <variable>', 'where the secret of that robot is', 'HARBOR_ROBOT_SECRET')
    .option('--ca-file <file>', 'with --url: PEM of a private certificate authority');
}

/** @throws UsageError, DeclarationError */
export async function harborFrom(context: CommandContext, options: HarborOptions): Promise<HarborConnection> {
  if (options.url !== undefined) return harborOnCommandLine(options, options.url);
  const { harbor } = await loadOrThrow(context, options);
  if (!harbor) {
    throw new UsageError(
      `${options.policies} declares no Harbor to talk to`,
      'name one: --url https://harbor.example.com --username admin, with the password in HARBOR_PASSWORD',
    );
  }
  return harbor;
}

function harborOnCommandLine(options: HarborOptions, url: string): HarborConnection {
  const { username, passwordEnv, robot, robotSecretEnv, caFile } = options;
  if (username === undefined && robot === undefined)
    throw new UsageError('--url needs somebody to log in as', 'add --username admin, or --robot robot$gitops');
  return {
    url,
    ...(username === undefined ? {} : { username, password: { env: passwordEnv } }),
    ...(robot === undefined ? {} : { robot: { name: robot, secret: { env: robotSecretEnv } } }),
    ...(caFile === undefined ? {} : { ca_file: caFile }),
  };
}
