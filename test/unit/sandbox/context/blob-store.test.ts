import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { SMALL_BYTES } from '../../../../src/sandbox/context/blob-memory';
import { BlobStore, DigestMismatchError } from '../../../../src/sandbox/context/blob-store';

const digestOf = (bytes: Buffer, algorithm = 'sha256'): string =>
  `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'breakwater-blobs-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Two chunks, as from a connection. */
function stream(bytes: Buffer): Readable {
  return Readable.from([bytes.subarray(0, 3), bytes.subarray(3)], { objectMode: false });
}

describe.each([
  { what: 'a small blob', bytes: Buffer.alloc(SMALL_BYTES, 1), algorithm: 'sha256' },
  { what: 'a small blob with SHA-512', bytes: Buffer.from('twelve bytes'), algorithm: 'sha512' },
  { what: 'a large blob', bytes: Buffer.alloc(SMALL_BYTES + 1, 2), algorithm: 'sha256' },
])('$what', ({ bytes, algorithm }) => {
  const digest = digestOf(bytes, algorithm);

  it.each([{ announced: bytes.length }, { announced: 0 }])(
    'is in the folder afterwards ($announced bytes announced)',
    async ({ announced }) => {
      const store = await BlobStore.open(folder);
      expect(await store.ingest(stream(bytes), digest, announced)).toBe(bytes.length);
      expect((await store.read(digest)).equals(bytes)).toBe(true);
      const later = await BlobStore.open(folder);
      expect(await later.size(digest)).toBe(bytes.length);
      expect((await buffer(later.stream(digest))).equals(bytes)).toBe(true);
    },
  );

  it('is not stored under another digest', async () => {
    const store = await BlobStore.open(folder);
    const other = digestOf(Buffer.from('other'), algorithm);
    await expect(store.ingest(stream(bytes), other, bytes.length)).rejects.toThrow(DigestMismatchError);
    expect(await store.size(other)).toBeUndefined();
    expect(await store.size(digest)).toBeUndefined();
    expect(await readdir(join(folder, 'uploads'))).toEqual([]);
  });

  it('is not stored if the connection breaks', async () => {
    const store = await BlobStore.open(folder);
    const broken = Readable.from(
      (function* () {
        yield bytes.subarray(0, 3);
        throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
      })(),
      { objectMode: false },
    );
    await expect(store.ingest(broken, digest, bytes.length)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await store.size(digest)).toBeUndefined();
    expect(await readdir(join(folder, 'uploads'))).toEqual([]);
  });
});

it('stores the same manifest twice', async () => {
  const store = await BlobStore.open(folder);
  const bytes = Buffer.from('{}');
  expect([await store.put(bytes), await store.put(bytes)]).toEqual([digestOf(bytes), digestOf(bytes)]);
  expect(await (await BlobStore.open(folder)).read(digestOf(bytes))).toEqual(bytes);
});
