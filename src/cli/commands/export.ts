import { exportPolicies } from '../../app/export';
import { appFor } from '../app';
import type { Command } from '../command';
import { ExitCode } from '../exit-code';
import { addFormatOption } from '../options';
import { addHarborOptions, harborFrom, type HarborOptions } from '../options/harbor';
import { writtenAsJson, writtenAsText } from '../render/written';

interface ExportOptions extends HarborOptions {
  readonly out: string;
  readonly force: boolean;
}

/** Live Harbor to policies that plan to nothing. */
export const command: Command<ExportOptions> = {
  configure(command) {
    addFormatOption(addHarborOptions(command), 'text', 'json')
      .requiredOption('--out <dir>', 'directory to write the policies to')
      .option('--force', 'overwrite files of the same name', false);
  },

  async run(context, options) {
    const app = appFor(context, options);
    const report = await exportPolicies(app, () => harborFrom(app, options), options);
    context.terminal.out(options.format === 'json' ? writtenAsJson(report) : writtenAsText(report));
    return report.differing.length === 0 ? ExitCode.ok : ExitCode.error;
  },
};
