import { Option, type Command as CommanderCommand } from 'commander';
import { collect, wholeNumber } from './values';

const DEFAULT_EXPIRY_DAYS = 30;

export function addExpiryOption(command: CommanderCommand): CommanderCommand {
  return command.option(
    '--expiry-days <number>',
    'warn about robots that expire within this many days; 0 turns the warning off',
    wholeNumber,
    DEFAULT_EXPIRY_DAYS,
  );
}

export function addWatchingOptions(command: CommanderCommand): CommanderCommand {
  return addExpiryOption(command)
    .option(
      '--prove-secrets',
      'also test the secrets of registries: Harbor logs in to each upstream with the stored and the declared secret',
      false,
    )
    .option('--no-prove', 'do not test the declared secrets of robots and webhooks (one call each)');
}

export function addExplainOption(command: CommanderCommand): CommanderCommand {
  return command.option(
    '--explain',
    'say of each field where it is declared (its own file, defaults or an overlay), and who made or changed the object in Harbor',
    false,
  );
}

export function addRulesOption(command: CommanderCommand): CommanderCommand {
  return command.option(
    '--rules <module>',
    "also judge by the organisation's own rules in this JavaScript or TypeScript file, which is run (repeatable)",
    collect,
    [],
  );
}

/** Which part of Harbor, in which mode, compared with which base. */
export function addScopeOptions(command: CommanderCommand): CommanderCommand {
  return addWatchingOptions(command)
    .addOption(
      new Option(
        '--mode <mode>',
        'upsert-only creates and updates; create-only does not change existing objects; sync also deletes, where prune allows it',
      )
        .choices(['upsert-only', 'create-only', 'sync'])
        .default('upsert-only'),
    )
    .option(
      '--target <address>',
      'only this object and what it needs, such as project/proxy.docker.io or project/proxy.* (repeatable)',
      collect,
      [],
    )
    .option(
      '--base <dir>',
      'policies before this change, such as a checkout of the target branch: marks what the change adopts or removes, and writes new secrets',
    )
    .option('--base-ref <revision>', 'like --base, from a Git revision such as origin/main; checks nothing out');
}

export function addPlanningOptions(command: CommanderCommand): CommanderCommand {
  return addRulesOption(addScopeOptions(command))
    .option('--rotate <address>', 'write the secret of this object again; takes a pattern (repeatable)', collect, [])
    .addOption(
      new Option(
        '--prune <scope>',
        'removed: delete only what was removed from the files since --base or --base-ref',
      ).choices(['removed']),
    );
}
