import type { Command as CommanderCommand } from 'commander';
import { valueOf, type CommandWords } from '../app/completion/words';

/** What a shell may propose, taken from the program that parses the command line. */
export function wordsOf(program: CommanderCommand): readonly CommandWords[] {
  return program.commands.map((command) => ({
    name: command.name(),
    summary: command.summary(),
    options: command.options.flatMap(({ long, description, flags, argChoices }) =>
      long ? [{ flag: long, about: description, value: valueOf(flags, argChoices) }] : [],
    ),
    argumentChoices: command.registeredArguments[0]?.argChoices ?? [],
  }));
}
