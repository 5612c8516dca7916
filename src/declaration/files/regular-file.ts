import { constants, type Stats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

/**
 * Opens a file, lets `use` work with it, and closes it. The stat and the content belong to the same file, even if
 * someone changes a link meanwhile.
 */
export async function withFile<Result>(
  file: string,
  use: (handle: FileHandle, stat: Stats) => Promise<Result>,
): Promise<Result> {
  // Without O_NONBLOCK, opening a named pipe would block until someone writes to it.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return await use(handle, await handle.stat());
  } finally {
    await handle.close();
  }
}

/** Reads to the end, but at most one byte more than `limitBytes`: enough to notice that the file is too large. */
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
