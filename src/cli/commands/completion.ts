import { Argument, type Command as CommanderCommand } from 'commander';
import { bashCompletion } from '../../app/completion/bash';
import { fishCompletion } from '../../app/completion/fish';
import { valueOf, type CommandWords } from '../../app/completion/words';
import { zshCompletion } from '../../app/completion/zsh';
import { ExitCode, type Command, type CommonOptions } from '../command';

const SHELLS: Readonly<Record<string, (commands: readonly CommandWords[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** Made from the commands and options themselves: it proposes what this version takes. */
export const command: Command<CommonOptions> = {
  configure(command) {
    command
      .addArgument(new Argument('<shell>', 'shell to print it for').choices(Object.keys(SHELLS)))
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

/** What a shell may propose, taken from the program that parses the command line. */
function wordsOf(program: CommanderCommand): readonly CommandWords[] {
  return program.commands.map((command) => ({
    name: command.name(),
    summary: command.summary(),
    options: command.options.flatMap(({ long, description, flags, argChoices }) =>
      long ? [{ flag: long, about: description, value: valueOf(flags, argChoices) }] : [],
    ),
    argumentChoices: command.registeredArguments[0]?.argChoices ?? [],
  }));
}
