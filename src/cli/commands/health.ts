import { isHealthy } from '../../app/examine';
import type { Command } from '../command';
import { abortedCode, ExitCode } from '../exit-code';
import { examineHealth, healthText } from '../../app/examine/health';
import { loadOrThrow } from '../../app/load';
import { addDeclarationOptions, addFormatOption, duration, type DeclarationOptions } from '../options';

interface HealthOptions extends DeclarationOptions {
  readonly wait: number;
}

export const command: Command<HealthOptions> = {
  configure(command) {
    addFormatOption(addDeclarationOptions(command), 'text', 'json')
      .option('--wait <time>', 'go on asking for so long, such as 90s or 5m, while something is not well', duration, 0)
      .addHelpText(
        'after',
        '\nMore than /health, which calls a Harbor healthy whose pulls and jobs are all refused: the certificate, the\n' +
          'components, one manifest pulled with a credential, and one job (a dry run) to its end.',
      );
  },

  async run(context, options) {
    const declaration = await loadOrThrow(context, options);
    const results = await examineHealth(context, declaration, options.policies, options.wait * 1000);
    const { terminal, signal } = context;
    if (options.format === 'json')
      terminal.out(`${JSON.stringify({ schemaVersion: 1, healthy: isHealthy(results), probes: results }, null, 2)}\n`);
    else terminal.out(healthText(results));
    if (signal.aborted) return abortedCode(signal);
    return isHealthy(results) ? ExitCode.ok : ExitCode.error;
  },
};
