import { Argument } from 'commander';
import { DRILL_ACTIONS, runDrill, type DrillAction, type DrillOptions, type Proven } from '../../app/drill/run-drill';
import { appFor } from '../app';
import type { Command } from '../command';
import { ExitCode } from '../exit-code';
import { addDeclarationOptions, addFormatOption, atLeastOne, type DeclarationOptions } from '../options';

export const command: Command<DeclarationOptions & DrillOptions> = {
  configure(command) {
    addFormatOption(addDeclarationOptions(command), 'text', 'json')
      .addArgument(
        new Argument(
          '<action>',
          'record: save the digests that are cached, before the disaster; credentials: have Harbor log in to every registry ' +
            'with its stored credential; pulls: pull what was recorded while the upstreams are blocked',
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
    context.terminal.out(
      options.format === 'json' ? `${JSON.stringify({ schemaVersion: 1, proven }, null, 2)}\n` : asText(proven),
    );
    return proven.every(({ problem }) => problem === undefined) ? ExitCode.ok : ExitCode.proofFailed;
  },
};

function asText(proven: readonly Proven[]): string {
  return proven
    .map(({ what, problem }) => (problem === undefined ? `ok     ${what}\n` : `FAILED ${what}: ${problem}\n`))
    .join('');
}
