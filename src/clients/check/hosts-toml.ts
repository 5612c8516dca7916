import type { Diagnostic } from '../../diagnostic';
import type { Facts, FoundFile } from '../client';

/** By the rules of containerd, which dockerd shares with the containerd image store. */
export function checkHostsToml(files: readonly FoundFile[], _facts: Facts): Diagnostic[] {
  return files.filter(({ content }) => content === undefined).map(unreadable);
}

export function unreadable({ path }: FoundFile): Diagnostic {
  const at = { file: path, line: 1, column: 1 };
  return { rule: 'unreadable-file', severity: 'error', message: `${path} cannot be read`, at };
}
