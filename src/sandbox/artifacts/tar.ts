import { gunzipSync } from 'node:zlib';

const BLOCK_BYTES = 512;
/** Harbor does not unpack larger charts either. */
const MAX_BYTES = 20 << 20;

/**
 * The files of a gzipped tar, by path.
 * @throws Error if it is not such an archive
 */
export function filesOf(archive: Buffer): ReadonlyMap<string, Buffer> {
  const tar = gunzipSync(archive, { maxOutputLength: MAX_BYTES });
  const files = new Map<string, Buffer>();
  for (let at = 0; at + BLOCK_BYTES <= tar.length && tar[at] !== 0;) {
    const header = tar.subarray(at, at + BLOCK_BYTES);
    const sizeBytes = parseInt(text(header, 124, 12), 8) || 0;
    const start = at + BLOCK_BYTES;
    const isFile = ['', '0'].includes(text(header, 156, 1));
    if (isFile)
      files.set(
        [text(header, 345, 155), text(header, 0, 100)].filter(Boolean).join('/'),
        tar.subarray(start, start + sizeBytes),
      );
    at = start + Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES;
  }
  return files;
}

/** Fields end with a zero byte or with the field. */
function text(header: Buffer, at: number, length: number): string {
  return header
    .toString('utf8', at, at + length)
    .replace(/\0.*$/s, '')
    .trim();
}
