import { Option } from 'commander';
import { schemaOf, type SchemaOptions } from '../../app/schema';
import { ExitCode, type Command, type CommonOptions } from '../command';
import { addFormatOption } from '../options';

/** The same as the files in `schemas/` of the package, for repositories that do not have it in node_modules. */
export const command: Command<CommonOptions & SchemaOptions> = {
  configure(command) {
    addFormatOption(command, 'json')
      .option('--report', 'print the schema of the report.json that conform writes', false)
      .addOption(
        new Option('--environment', 'print the schema of stacks/environments/*.yaml')
          .default(false)
          .conflicts('report'),
      )
      .addHelpText(
        'after',
        '\nFor completion in editors. The package has both as files, and `breakwater init` writes .vscode/settings.json with\n' +
          'them; any editor takes them from the first line of a file:\n' +
          '# yaml-language-server: $schema=../node_modules/breakwater/schemas/declaration.schema.json',
      );
  },
  async run({ terminal }, options) {
    terminal.out(`${JSON.stringify(await schemaOf(options), null, 2)}\n`);
    return ExitCode.ok;
  },
};
