import { appendFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { UsageError } from '../../errors';
import { fileFault } from '../../file-fault';

/** The file of finished images, as lines. */
export interface StateFile {
  /** Empty if there is none yet. */
  readonly text: string;
  /** On disk when it returns. @throws UsageError */
  append(line: string): void;
}

/** @throws UsageError if it cannot be read: its images would be pulled again */
export async function openStateFile(file: string): Promise<StateFile> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw unusable(file, 'read', error);
  });
  // A killed run may have left a part of a line.
  let head = text === '' || text.endsWith('\n') ? '' : '\n';
  return {
    text,
    append(line) {
      try {
        appendFileSync(file, `${head}${line}\n`);
        head = '';
      } catch (error) {
        throw unusable(file, 'written', error as Error);
      }
    },
  };
}

function unusable(file: string, what: string, error: Error): UsageError {
  return new UsageError(
    `the state file ${file} cannot be ${what}: ${fileFault(error)}`,
    'pass another file: --state FILE',
  );
}
