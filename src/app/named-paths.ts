import { stat } from 'node:fs/promises';
import { UsageError } from '../errors';

/**
 * The paths that a user named; the current directory if there are none. One that is missing is a mistake, not a tree
 * without images.
 * @throws UsageError
 */
export async function namedPaths(paths: readonly string[]): Promise<readonly string[]> {
  for (const path of paths) {
    await stat(path).catch(({ code, message }: NodeJS.ErrnoException) => {
      const why = code === 'ENOENT' ? 'no such file or directory' : message;
      throw new UsageError(`${path}: ${why}`, 'pass files and directories that exist, or none for the current one');
    });
  }
  return paths.length === 0 ? ['.'] : paths;
}
