import type { CommandWords, OptionWords } from './words';

/** Works with bash 3.2, which macOS has. */
export function bashCompletion(commands: readonly CommandWords[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  return `# Completion of breakwater for bash: source <(breakwater completion bash)
_breakwater() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} cmd='' words='' i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in -*) ;; *) cmd=\${COMP_WORDS[i]}; break ;; esac
  done
  case "$cmd $prev" in
${commands.flatMap((command) => command.options.flatMap((option) => valueCase(command.name, option))).join('\n')}
  esac
  case $cmd in
    '') words='${names} help --help --version' ;;
${commands.map(wordsCase).join('\n')}
    help) words='${names}' ;;
  esac
  if [[ $cur == -* || -z $cmd || $cmd == help || $words != -* ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
  else
    COMPREPLY=($(compgen -f -- "$cur"))
  fi
}
complete -o filenames -F _breakwater breakwater
`;
}

/** An option without a value has no case: the next word is completed as a word of the command. */
function valueCase(command: string, { flag, value }: OptionWords): string[] {
  const reply = (how: string): string[] => [`    '${command} ${flag}') ${how}; return ;;`];
  switch (value.kind) {
    case 'none':
      return [];
    case 'choices':
      return reply(`COMPREPLY=($(compgen -W '${value.choices.join(' ')}' -- "$cur"))`);
    case 'directory':
      return reply('COMPREPLY=($(compgen -d -- "$cur"))');
    case 'file':
      return reply('COMPREPLY=($(compgen -f -- "$cur"))');
    case 'free':
      return reply(':');
  }
}

/** Options come after the choices of the argument: words that do not begin with an option have choices. */
function wordsCase({ name, options, argumentChoices }: CommandWords): string {
  const all = [...argumentChoices, ...options.map(({ flag }) => flag), '--help'];
  return `    ${name}) words='${all.join(' ')}' ;;`;
}
