import { jsonDocument } from '../../app/render/json-document';
import { version } from '../../app/version';
import { ExitCode, type Command, type CommonOptions } from '../command';
import { addFormatOption } from '../options';

/** For bug reports: Node and the platform matter as often as the version. */
export const command: Command<CommonOptions> = {
  configure(command) {
    addFormatOption(command, 'text', 'json');
  },
  run({ terminal }, { format }) {
    const about = { version, node: process.version, platform: `${process.platform}/${process.arch}` };
    const text = `breakwater ${version}, Node ${about.node}, ${about.platform}\n`;
    terminal.out(format === 'json' ? jsonDocument(about) : text);
    return Promise.resolve(ExitCode.ok);
  },
};
