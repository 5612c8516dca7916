import { mkdirSync, statSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from './errors';

/*
 * Node's own recursive mkdir never ends below /proc: there `mkdir` fails with ENOENT although the folder
 * above exists, and Node retries forever. Here each folder is tried twice.
 */

interface MakeOptions {
  /** Of every folder that is made. Default 0o777, less the umask. */
  readonly mode?: number;
}

/** Makes a folder and those above it; nothing where it exists. @throws UsageError where none can be made, Error of the file system */
export async function makeDirectory(path: string, { mode }: MakeOptions = {}): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    if (isThere(error) && (await stat(path)).isDirectory()) return;
    if (!isMissing(error) || dirname(path) === path) throw named(error, path);
    await makeDirectory(dirname(path), compactMode(mode));
    await mkdir(path, { mode }).catch(async (again: unknown) => {
      // Another process made it meanwhile.
      if (!isThere(again) || !(await stat(path)).isDirectory()) throw named(again, path);
    });
  }
}

/** The same, at once. */
export function makeDirectorySync(path: string, { mode }: MakeOptions = {}): void {
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if (isThere(error) && statSync(path).isDirectory()) return;
    if (!isMissing(error) || dirname(path) === path) throw named(error, path);
    makeDirectorySync(dirname(path), compactMode(mode));
    try {
      mkdirSync(path, { mode });
    } catch (again) {
      if (!isThere(again) || !statSync(path).isDirectory()) throw named(again, path);
    }
  }
}

function compactMode(mode: number | undefined): MakeOptions {
  return mode === undefined ? {} : { mode };
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code;
const isThere = (error: unknown): boolean => codeOf(error) === 'EEXIST';
const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT';

/** The folder above exists, and no folder can be made in it. */
function named(error: unknown, path: string): unknown {
  return isMissing(error)
    ? new UsageError(`no directory can be created at ${path}`, 'choose a directory on a disk, not in /proc or /sys')
    : error;
}
