import { Option, type Command as CommanderCommand } from 'commander';
import { DEFAULT_JOURNAL } from '../../app/instances';
import { collect, wholeNumber } from './values';

const MODES = ['upsert-only', 'create-only', 'sync'] as const;
const ABOUT_MODES =
  'upsert-only creates and updates; create-only does not change existing objects; sync also deletes, where prune allows it';
const ABOUT_BASE =
  'policies before this change, such as a checkout of the target branch: marks what the change adopts or removes, and writes new secrets';
const ABOUT_PRUNE = 'removed: delete only what was removed from the files since --base or --base-ref';

/** Days, because robots expire by the day (docs/harbor-behavior.md 8.3). */
export function addExpiryOption(command: CommanderCommand): CommanderCommand {
  const about = 'warn about robots that expire within this many days; 0 turns the warning off';
  return command.option('--expiry-days <number>', about, wholeNumber, 30);
}

/** What is looked at beyond the declared fields. A test of a secret costs requests: at Harbor, and at the upstream. */
export function addWatchingOptions(command: CommanderCommand): CommanderCommand {
  return addExpiryOption(command)
    .option('--prove-secrets', 'also test the secrets of registries: Harbor logs in to each upstream with both', false)
    .option('--no-prove', 'do not test the declared secrets of robots and webhooks (one call each)');
}

/** Off by default: reasons for every field make a plan several times longer. */
export function addExplainOption(command: CommanderCommand): CommanderCommand {
  const about =
    'say of each field of what changes, and of what --target names: where it is declared, what Harbor has, and who made or changed the object';
  return command.option('--explain', about, false);
}

/** Of commands that judge policies or plans. */
export interface RulesOption {
  readonly rules: readonly string[];
}

/** The files are run with the rights of this process: they are as trusted as the command line. */
export function addRulesOption(command: CommanderCommand): CommanderCommand {
  const about =
    "also judge by the organization's own rules: a JavaScript or TypeScript file, which is run (repeatable)";
  return command.option('--rules <module>', about, collect, []);
}

/** Which part of Harbor, in which mode, compared with which base. */
export function addScopeOptions(command: CommanderCommand): CommanderCommand {
  return addRulesOption(addWatchingOptions(command))
    .addOption(new Option('--mode <mode>', ABOUT_MODES).choices(MODES).default(MODES[0]))
    .option(
      '--target <address>',
      'only this object and what it needs, such as project/proxy.* (repeatable)',
      collect,
      [],
    )
    .option('--journal <file>', 'where apply records every attempted change', DEFAULT_JOURNAL)
    .option('--base <dir>', ABOUT_BASE)
    .option('--base-ref <revision>', 'like --base, from a Git revision such as origin/main; checks nothing out');
}

/** Also what `drift` has no use for, because it leads to writes: rotation and prune. */
export function addPlanningOptions(command: CommanderCommand): CommanderCommand {
  return addScopeOptions(command)
    .option('--rotate <address>', 'write the secret of this object again; takes a pattern (repeatable)', collect, [])
    .addOption(new Option('--prune <scope>', ABOUT_PRUNE).choices(['removed']));
}
