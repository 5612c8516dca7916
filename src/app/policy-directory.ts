import { UsageError } from '../errors';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PolicyFile } from '../export';

/**
 * Before anything is asked of Harbor: whether files may be written there. All YAML of a directory is read as
 * one declaration, so a file of another name beside the new ones is as much in the way as one of the same.
 * @throws UsageError
 */
export async function checkDirectory(directory: string, force: boolean): Promise<void> {
  const there = await namesIn(directory);
  const policies = there.filter((name) => /\.ya?ml$/.test(name));
  if (policies.length === 0 || force) return;
  const shown = policies.slice(0, 3).join(', ') + (policies.length > 3 ? ` and ${policies.length - 3} more` : '');
  throw new UsageError(
    `${directory} holds policies already (${shown}): nothing was written`,
    'name an empty directory, or add --force to write over files of the same name',
  );
}

/** @throws UsageError where a file of that name is there and `force` is not given */
export async function writeFiles(directory: string, files: readonly PolicyFile[], force: boolean): Promise<void> {
  const there = new Set(await namesIn(directory));
  const inTheWay = files.filter(({ name }) => there.has(name)).map(({ name }) => name);
  if (inTheWay.length > 0 && !force)
    throw new UsageError(`${directory} holds ${inTheWay.join(', ')} already: nothing was written`, 'add --force');
  await mkdir(directory, { recursive: true });
  const flag = force ? 'w' : 'wx';
  for (const { name, text } of files) await writeFile(join(directory, name), text, { flag });
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new UsageError(`${directory} cannot be used: ${(error as Error).message}`, 'name a directory with --out');
  }
}
