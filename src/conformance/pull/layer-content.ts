import { createHash } from 'node:crypto';
import { createGunzip } from 'node:zlib';
import type { Descriptor, RegistryClient, WireOptions } from '../../oci';
import { describeAnswer } from '../answer-words';

/** How a layer is compressed, by the beginning of its bytes: its media type is a claim. */
type Compression = 'gzip' | 'zstd' | 'none';

/** Uncompresses what is written to it and hashes what comes out. */
interface Uncompressor {
  /** Resolves when more may be written. */
  write(chunk: Uint8Array): void | Promise<void>;
  /** `sha256:…` of the uncompressed bytes. Rejects for bytes that cannot be uncompressed. */
  digest(): Promise<string>;
}

/** What a layer unpacks to: its diff ID, or why it does not unpack. */
export async function diffIdOf(
  client: RegistryClient,
  name: string,
  { digest, sizeBytes }: Descriptor,
  wire: WireOptions,
): Promise<{ readonly diffId: string } | { readonly problem: string }> {
  let content = new LayerContent();
  const reader = (): LayerContent => (content = new LayerContent());
  const answer = await client.blob(name, digest, { limitBytes: sizeBytes, reader }, wire);
  if (answer.status !== 200) return { problem: describeAnswer(answer) };
  if (answer.broken) return { problem: `${answer.broken.message} [${answer.requestId}]` };
  try {
    return { diffId: await content.digest() };
  } catch (error) {
    return { problem: `cannot be unpacked: ${(error as Error).message} [${answer.requestId}]` };
  }
}

/** Finds out by the first bytes how a layer is compressed, and goes on with that. */
class LayerContent {
  private inner: Uncompressor | undefined;

  write(chunk: Uint8Array): void | Promise<void> {
    this.inner ??= uncompressorFor(compressionOf(chunk));
    return this.inner.write(chunk);
  }

  async digest(): Promise<string> {
    return (this.inner ?? plain()).digest();
  }
}

function compressionOf(head: Uint8Array): Compression {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  return head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd ? 'zstd' : 'none';
}

function uncompressorFor(compression: Compression): Uncompressor {
  if (compression === 'gzip') return gunzip();
  return compression === 'zstd' ? unzstd() : plain();
}

function plain(): Uncompressor {
  const hash = createHash('sha256');
  return { write: (chunk) => void hash.update(chunk), digest: async () => `sha256:${hash.digest('hex')}` };
}

/** Each is a trip to zlib's thread and back: with Node's 16 KiB three layers at once take nearly twice the time. */
const UNPACKED_CHUNK_BYTES = 256 << 10;

/** zlib works in a thread of its own: the socket is held up while it has enough to do. */
function gunzip(): Uncompressor {
  const hash = createHash('sha256');
  const stream = createGunzip({ chunkSize: UNPACKED_CHUNK_BYTES });
  const done = new Promise<string>((resolve, reject) => {
    stream.on('data', (bytes: Buffer) => hash.update(bytes));
    stream.once('end', () => resolve(`sha256:${hash.digest('hex')}`));
    stream.once('error', reject);
  });
  done.catch(() => undefined);
  return {
    write(chunk) {
      // What comes after a broken beginning is read from the socket all the same, and unpacked no more.
      if (stream.errored || stream.write(chunk)) return;
      return new Promise((resolve) => {
        stream.once('drain', resolve);
        stream.once('close', resolve);
      });
    },
    digest() {
      stream.end();
      return done;
    },
  };
}

/** Node 20 has no zstd: its window, 8 MiB at most in images, is all that is kept in memory. */
function unzstd(): Uncompressor {
  const hash = createHash('sha256');
  let failure: Error | undefined;
  const ready = import('fzstd').then(({ Decompress }) => new Decompress((bytes) => void hash.update(bytes)));
  return {
    async write(chunk) {
      const stream = await ready;
      try {
        if (failure === undefined) stream.push(chunk);
      } catch (error) {
        failure = error as Error;
      }
    },
    async digest() {
      await ready;
      if (failure !== undefined) throw failure;
      // fzstd's last push never returns for a frame that is cut; what is whole has come out by now.
      return `sha256:${hash.digest('hex')}`;
    },
  };
}
