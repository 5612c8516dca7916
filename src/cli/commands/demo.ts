import type { Command } from '../command';
import { runDemo, type DemoOptions } from '../../app/demo/run-demo';
import { addFormatOption } from '../options';

export const command: Command<DemoOptions> = {
  configure(command) {
    addFormatOption(command, 'text', 'json')
      .option('--policies <dir>', 'directory of the declaration', 'policies')
      .option('--report <dir>', 'where the reports go', 'out')
      .option('--time-scale <factor>', "Harbor's waits are multiplied by this", Number, 0.02)
      .option('--keep', 'leave everything running afterwards, to look around, until Ctrl-C', false)
      .addHelpText(
        'after',
        '\nEverything runs on this machine: a Harbor stand-in, and a small registry in place of every declared upstream.',
      );
  },
  run: (context, options) => runDemo(context, options),
};
