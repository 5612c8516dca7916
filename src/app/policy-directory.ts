import { UsageError } from '../errors';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LeftOut, PolicyFile, SecretToSet } from '../export';
import type { Unreadable } from '../kinds/kind';
import { makeDirectory } from '../make-directory';

/** Written next to exported policies: names of variables without values. It is meant to be committed. */
export const SECRET_LIST = 'secrets.env.example';

/** The result of an export or an import, in the same words for both. */
export interface WrittenReport {
  readonly directory: string;
  readonly files: readonly PolicyFile[];
  readonly objects: number;
  readonly secrets: readonly SecretToSet[];
  /** What could not be written, with the reason. */
  readonly leftOut: readonly LeftOut[];
  /** Kinds that these credentials cannot read, with Harbor's message. */
  readonly unreadable: ReadonlyMap<string, string>;
  /** Objects in Harbor that could not be understood. Absent: none. */
  readonly unreadableObjects?: readonly Unreadable[];
  /** Addresses that a plan of the written files would change. Must be empty. */
  readonly differing: readonly string[];
}

/** For `export`, `import` and `init`. */
export interface WritingOptions {
  /** The directory that the policies are written to. */
  readonly out: string;
  /** Overwrite files of the same name. */
  readonly force: boolean;
}

/**
 * Checks before any request to Harbor whether files may be written there. All YAML files of a directory are one
 * declaration, so a file with another name is in the way, too.
 * @throws UsageError
 */
export async function checkDirectory(
  directory: string,
  force: boolean,
  hint = 'pass an empty directory, or --force to overwrite files of the same name',
): Promise<void> {
  const there = await namesIn(directory);
  const policies = there.filter((name) => /\.ya?ml$/.test(name));
  if (policies.length === 0 || force) return;
  const shown = policies.slice(0, 3).join(', ') + (policies.length > 3 ? ` and ${policies.length - 3} more` : '');
  throw new UsageError(`${directory} already contains policies (${shown}): nothing was written`, hint);
}

/** @throws UsageError if a file of that name exists and `force` is not given */
export async function writeFiles(directory: string, files: readonly PolicyFile[], force: boolean): Promise<void> {
  const there = new Set(await namesIn(directory));
  const inTheWay = files.filter(({ name }) => there.has(name)).map(({ name }) => name);
  if (inTheWay.length > 0 && !force)
    throw new UsageError(
      `${directory} already contains ${inTheWay.join(', ')}: nothing was written`,
      'pass --force to overwrite',
    );
  await makeDirectory(directory);
  const flag = force ? 'w' : 'wx';
  for (const { name, text } of files) await writeFile(join(directory, name), text, { flag });
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new UsageError(`${directory} cannot be used: ${(error as Error).message}`, 'pass another directory: --out');
  }
}
