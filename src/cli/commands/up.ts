import { Option } from 'commander';
import type { Command } from '../command';
import { loadOrThrow } from '../../app/load';
import { addDeclarationOptions, duration } from '../options';
import { loadDeployment } from '../../app/up/load-deployment';
import type { UpOptions } from '../../app/up/options';
import { runDown, runUp } from '../../app/up/run-up';
import { realWorld } from '../../app/up/world';

export const command: Command<UpOptions> = {
  configure(command) {
    addDeclarationOptions(command)
      .option('--environment <name>', 'stacks/environments/<name>.yaml; needless where there is only one')
      .option('--from <step>', 'begin with this step')
      .option('--to <step>', 'end with this step')
      .addOption(new Option('--only <step>', 'run this step alone').conflicts(['from', 'to']))
      .option('--dry-run', 'show the commands, ask the gates, run nothing', false)
      .option('--yes', 'do not ask', false)
      .option('--destroy', 'take edge, harbor and images down, in this order; data stays', false)
      .option(
        '--backup <file>',
        'what the backup wrote when it was verified (default backups/<environment>/latest.json)',
      )
      .option('--backup-max-age <time>', 'how old it may be before an upgrade', duration, 24 * 3600)
      .option('--without-backup <reason>', 'upgrade without one, and say why')
      .option('--running-version <version>', 'what the data was written by, where Harbor cannot be asked')
      .option('--wait <time>', 'for Harbor and its certificate to be well', duration, 600)
      .addHelpText(
        'after',
        '\nSteps: [before] [machine] host images harbor edge health apply conform. Each can be run again, and leaves alone\n' +
          'what is as declared; --dry-run shows how to run it by its own tool. Exits with 6 where a gate is closed.\n' +
          'A sample (--environment example) is shown by --dry-run, and never run.',
      );
  },

  async run(context, options) {
    const deployment = await loadDeployment(context, options.environment, options.dryRun);
    if (options.destroy) return runDown(context, deployment, options);
    const declaration = await loadOrThrow(context, options);
    return runUp(context, deployment, declaration, options, realWorld);
  },
};
