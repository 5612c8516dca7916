import { randomBytes } from 'node:crypto';
import { lstat, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Writes a file completely or not at all: to a new file with mode 0600 (or `mode`) next to it, which is then renamed.
 * An existing target must be a regular file.
 * @throws Error of node:fs, or our own if the path is a link, a directory or a device
 */
export async function writeSafely(file: string, content: string, mode = 0o600): Promise<void> {
  await assertRegular(file);
  const temporary = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  const handle = await open(temporary, 'wx', 0o600);
  try {
    try {
      await handle.writeFile(content);
      // Independent of the umask of the process.
      await handle.chmod(mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** @throws Error if it is a link, a directory or a device */
export async function assertRegular(file: string): Promise<void> {
  const there = await lstat(file).catch(ignoreMissing);
  if (there && !there.isFile()) throw new Error(`${file} is not a regular file; links and devices are not written to`);
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
