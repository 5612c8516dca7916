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
        '\nFor completion in an editor: breakwater schema > schema.json, with this first line in each policy file:\n# yaml-language-server: $schema=../schema.json\n' +
          'The same for stacks/environments: breakwater schema --environment > environment.schema.json',
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
  if (environment) return (await import('../../deploy/environment-schema.js')).environmentSchema;
  const [{ assembleSchema }, { kinds }] = await Promise.all([
    import('../../declaration/schema.js'),
    import('../../kinds/index.js'),
  ]);
  return assembleSchema(kinds);
}
