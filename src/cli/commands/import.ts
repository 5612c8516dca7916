import { importPolicies, type ImportOptions } from '../../app/import';
import { ExitCode, type Command, type CommonOptions } from '../command';
import { addCredentialOptions, addFormatOption } from '../options';
import { writtenAsJson, writtenAsText } from '../../app/render/written';

/** Converts the declaration of another tool to policies. */
export const command: Command<CommonOptions & ImportOptions> = {
  configure(command) {
    addFormatOption(command, 'text', 'json')
      .requiredOption(
        '--from <file>',
        'HarborConfiguration, configureUserSettings, Terraform state, plan (show -json) or configuration in JSON',
      )
      .requiredOption('--out <dir>', 'directory to write the policies to')
      .option('--force', 'overwrite files of the same name', false)
      .option('--url <url>', 'URL of Harbor, for the section harbor (default: from the file)');
    addCredentialOptions(command, '--url');
  },

  async run({ terminal }, options) {
    const report = await importPolicies(options);
    terminal.out(options.format === 'json' ? writtenAsJson(report) : writtenAsText(report));
    return ExitCode.ok;
  },
};
