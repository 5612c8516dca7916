import { Option } from 'commander';
import type { UpContext } from '../../app/up/context';
import { jsonDocument } from '../../app/render/json-document';
import { upWords } from '../../app/render/up-events';
import type { UpOptions } from '../../app/up/options';
import type { UpResult } from '../../app/up/recorded-run';
import { up, type UpTelling } from '../../app/up/up';
import { appFor } from '../support/app';
import { askYes, canAsk } from '../support/confirm';
import { abortedCode, exitCodeOf, type ExitCode } from '../exit-code';
import type { Command, CommandContext, CommonOptions } from '../command';
import { addDeclarationOptions, addFormatOption, age, type DeclarationOptions, duration } from '../options';

const STEPS_HELP = `
Steps: [before] [machine] host images harbor edge health apply conform. Each can run again and changes only
what differs; --dry-run shows the commands. Exit code 6: a precondition is not met. A sample needs --dry-run.`;
const PLAN = ['apply', 'dryRun', 'yes', 'destroy'];
const APPLY = ['planOut', 'dryRun', 'destroy', 'from', 'to', 'only'];

/** Its steps are Terraform, Ansible, and other commands of this program: see `upContextFor`. */
export const command: Command<DeclarationOptions & UpOptions> = {
  configure(command) {
    addFormatOption(addDeclarationOptions(command), 'text', 'json')
      .option('--environment <name>', 'stacks/environments/<name>.yaml; optional if there is only one')
      .option('--from <step>', 'start with this step')
      .option('--to <step>', 'end with this step')
      .addOption(new Option('--only <step>', 'run only this step').conflicts(['from', 'to']))
      .option('--dry-run', 'show the commands and check the preconditions; run nothing', false)
      .option('--yes', 'do not ask; in CI it creates only, and changes nothing that exists', false)
      .addOption(
        new Option('--plan-out <dir>', 'plan every step, write the plan there, change nothing').conflicts(PLAN),
      )
      .addOption(new Option('--apply <dir>', 'do what a plan of --plan-out shows, and nothing else').conflicts(APPLY))
      .option('--destroy', 'remove edge, harbor and images, in this order; data stays', false)
      .option('--adopt-state', 'the state was lost: import the containers and networks of the host', false)
      .option('--clean', 'after verified pulls, remove images of earlier releases from the host', false)
      .option('--backup <file>', 'manifest of a verified backup (default: backups/<environment>/latest.json)')
      .option('--backup-max-age <duration>', 'maximum age of the backup (default: backup.max_age, or 24h)', age)
      .option('--without-backup <reason>', 'upgrade without a backup, for this reason')
      .option('--running-version <version>', 'version that wrote the data, if Harbor is down')
      .option('--wait <duration>', 'how long to wait until Harbor is healthy', duration, 600)
      .addHelpText('after', STEPS_HELP);
  },

  async run(context, options) {
    const code = (result: UpResult): ExitCode =>
      result.aborted ? abortedCode(context.signal) : (result.code as ExitCode);
    const exitCode: UpTelling['exitCode'] = (end) => ('error' in end ? exitCodeOf(end.error) : code(end));
    const report: UpTelling['report'] = (ended) => context.terminal.out(jsonDocument(ended));
    const telling = options.format === 'json' ? { report, exitCode } : { exitCode };
    return code(await up(upContextFor(context, options), options, telling));
  },
};

/** What `up` needs beyond a use case: a person to ask, and this program's other commands, in this process. */
export function upContextFor(context: CommandContext, options: Pick<CommonOptions, 'quiet'>): UpContext {
  return {
    ...appFor(context, options, upWords),
    canAsk: canAsk(context),
    ask: (question) => askYes(context, question),
    colored: context.terminal.live,
    breakwater: (argv, out) => context.runAnother(argv, out),
  };
}
