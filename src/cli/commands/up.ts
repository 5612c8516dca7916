import { Option } from 'commander';
import { loadOrThrow } from '../../app/load';
import type { UpContext } from '../../app/up/context';
import { upWords } from '../../app/render/up-events';
import { loadDeployment } from '../../app/up/load-deployment';
import type { UpOptions } from '../../app/up/options';
import { runDown, runUp } from '../../app/up/run-up';
import { realWorld } from '../../app/up/world';
import { appFor } from '../support/app';
import { askYes, canAsk } from '../terminal/confirm';
import { abortedCode, type ExitCode, type Command, type CommandContext, type CommonOptions } from '../command';
import { addDeclarationOptions, type DeclarationOptions, duration } from '../options';

export const command: Command<DeclarationOptions & UpOptions> = {
  configure(command) {
    addDeclarationOptions(command)
      .option('--environment <name>', 'stacks/environments/<name>.yaml; optional if there is only one')
      .option('--from <step>', 'start with this step')
      .option('--to <step>', 'end with this step')
      .addOption(new Option('--only <step>', 'run only this step').conflicts(['from', 'to']))
      .option('--dry-run', 'show the commands and check the preconditions; run nothing', false)
      .option('--yes', 'do not ask', false)
      .option('--destroy', 'remove edge, harbor and images, in this order; data stays', false)
      .option('--backup <file>', 'manifest of a verified backup (default: backups/<environment>/latest.json)')
      .option('--backup-max-age <duration>', 'maximum age of the backup before an upgrade', duration, 24 * 3600)
      .option('--without-backup <reason>', 'upgrade without a backup, for this reason')
      .option('--running-version <version>', 'version that wrote the data, if Harbor is down')
      .option('--wait <duration>', 'how long to wait until Harbor is healthy', duration, 600)
      .addHelpText(
        'after',
        '\nSteps: [before] [machine] host images harbor edge health apply conform. Each can run again and changes\n' +
          'only what differs; --dry-run shows the commands of each. Exit code 6: a precondition is not met.\n' +
          'A sample (--environment example) works only with --dry-run.',
      );
  },

  async run(context, options) {
    const app = upContextFor(context, options);
    const deployment = await loadDeployment(app, options.environment, options.dryRun);
    const { code, aborted } = options.destroy
      ? await runDown(app, deployment, options)
      : await runUp(app, deployment, await loadOrThrow(app, options), options, realWorld);
    return aborted ? abortedCode(context.signal) : (code as ExitCode);
  },
};

export function upContextFor(context: CommandContext, options: Pick<CommonOptions, 'quiet'>): UpContext {
  return {
    ...appFor(context, options, upWords),
    canAsk: canAsk(context),
    ask: (question) => askYes(context, question),
    colored: context.terminal.live,
    breakwater: (argv) => context.runAnother(argv),
  };
}
