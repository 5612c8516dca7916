import { isHealthy } from '../../app/examine/examination';
import { examineHealth } from '../../app/examine/health';
import { loadOrThrow } from '../../app/load';
import { appFor } from '../app';
import type { Command } from '../command';
import { abortedCode, failedExitCode, ExitCode } from '../exit-code';
import { addDeclarationOptions, addFormatOption, duration, type DeclarationOptions } from '../options';
import { examinationsText } from '../../app/render/examinations';

interface HealthOptions extends DeclarationOptions {
  readonly wait: number;
}

export const command: Command<HealthOptions> = {
  configure(command) {
    addFormatOption(addDeclarationOptions(command), 'text', 'json')
      .option('--wait <duration>', 'how long to repeat a failed check, such as 90s or 5m', duration, 0)
      .addHelpText(
        'after',
        "\nChecks more than Harbor's /health, which is healthy even while pulls and jobs fail: the certificate, the\n" +
          'components, one manifest pulled with a credential, and one job (a dry run) to its end.\n' +
          'Exit code 7: one of these does not work. 8: Harbor cannot be reached or refuses the login.',
      );
  },

  async run(context, options) {
    const app = appFor(context, options);
    const declaration = await loadOrThrow(app, options);
    const results = await examineHealth(app, declaration, options.wait * 1000);
    const { terminal, signal } = context;
    if (options.format === 'json')
      terminal.out(`${JSON.stringify({ schemaVersion: 1, healthy: isHealthy(results), probes: results }, null, 2)}\n`);
    else terminal.out(examinationsText(results));
    if (signal.aborted) return abortedCode(signal);
    return isHealthy(results) ? ExitCode.ok : failedExitCode(results, ExitCode.proofFailed);
  },
};
