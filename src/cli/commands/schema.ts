import { assembleSchema } from '../../declaration/schema';
import { kinds } from '../../kinds';
import type { Command } from '../command';
import { ExitCode } from '../exit-code';
import { addFormatOption } from '../options';

export const command: Command = {
  configure(command) {
    addFormatOption(command, 'json').addHelpText(
      'after',
      '\nFor completion in editors: breakwater schema > schema.json, and as the first line of a file\n# yaml-language-server: $schema=../schema.json',
    );
  },
  async run({ terminal }) {
    terminal.out(`${JSON.stringify(assembleSchema(kinds), null, 2)}\n`);
    return ExitCode.ok;
  },
};
