import { upWords } from '../../app/render/up-events';
import { synthStacks, type SynthOptions } from '../../app/synth';
import { appFor } from '../support/app';
import { ExitCode, type Command, type CommonOptions } from '../command';

/** The command that `cdktf.json` of a repository calls. */
export const command: Command<CommonOptions & SynthOptions> = {
  configure(command) {
    command
      .option(
        '--environment <name>',
        'stacks/environments/NAME.yaml (default: BREAKWATER_ENVIRONMENT, or the only one that is not a sample)',
      )
      .option('--out <dir>', 'directory to write to (default: CDKTF_OUTDIR, or cdktf.out)')
      .addHelpText(
        'after',
        '\nWrites the stacks as Terraform JSON. Needs neither Terraform nor a network; cdktf calls it by the "app" of\n' +
          'cdktf.json. Uses dist/stacks/main.js of this directory if it exists, otherwise the stacks of the package.',
      );
  },

  async run(context, options) {
    const code = await synthStacks(appFor(context, options, upWords), options);
    return code === 0 ? ExitCode.ok : ExitCode.error;
  },
};
