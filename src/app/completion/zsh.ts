import type { CommandWords, OptionWords } from './words';

/** Works both when it is sourced and when it is found in `$fpath`: its last line distinguishes the two. */
export function zshCompletion(commands: readonly CommandWords[]): string {
  const described = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`);
  return `#compdef breakwater
# Completion of breakwater for zsh: source <(breakwater completion zsh)
_breakwater() {
  local -a commands
  commands=(
${described.join('\n')}
  )
  local i=2
  while ((i < CURRENT)) && [[ \${words[i]} == -* ]]; do ((i++)); done
  if ((i >= CURRENT)); then
    if [[ \${words[CURRENT]} == -* ]]; then compadd -- --help --version; else _describe command commands; fi
    return
  fi
  local command=\${words[i]}
  shift $((i - 1)) words
  ((CURRENT -= i - 1))
  case $command in
    help) ((CURRENT == 2)) && _describe command commands ;;
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
