import type { CommandWords, OptionWords } from './words';

/** One `complete` line for each option: fish needs no function. */
export function fishCompletion(commands: readonly CommandWords[]): string {
  const lines = commands.flatMap(({ name, summary, options, argumentChoices }) => {
    const within = `-n ${quoted(`__fish_seen_subcommand_from ${name}`)}`;
    const choices =
      argumentChoices.length > 0 ? [`complete -c breakwater ${within} -f -a ${quoted(argumentChoices.join(' '))}`] : [];
    return [
      `complete -c breakwater -n __fish_use_subcommand -f -a ${name} -d ${quoted(summary)}`,
      ...choices,
      ...options.map((option) => `complete -c breakwater ${within} ${optionOf(option)}`),
    ];
  });
  return `# Completion of breakwater for fish: breakwater completion fish > ~/.config/fish/completions/breakwater.fish\n${[...lines, ...helpOf(commands)].join('\n')}\n`;
}

/** `breakwater help plan`, and options without a command. */
function helpOf(commands: readonly CommandWords[]): string[] {
  const names = commands.map(({ name }) => name).join(' ');
  return [
    `complete -c breakwater -n __fish_use_subcommand -f -a help -d 'show the options of a command'`,
    `complete -c breakwater -n ${quoted('__fish_seen_subcommand_from help')} -f -a ${quoted(names)}`,
    `complete -c breakwater -n __fish_use_subcommand -l version -d 'print the version'`,
  ];
}

function optionOf({ flag, about, value }: OptionWords): string {
  const named = `-l ${flag.slice(2)} -d ${quoted(about)}`;
  switch (value.kind) {
    case 'none':
      return named;
    case 'choices':
      return `${named} -x -a ${quoted(value.choices.join(' '))}`;
    case 'directory':
      return `${named} -x -a '(__fish_complete_directories)'`;
    case 'file':
      return `${named} -r`;
    case 'free':
      return `${named} -x`;
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
