import { compact } from '../../compact';
import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { UsageError } from '../../errors';
import { isRecord } from '../../json';
import { writeSafely } from '../../reconcile/safe-file';
import { readmeOf } from './readme';
import type { RenderedClient } from './render';
import { makeDirectory } from '../../make-directory';

/**
 * What was written, for programs. A later run uses it to recognize the directory and the files that are no longer
 * needed.
 */
export const MANIFEST = 'clients.json';

/** What changed in the directory, for people and for `--format json`. */
export interface WrittenClients {
  readonly directory: string;
  /** Relative to the directory, sorted. */
  readonly files: readonly string[];
  /** Files of an earlier run that are no longer rendered and were deleted. */
  readonly removed: readonly string[];
}

interface Planned {
  readonly path: string;
  readonly content: string;
  readonly mode: number;
}

/**
 * Writes every file completely or not at all, and follows no links. A directory with other files is refused.
 * @throws UsageError
 */
export async function writeClients(
  directory: string,
  rendered: readonly RenderedClient[],
  { force = false, all = true }: { readonly force?: boolean; readonly all?: boolean } = {},
): Promise<WrittenClients> {
  const before = await earlierFiles(directory, force);
  const planned = rendered.flatMap(filesOf);
  const names = planned.map(({ path }) => path).sort();
  const kept = all ? [] : before.filter((name) => !rendered.some((one) => name.startsWith(`${one.name}/`)));
  const removed = before.filter((name) => !names.includes(name) && !kept.includes(name));
  try {
    for (const { path, content, mode } of planned) {
      await makeDirectory(directory);
      await assertInside(await nearestFolder(dirname(join(directory, path))), directory);
      await makeDirectory(dirname(join(directory, path)));
      await writeSafely(join(directory, path), content, mode);
    }
    for (const name of removed) await remove(directory, name);
    await writeSafely(join(directory, MANIFEST), manifest(rendered, [...kept, ...names].sort()), 0o644);
  } catch (error) {
    throw new UsageError(
      `${directory} cannot be written: ${(error as Error).message}`,
      'pass another directory: --out',
    );
  }
  return { directory, files: names, removed };
}

/** A symbolic link in the path would write outside the directory. */
async function assertInside(folder: string, directory: string): Promise<void> {
  const way = relative(await realpath(directory), await realpath(folder));
  if (way === '..' || way.startsWith('../')) throw new Error(`${folder} is a link that points outside it`);
}

/** Checks the path before a folder is created, so that none is created outside. */
async function nearestFolder(folder: string): Promise<string> {
  return dirname(folder) === folder || (await isThere(folder)) ? folder : nearestFolder(dirname(folder));
}

/** Nothing happens if it is gone already. */
async function remove(directory: string, name: string): Promise<void> {
  const file = join(directory, name);
  if (!(await isThere(file))) return;
  await assertInside(dirname(file), directory);
  await rm(file, { force: true });
}

async function isThere(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}

function filesOf(client: RenderedClient): Planned[] {
  const files = client.files.map(({ path, content, mode }) => ({ path: outputPath(client.name, path), content, mode }));
  return [...files, { path: `${client.name}/README.md`, content: readmeOf(client), mode: 0o644 }];
}

/** A folder for each client that contains the path of the file on the machine. */
export function outputPath(name: string, path: string): string {
  return `${name}/${path.replace(/^\/+/, '')}`;
}

/** Without content and hash if the file contains a secret. */
function manifest(rendered: readonly RenderedClient[], files: readonly string[]): string {
  const clients = rendered.map(({ name, client, input, files: own }) => ({
    name,
    client: client.name,
    profile: input.profile,
    files: own.map(({ path, mode, content }) =>
      compact({
        path: outputPath(name, path),
        installs: path.startsWith('/') ? path : undefined,
        mode: mode.toString(8).padStart(4, '0'),
        sha256: mode !== 0o600 ? createHash('sha256').update(content).digest('hex') : undefined,
      }),
    ),
  }));
  return `${JSON.stringify({ schemaVersion: 1, clients, files }, null, 2)}\n`;
}

/**
 * The manifest of an earlier run in this directory.
 * @throws UsageError if the directory has other files
 */
async function earlierFiles(directory: string, force: boolean): Promise<string[]> {
  const there: string[] = await readdir(directory).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw new UsageError(`${directory} cannot be used: ${error.message}`, 'pass another directory: --out');
  });
  if (there.includes(MANIFEST)) return listedFiles(await readFile(join(directory, MANIFEST), 'utf8'));
  if (there.length === 0 || force) return [];
  throw new UsageError(
    `${directory} has files that breakwater did not write: nothing was written`,
    'pass an empty directory, or --force to write next to them',
  );
}

/** Anyone may have edited the manifest: a path outside the directory is not deleted. */
function listedFiles(text: string): string[] {
  try {
    const document = JSON.parse(text) as unknown;
    const files = isRecord(document) ? document['files'] : undefined;
    return Array.isArray(files)
      ? files.filter((name): name is string => typeof name === 'string' && !/^\/|(^|\/)\.\.(\/|$)|\0/.test(name))
      : [];
  } catch {
    return [];
  }
}
