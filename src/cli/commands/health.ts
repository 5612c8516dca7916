import { CONNECT_TO, useAddresses } from '../../app/connect-to';
import { examineHealth, isHealthy } from '../../app/examine';
import { failedOutcome } from '../../app/outcome';
import { loadOrThrow } from '../../app/load';
import { appFor } from '../support/app';
import { abortedCode, ExitCode, type Command } from '../command';
import { collect } from '../options/values';
import { addDeclarationOptions, addFormatOption, type DeclarationOptions, duration, wholeNumber } from '../options';
import { examinationsText } from '../../app/render/examinations';
import { jsonDocument } from '../../app/render/json-document';

type HealthOptions = DeclarationOptions &
  Readonly<Record<'wait' | 'minFree', number>> & { readonly connectTo: readonly string[] };

/** For scripts: before clients are sent to a Harbor, and with --wait after a deployment. */
export const command: Command<HealthOptions> = {
  configure(command) {
    addFormatOption(addDeclarationOptions(command), 'text', 'json')
      .option(...CONNECT_TO, collect, [])
      .option('--wait <duration>', 'how long to repeat a failed check, such as 90s or 5m', duration, 0)
      .option(
        '--min-free <percent>',
        'fail when less of the volume is free; warn below three times that',
        wholeNumber,
        5,
      )
      .addHelpText(
        'after',
        "\nHarbor's /health is healthy even while pulls and jobs fail. This checks the certificate, the\n" +
          'components, free space, one manifest pulled with a credential, and one job (a dry run) to its end.\n' +
          'Exit code 7: a check failed. 8: Harbor cannot be reached or refuses the login.',
      );
  },

  async run(context, options) {
    useAddresses(options.connectTo);
    const app = appFor(context, options);
    const declaration = await loadOrThrow(app, options);
    const results = await examineHealth(app, declaration, options.wait * 1000, options.minFree);
    const { terminal, signal } = context;
    const healthy = isHealthy(results);
    terminal.out(options.format === 'json' ? jsonDocument({ healthy, probes: results }) : examinationsText(results));
    if (signal.aborted) return abortedCode(signal);
    return healthy ? ExitCode.ok : ExitCode[failedOutcome(results, 'proofFailed')];
  },
};
