import { Argument } from 'commander';
import { DRILL_ACTIONS, runDrill, type DrillAction, type DrillOptions } from '../../app/drill/run-drill';
import { provenText } from '../../app/render/proven';
import { jsonDocument } from '../../app/render/json-document';
import { appFor } from '../support/app';
import { ExitCode, type Command } from '../command';
import { addDeclarationOptions, addFormatOption, atLeastOne, type DeclarationOptions } from '../options';

/** The steps of a restore drill, before and after the disaster; the file of --known connects them. */
export const command: Command<DeclarationOptions & DrillOptions> = {
  configure(command) {
    addFormatOption(addDeclarationOptions(command), 'text', 'json')
      .addArgument(
        new Argument(
          '<action>',
          'record: pull and save cached digests, before the disaster; credentials: have Harbor log in to every registry ' +
            'with its stored credential; pulls: pull the recorded digests while the upstreams are blocked',
        ).choices(Object.keys(DRILL_ACTIONS)),
      )
      .option('--known <file>', 'file that record writes and pulls reads', 'known.json')
      .option('--count <number>', 'digests to record', atLeastOne, 5)
      .addHelpText(
        'after',
        '\nHow to run a restore drill: docs/guides/restore-drill.md. Exits with 0 if all checks pass, with 7 if one fails.',
      );
  },

  async run(context, options, [action]) {
    const proven = await runDrill(appFor(context, options), action as DrillAction, options);
    context.terminal.out(options.format === 'json' ? jsonDocument({ proven }) : provenText(proven));
    return proven.every(({ problem }) => problem === undefined) ? ExitCode.ok : ExitCode.proofFailed;
  },
};
