import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** This text as `npm run format` would write it into the file. */
export function formatted(file: string, text: string): string {
  const program = join('node_modules', 'oxfmt', 'bin', 'oxfmt');
  return execFileSync(process.execPath, [program, '--stdin-filepath', file], { input: text, encoding: 'utf8' });
}
