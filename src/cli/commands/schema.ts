import { Option } from 'commander';
import type { Command, CommonOptions } from '../command';
import { ExitCode } from '../exit-code';
import { addFormatOption } from '../options';

interface SchemaOptions extends CommonOptions {
  readonly report: boolean;
  readonly environment: boolean;
}

export const command: Command<SchemaOptions> = {
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

/** Each is loaded with what it is made of, and no other. */
async function schemaOf({ report, environment }: SchemaOptions): Promise<object> {
  if (report) return (await import('../../conformance/index.js')).reportSchema();
  const { assembleSchema, publishedSchema } = await import('../../declaration/schema.js');
  if (environment)
    return publishedSchema('environment', (await import('../../deploy/environment-schema.js')).environmentSchema);
  return publishedSchema('declaration', assembleSchema((await import('../../kinds/index.js')).kinds));
}
