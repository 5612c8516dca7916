import { reportSchema } from '../../conformance';
import { assembleSchema } from '../../declaration/schema';
import { kinds } from '../../kinds';
import type { Command, CommonOptions } from '../command';
import { ExitCode } from '../exit-code';
import { addFormatOption } from '../options';

interface SchemaOptions extends CommonOptions {
  readonly report: boolean;
}

export const command: Command<SchemaOptions> = {
  configure(command) {
    addFormatOption(command, 'json')
      .option('--report', 'the schema of report.json, what conform writes, instead', false)
      .addHelpText(
        'after',
        '\nFor completion in editors: breakwater schema > schema.json, and as the first line of a file\n# yaml-language-server: $schema=../schema.json',
      );
  },
  async run({ terminal }, { report }) {
    terminal.out(`${JSON.stringify(report ? reportSchema() : assembleSchema(kinds), null, 2)}\n`);
    return ExitCode.ok;
  },
};
