import { Argument } from 'commander';
import { bashCompletion } from '../../app/completion/bash';
import { fishCompletion } from '../../app/completion/fish';
import { wordsOf, type CommandWords } from '../../app/completion/words';
import { zshCompletion } from '../../app/completion/zsh';
import { ExitCode, type Command, type CommonOptions } from '../command';

const SHELLS: Readonly<Record<string, (commands: readonly CommandWords[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** Generated from the commands and options themselves, so it matches this version. */
export const command: Command<CommonOptions> = {
  configure(command) {
    command
      .addArgument(new Argument('<shell>', 'shell to print completion for').choices(Object.keys(SHELLS)))
      .addHelpText(
        'after',
        '\nbash: source <(breakwater completion bash) in ~/.bashrc\n' +
          'zsh:  source <(breakwater completion zsh) in ~/.zshrc, after compinit\n' +
          'fish: breakwater completion fish > ~/.config/fish/completions/breakwater.fish',
      );
  },
  async run(context, _options, [shell = '']) {
    context.terminal.out(SHELLS[shell]!(wordsOf(await context.wholeProgram())));
    return ExitCode.ok;
  },
};
