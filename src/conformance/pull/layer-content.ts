import { setImmediate } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import type { Descriptor, RegistryClient, WireOptions } from '../../oci';
import { describeAnswer } from '../answer-words';
import { Unpacked } from './unpacked';
import { ZstdPieces } from './zstd-pieces';

/** The compression of a layer, by its first bytes: the media type is only a claim. */
type Compression = 'gzip' | 'zstd' | 'none';

/** Uncompresses what is written to it and hashes what comes out. */
interface Uncompressor {
  /** Resolves when more may be written. */
  write(chunk: Uint8Array): void | Promise<void>;
  /** `sha256:…` of the uncompressed bytes. Rejects for bytes that cannot be uncompressed. */
  digest(): Promise<string>;
}

/** The result of unpacking a layer: its diff ID, or why it cannot be unpacked. */
export async function diffIdOf(
  client: RegistryClient,
  name: string,
  { digest, sizeBytes }: Descriptor,
  wire: WireOptions,
): Promise<{ readonly diffId: string } | { readonly problem: string }> {
  const fresh = (): LayerContent => new LayerContent(new Unpacked(sizeBytes), wire.signal);
  let content = fresh();
  const reader = (): LayerContent => (content = fresh());
  const answer = await client.blob(name, digest, { limitBytes: sizeBytes, reader }, wire);
  if (answer.status !== 200) return { problem: describeAnswer(answer) };
  if (answer.broken) return { problem: `${answer.broken.message} [${answer.requestId}]` };
  try {
    return { diffId: await content.digest() };
  } catch (error) {
    return { problem: `cannot be unpacked: ${(error as Error).message} [${answer.requestId}]` };
  }
}

/** The longest magic number. */
const MAGIC_BYTES = 4;

/**
 * Detects the compression of a layer from its first bytes and continues with that decoder. A proxy may send them one by
 * one: they are kept until there are enough.
 */
class LayerContent {
  private inner: Uncompressor | undefined;
  private head: Uint8Array = new Uint8Array(0);

  constructor(
    private readonly unpacked: Unpacked,
    private readonly signal: AbortSignal | undefined,
  ) {}

  write(chunk: Uint8Array): void | Promise<void> {
    if (this.inner) return this.inner.write(chunk);
    const head = this.head.length === 0 ? chunk : Buffer.concat([this.head, chunk]);
    if (head.length < MAGIC_BYTES) return void (this.head = head);
    this.inner = this.uncompressorFor(compressionOf(head));
    return this.inner.write(head);
  }

  async digest(): Promise<string> {
    if (this.inner) return this.inner.digest();
    this.unpacked.add(this.head);
    return this.unpacked.digest();
  }

  private uncompressorFor(compression: Compression): Uncompressor {
    if (compression === 'gzip') return gunzip(this.unpacked);
    return compression === 'zstd' ? unzstd(this.unpacked, this.signal) : plain(this.unpacked);
  }
}

/**
 * By the magic number at the beginning, as containerd does:
 *
 *      1f 8b            gzip
 *      28 b5 2f fd      zstd
 *      5? 2a 4d 18      zstd that begins with a frame to be skipped, as pzstd writes it
 */
function compressionOf([first = 0, second = 0, third = 0, fourth = 0]: Uint8Array): Compression {
  if (first === 0x1f && second === 0x8b) return 'gzip';
  const isZstd = first === 0x28 && second === 0xb5 && third === 0x2f && fourth === 0xfd;
  const isSkipped = first >> 4 === 5 && second === 0x2a && third === 0x4d && fourth === 0x18;
  return isZstd || isSkipped ? 'zstd' : 'none';
}

/** An uncompressed layer is a tar: its diff ID is its digest. */
function plain(unpacked: Unpacked): Uncompressor {
  return { write: (chunk) => unpacked.add(chunk), digest: async () => unpacked.digest() };
}

/**
 * Each chunk is a round trip to zlib's thread: with Node's 16 KiB three layers in parallel take nearly twice the time.
 */
const UNPACKED_CHUNK_BYTES = 256 << 10;

/** zlib runs in its own thread: the socket is paused while it has enough to do. */
function gunzip(unpacked: Unpacked): Uncompressor {
  const stream = createGunzip({ chunkSize: UNPACKED_CHUNK_BYTES });
  const done = new Promise<string>((resolve, reject) => {
    stream.on('data', (bytes: Buffer) => {
      try {
        unpacked.add(bytes);
      } catch (error) {
        stream.destroy(error as Error);
      }
    });
    stream.once('end', () => resolve(unpacked.digest()));
    stream.once('error', reject);
  });
  done.catch(() => undefined);
  return {
    write(chunk) {
      // After a broken beginning, the rest is still read from the socket but not unpacked.
      if (stream.destroyed || stream.write(chunk)) return;
      return new Promise((resolve) => {
        const goOn = (): void => {
          stream.off('drain', goOn).off('close', goOn);
          resolve();
        };
        stream.on('drain', goOn).on('close', goOn);
      });
    },
    digest() {
      stream.end();
      return done;
    },
  };
}

/** Other work of this process waits no longer than this for a layer. */
const BUSY_AT_MOST_MS = 20;

/**
 * Node 20 has no zstd, so it is unpacked here, block by block. Only its window, 8 MiB in most images, is kept in
 * memory.
 */
function unzstd(unpacked: Unpacked, signal: AbortSignal | undefined): Uncompressor {
  const pieces = new ZstdPieces();
  let failure: Error | undefined;
  const ready = import('fzstd').then(({ Decompress }) => new Decompress((bytes) => unpacked.add(bytes)));
  return {
    async write(chunk) {
      const stream = await ready;
      if (failure !== undefined) return;
      let since = performance.now();
      try {
        for (const piece of pieces.push(chunk)) {
          stream.push(piece);
          if (performance.now() - since < BUSY_AT_MOST_MS) continue;
          await setImmediate(undefined, { signal });
          since = performance.now();
        }
      } catch (error) {
        failure = error as Error;
      }
    },
    async digest() {
      const stream = await ready;
      if (failure !== undefined) throw failure;
      // For a truncated frame, fzstd's last push never returns.
      if (!pieces.isWhole) throw new Error('the zstd frame ends early');
      stream.push(new Uint8Array(0), true);
      return unpacked.digest();
    },
  };
}
