import { constants, type Stats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

/**
 * Opens a file, lets `use` work with it, and closes it. What is asked of the stat is true of what is then
 * read, also when the name is a link that somebody changes meanwhile.
 */
export async function withFile<Result>(
  file: string,
  use: (handle: FileHandle, stat: Stats) => Promise<Result>,
): Promise<Result> {
  // Without O_NONBLOCK a named pipe would be waited for until somebody writes to it.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return await use(handle, await handle.stat());
  } finally {
    await handle.close();
  }
}

/** Reads to the end, and at most one byte more than `limitBytes`: enough to tell that there is too much. */
export async function readUpTo(handle: FileHandle, limitBytes: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(limitBytes + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

/** `ENOENT` and its like. */
export function errorCodeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown error';
}
