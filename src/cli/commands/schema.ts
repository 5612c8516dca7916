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
      .option('--report', 'the schema of report.json, what conform writes, instead', false)
      .addOption(
        new Option('--environment', 'the schema of stacks/environments/*.yaml instead')
          .default(false)
          .conflicts('report'),
      )
      .addHelpText(
        'after',
        '\nFor completion in editors: breakwater schema > schema.json, and as the first line of a file\n# yaml-language-server: $schema=../schema.json\n' +
          'Of stacks/environments: breakwater schema --environment > environment.schema.json',
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
