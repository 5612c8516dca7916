import type { Hash } from 'node:crypto';
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { BlobMemory, SMALL_BYTES } from './blob-memory';
import { algorithmOf, digestOf, hashFor } from './digest';

/** The bytes do not have the announced digest. Nothing is stored. */
export class DigestMismatchError extends Error {
  constructor(
    readonly expected: string,
    readonly actual: string,
  ) {
    super(`expected ${expected}, got ${actual}`);
    this.name = 'DigestMismatchError';
  }
}

/** Inclusive, as in an HTTP Range. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

interface Upload {
  readonly path: string;
  readonly hash: Hash;
  sizeBytes: number;
}

/**
 * Content-addressed bytes on disk, manifests and layers alike. Everything is streamed, so a layer of a gigabyte costs
 * no memory. This class does not know which repository may read a blob.
 *
 *     FOLDER/uploads/UUID               being written; everything here is dropped at the next start
 *     FOLDER/sha256/ab/abcdef…          complete; named by the first two digits of its hex, then by all of them
 *
 *     startUpload ──► append* ──► commit ──► stored under its digest
 *                         │          └─► DigestMismatchError, upload removed
 *                         └─► cancel ──► upload removed
 */
export class BlobStore {
  private readonly uploads = new Map<string, Upload>();
  private readonly memory = new BlobMemory();

  private constructor(private readonly folder: string) {}

  /** Blobs that are in the folder stay. */
  static async open(folder: string): Promise<BlobStore> {
    // Uploads of an earlier process cannot be resumed: their running hash is lost.
    await rm(join(folder, 'uploads'), { recursive: true, force: true });
    await mkdir(join(folder, 'uploads'), { recursive: true });
    return new BlobStore(folder);
  }

  /** undefined when the blob is not stored here. */
  async size(digest: string): Promise<number | undefined> {
    try {
      return (await stat(this.path(digest))).size;
    } catch {
      return undefined;
    }
  }

  /** @param range inside of the blob: it is not checked here */
  stream(digest: string, range?: ByteRange): Readable {
    return createReadStream(this.path(digest), range);
  }

  /** The whole blob: for manifests, image configurations and other small blobs. */
  async read(digest: string): Promise<Buffer> {
    const held = this.memory.get(digest);
    if (held) return held;
    const bytes = await readFile(this.path(digest));
    this.memory.hold(digest, bytes);
    return bytes;
  }

  /** For manifests: bytes that are in memory already. */
  async put(bytes: Buffer): Promise<string> {
    const digest = digestOf(bytes);
    this.write(bytes, digest);
    return digest;
  }

  /** What is in memory is in the folder, too. At once: in threads a small file takes three times as much CPU. */
  private write(bytes: Buffer, digest: string): void {
    if (this.memory.get(digest)) return;
    const upload = join(this.folder, 'uploads', randomUUID());
    writeFileSync(upload, bytes);
    this.keep(upload, digest);
    this.memory.hold(digest, bytes);
  }

  /**
   * Stores the stream and returns its size. Throws DigestMismatchError, or the error of the stream.
   * @param announcedBytes the stream has no more than these; 0 if unknown
   */
  async ingest(source: Readable, digest: string, announcedBytes: number): Promise<number> {
    if (announcedBytes > 0 && announcedBytes <= SMALL_BYTES) return this.ingestSmall(source, digest);
    const id = this.startUpload();
    try {
      await this.append(id, source);
      return await this.commit(id, digest);
    } finally {
      await this.cancel(id);
    }
  }

  /** In one piece: a pipeline of streams takes longer than a small blob itself. */
  private async ingestSmall(source: Readable, digest: string): Promise<number> {
    const bytes = await buffer(source);
    const actual = `${algorithmOf(digest)}:${hashFor(digest).update(bytes).digest('hex')}`;
    if (actual !== digest) throw new DigestMismatchError(digest, actual);
    this.write(bytes, digest);
    return bytes.length;
  }

  /** Id of the upload. It lives in this process only. */
  startUpload(): string {
    const id = randomUUID();
    /** Two digits as a folder, so that none of them gets too many files. */
    const path = join(this.folder, 'uploads', id);
    this.uploads.set(id, { path, hash: createHash('sha256'), sizeBytes: 0 });
    return id;
  }

  /** undefined when there is no such upload. */
  uploadedBytes(id: string): number | undefined {
    return this.uploads.get(id)?.sizeBytes;
  }

  /** Appends and returns the new size. */
  async append(id: string, source: Readable): Promise<number> {
    const upload = this.upload(id);
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        upload.hash.update(chunk);
        upload.sizeBytes += chunk.length;
        done(null, chunk);
      },
    });
    await pipeline(source, meter, createWriteStream(upload.path, { flags: 'a' }));
    return upload.sizeBytes;
  }

  /** Verifies and stores an upload. Throws DigestMismatchError; the upload is removed in both cases. */
  async commit(id: string, digest: string): Promise<number> {
    const upload = this.upload(id);
    this.uploads.delete(id);
    const actual = await uploadDigest(upload, digest);
    if (actual !== digest) {
      await rm(upload.path, { force: true });
      throw new DigestMismatchError(digest, actual);
    }
    this.keep(upload.path, digest);
    return upload.sizeBytes;
  }

  /** Without an error if there is no such upload: `ingest` always calls it. */
  async cancel(id: string): Promise<void> {
    const upload = this.uploads.get(id);
    this.uploads.delete(id);
    if (upload) await rm(upload.path, { force: true });
  }

  private upload(id: string): Upload {
    const upload = this.uploads.get(id);
    if (!upload) throw new Error(`no upload ${id} is open`);
    return upload;
  }

  /** A rename is atomic: a blob is either absent or complete, even if the process is killed in between. */
  private keep(from: string, digest: string): void {
    const path = this.path(digest);
    mkdirSync(join(path, '..'), { recursive: true });
    renameSync(from, path);
  }

  private path(digest: string): string {
    const [algorithm = '', hex = ''] = digest.split(':');
    return join(this.folder, algorithm, hex.slice(0, 2), hex);
  }
}

/**
 * The running hash is SHA-256, which nearly every upload needs; for another algorithm the file is read again.
 */
async function uploadDigest(upload: Upload, wanted: string): Promise<string> {
  if (upload.sizeBytes === 0) await writeFile(upload.path, '');
  if (algorithmOf(wanted) === 'sha256') return 'sha256:' + upload.hash.digest('hex');
  const hash = hashFor(wanted);
  await pipeline(createReadStream(upload.path), hash);
  return `${algorithmOf(wanted)}:${hash.digest('hex')}`;
}
