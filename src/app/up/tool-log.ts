import { createWriteStream } from 'node:fs';
import { dirname } from 'node:path';
import type { SecretMask } from '../../outside/secret-mask';
import { makeDirectorySync } from '../../make-directory';

/**
 * The output of the programs of one run: a file for later, and the last lines for the moment when one of them fails.
 */
export interface ToolLog {
  readonly file: string;
  /** A new program starts; its command line precedes its output. */
  begin(command: string): void;
  write(text: string): void;
  /** The last lines of the program that started last. */
  tail(): readonly string[];
  close(): Promise<void>;
}

const TAIL_LINES = 30;
/** A program that prints no line break must not fill the memory. */
const MAX_LINE = 16_384;

/**
 * Overwrites the log of the previous run. Lines are masked; mode 0600, because the output of a program may contain
 * secrets.
 */
export function openToolLog(file: string, secrets: SecretMask): ToolLog {
  makeDirectorySync(dirname(file));
  const stream = createWriteStream(file, { mode: 0o600 });
  // A full disk must not stop the programs: the output is lost, and the run continues.
  stream.on('error', () => undefined);
  let open = '';
  let last: string[] = [];
  const keep = (line: string): void => {
    const masked = secrets.mask(line);
    last = [...last, masked].slice(-TAIL_LINES);
    stream.write(`${masked}\n`);
  };
  const flush = (): void => {
    if (open !== '') keep(open);
    open = '';
  };
  return {
    file,
    begin(command) {
      flush();
      last = [];
      stream.write(`\n$ ${secrets.mask(command)}\n`);
    },
    write(text) {
      const lines = (open + text).split(/\r?\n|\r/);
      open = lines.pop() ?? '';
      lines.forEach(keep);
      if (open.length > MAX_LINE) flush();
    },
    tail: () => (open === '' ? last : [...last, secrets.mask(open)].slice(-TAIL_LINES)),
    close() {
      flush();
      return new Promise((resolve) => stream.end(resolve));
    },
  };
}
