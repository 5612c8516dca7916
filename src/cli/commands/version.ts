import { version } from '../../app/version';
import type { Command, CommonOptions } from '../command';
import { ExitCode } from '../exit-code';
import { addFormatOption } from '../options';

export const command: Command<CommonOptions> = {
  configure(command) {
    addFormatOption(command, 'text', 'json');
  },
  run({ terminal }, { format }) {
    const about = { version, node: process.version, platform: `${process.platform}/${process.arch}` };
    terminal.out(
      format === 'json'
        ? `${JSON.stringify({ schemaVersion: 1, ...about }, null, 2)}\n`
        : `breakwater ${version}, Node ${about.node}, ${about.platform}\n`,
    );
    return Promise.resolve(ExitCode.ok);
  },
};
