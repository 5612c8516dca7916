/** A command that can be pasted: wrapped only between its options, each line but the last with a backslash. */
export function wrapCommand(command: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const [at, part] of command.split(/ (?=--)/).entries()) {
    if (at > 0 && line.length + part.length + 3 > width) {
      lines.push(`${line} \\`);
      line = `${indent}  ${part}`;
    } else line = at === 0 ? line + part : `${line} ${part}`;
  }
  return [...lines, line];
}

/** Lines with at most this many characters, each further one indented; a longer word is not broken. */
export function wrap(text: string, width: number, indent = ''): string[] {
  const [lead = ''] = /^ */.exec(text) ?? [];
  const lines: string[] = [];
  let line = lead;
  for (const word of text.slice(lead.length).split(' ')) {
    const isEmpty = line.trim() === '';
    const longer = isEmpty ? line + word : `${line} ${word}`;
    if (!isEmpty && longer.length > width) {
      lines.push(line);
      line = indent + word;
    } else line = longer;
  }
  return [...lines, line];
}
