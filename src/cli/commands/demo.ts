import { runDemo, type DemoOptions } from '../../app/demo/run-demo';
import { demoWords } from '../../app/render/demo-events';
import { SecretMask } from '../../outside/secret-mask';
import { appFor } from '../support/app';
import { behindDoor } from '../terminal/door';
import { abortedCode, ExitCode, type Command, type CommonOptions } from '../command';
import { addFormatOption, factor } from '../options';
import { progressFor } from '../../app/render/progress';

/** The whole workflow without a Harbor and without a network, for a first look. */
export const command: Command<CommonOptions & DemoOptions> = {
  configure(command) {
    addFormatOption(command, 'text', 'json')
      .option('--policies <dir>', 'directory of the declaration', 'policies')
      .option('--report <dir>', 'directory to write the reports to', 'out')
      .option('--time-scale <factor>', "multiplies Harbor's waits", factor, 0.01)
      .option('--keep', 'keep everything running afterwards, until Ctrl-C', false)
      .addHelpText(
        'after',
        '\nEverything runs on this machine: a Harbor stand-in, and a small registry instead of each declared upstream.',
      );
  },

  async run(context, options) {
    const { terminal: outer, signal } = context;
    // Generated secrets are masked like real ones; `--keep` shows one of them.
    const secrets = new SecretMask();
    const terminal = behindDoor(outer, secrets);
    const inner = { ...context, secrets, terminal, progress: progressFor(terminal, options.quiet) };
    const words = demoWords(options.format);
    // The stand-in's password protects nothing else, and users need it to log in.
    const kept: (typeof words)['demo-kept'] = (event) => {
      words['demo-kept'](event).forEach(({ text }) => outer.err(text));
      return [];
    };
    const result = await runDemo(appFor(inner, options, { ...words, 'demo-kept': kept }), options);
    inner.progress.end();
    if (result === 'aborted') return abortedCode(signal);
    return result === 'proven' ? ExitCode.ok : ExitCode.proofFailed;
  },
};
