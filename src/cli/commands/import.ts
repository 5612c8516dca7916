import { importPolicies } from '../../app/import';
import type { Command, CommonOptions } from '../command';
import { ExitCode } from '../exit-code';
import { addFormatOption } from '../options';
import { writtenAsJson, writtenAsText } from '../../app/render/written';

interface ImportOptions extends CommonOptions {
  readonly from: string;
  readonly out: string;
  readonly force: boolean;
}

/** What another tool declares, as policies. */
export const command: Command<ImportOptions> = {
  configure(command) {
    addFormatOption(command, 'text', 'json')
      .requiredOption('--from <file>', 'HarborConfiguration, Terraform state, or Terraform configuration in JSON')
      .requiredOption('--out <dir>', 'directory to write the policies to')
      .option('--force', 'overwrite files of the same name', false);
  },

  async run({ terminal }, options) {
    const report = await importPolicies(options);
    terminal.out(options.format === 'json' ? writtenAsJson(report) : writtenAsText(report));
    return ExitCode.ok;
  },
};
