import { lstat, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { Diagnostic } from '../../diagnostic';
import { pathProblem, writtenFinding, type WrittenFile } from './written-files';

/**
 * What the file system does with the files that an apply will write: a link that leads out of the policies or to one of
 * them, a path that is not a file, another name of a policy file. What cannot be checked yet is checked again by the
 * apply.
 */
export async function checkWrittenOnDisk(
  written: readonly WrittenFile[],
  directory: string,
  policyFiles: readonly string[],
): Promise<Diagnostic[]> {
  if (written.length === 0) return [];
  const policies = new Map<string, string>();
  for (const file of policyFiles) policies.set((await inodeOf(file)) ?? file, file);
  const findings = written.map(async (one) => {
    const message = await problemOnDisk(one.file, directory, policies);
    return message === undefined ? [] : [writtenFinding(one, message)];
  });
  return (await Promise.all(findings)).flat();
}

async function problemOnDisk(
  file: string,
  directory: string,
  policies: ReadonlyMap<string, string>,
): Promise<string | undefined> {
  const path = resolve(directory, file);
  const there = await lstat(path).catch(() => undefined);
  if (there && !there.isFile()) return `"${file}" is a link, a directory or a device, which is not written to`;
  const same = policies.get((await inodeOf(path)) ?? '');
  if (same !== undefined) return `"${file}" is the same file as ${same}`;
  const real = await throughLinks(path, directory);
  const problem = real === file || real === undefined ? undefined : pathProblem(real);
  return problem === undefined ? undefined : `"${file}" goes through a link: ${problem}`;
}

/** Where the path ends, relative to the directory; undefined if unknown. */
async function throughLinks(path: string, directory: string): Promise<string | undefined> {
  const root = await realpath(directory).catch(() => undefined);
  if (root === undefined) return undefined;
  // A missing path is created below its deepest existing folder.
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    const real = await realpath(folder).catch(() => undefined);
    if (real !== undefined) return relative(root, join(real, relative(folder, path)));
  }
  return undefined;
}

async function inodeOf(file: string): Promise<string | undefined> {
  const found = await stat(file, { bigint: true }).catch(() => undefined);
  return found && `${found.dev}:${found.ino}`;
}
