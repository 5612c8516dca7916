/**
 * A command that can be pasted: wrapped between its options, each line but the last with a backslash. A longer option is
 * continued at the beginning of the next line, because a shell joins the two without a space.
 */
export function wrapCommand(command: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const [at, part] of command.split(/ (?=--)/).entries()) {
    if (at > 0 && line.length + part.length + 3 > width) {
      lines.push(`${line} \\`);
      line = `${indent}  ${part}`;
    } else line = at === 0 ? line + part : `${line} ${part}`;
    while (line.length + 2 > width) {
      lines.push(`${line.slice(0, width - 1)}\\`);
      line = line.slice(width - 1);
    }
  }
  return [...lines, line];
}

/** Lines with at most this many characters, each further one indented; only a word that is longer than a line is broken. */
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
    while (line.length > width) {
      lines.push(line.slice(0, width));
      line = indent + line.slice(width);
    }
  }
  return [...lines, line];
}
