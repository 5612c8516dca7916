import type { CommandWords, OptionWords } from './words';

export function zshCompletion(commands: readonly CommandWords[]): string {
  const described = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`);
  return `#compdef breakwater
# Completion of breakwater for zsh: source <(breakwater completion zsh)
_breakwater() {
  local -a commands
  commands=(
${described.join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  local command=\${words[2]}
  shift words
  ((CURRENT--))
  case $command in
${commands.map(argumentsOf).join('\n')}
  esac
}
if [ "\${funcstack[1]}" = _breakwater ]; then _breakwater "$@"; else compdef _breakwater breakwater; fi
`;
}

function argumentsOf({ name, options, argumentChoices }: CommandWords): string {
  const positional = argumentChoices.length > 0 ? `1:action:(${argumentChoices.join(' ')})` : '*:file:_files';
  const specs = [...options.map(optionSpec), '--help[show help]', positional];
  return `    ${name}) _arguments ${specs.map(quoted).join(' \\\n      ')} ;;`;
}

function optionSpec({ flag, about, value }: OptionWords): string {
  // A colon or a bracket would end the text.
  const text = about.replace(/[[\]:]/g, (sign) => `\\${sign}`);
  switch (value.kind) {
    case 'none':
      return `${flag}[${text}]`;
    case 'choices':
      return `*${flag}[${text}]:value:(${value.choices.join(' ')})`;
    case 'directory':
      return `*${flag}[${text}]:directory:_files -/`;
    case 'file':
      return `*${flag}[${text}]:file:_files`;
    case 'free':
      return `*${flag}[${text}]:value: `;
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
