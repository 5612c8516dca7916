import type { Command as CommanderCommand } from 'commander';
import { addDeclarationOptions } from './declaration';

/** A Harbor that is declared, or one that is named. Its secrets come from variables: options are in process lists. */
export function addHarborOptions(command: CommanderCommand): CommanderCommand {
  addDeclarationOptions(command).option('--url <url>', 'use this Harbor instead of the declared one');
  return addCredentialOptions(command, '--url');
}

/** @param flag of the corresponding URL */
export function addCredentialOptions(command: CommanderCommand, flag: string): CommanderCommand {
  return command
    .option('--username <name>', `with ${flag}: a user, such as admin`)
    .option('--password-env <variable>', 'variable with the password of that user', 'HARBOR_PASSWORD')
    .option('--robot <name>', `with ${flag}: a robot, by its full name`)
    .option('--robot-secret-env <variable>', 'variable with the secret of that robot', 'HARBOR_ROBOT_SECRET')
    .option('--ca-file <file>', `with ${flag}: PEM of a private certificate authority`);
}
