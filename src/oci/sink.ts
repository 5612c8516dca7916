import { createHash } from 'node:crypto';
import { NetworkError } from '../errors';

/**
 * Where the bytes of a body go, chunk by chunk. `write` may throw or reject: that ends the request. While its promise
 * is pending nothing more is read from the socket.
 */
export interface Sink {
  write(chunk: Uint8Array): void | Promise<void>;
  /** `sha256:…` of what was written; only where somebody cares. */
  digest?(): string;
}

export interface HashSink extends Sink {
  write(chunk: Uint8Array): void;
  readonly bytes: number;
  digest(): string;
}

/**
 * Hashes and counts, keeps nothing: a layer of any size costs the memory of one chunk. SHA-256 runs in the
 * data callback on purpose, so that the socket is read exactly as fast as the hash.
 */
export function hashSink(limitBytes: number, shownUrl: string): HashSink {
  const hash = createHash('sha256');
  let bytes = 0;
  let result: string | undefined;
  return {
    get bytes() {
      return bytes;
    },
    write(chunk) {
      bytes += chunk.length;
      if (bytes > limitBytes) throw tooLarge(limitBytes, shownUrl);
      hash.update(chunk);
    },
    digest: () => (result ??= `sha256:${hash.digest('hex')}`),
  };
}

/** Hashes what it hands on to another reader, at that reader's pace. */
export function teeSink(hashing: HashSink, reader: Pick<Sink, 'write'>): Omit<HashSink, 'write'> & Sink {
  return {
    get bytes() {
      return hashing.bytes;
    },
    write(chunk) {
      hashing.write(chunk);
      return reader.write(chunk);
    },
    digest: () => hashing.digest(),
  };
}

export interface BufferSink extends HashSink {
  body(): Buffer;
}

/** Keeps the bytes, at most `limitBytes` of them, and hashes exactly what it keeps. */
export function bufferSink(limitBytes: number, shownUrl: string): BufferSink {
  const hashing = hashSink(limitBytes, shownUrl);
  const chunks: Uint8Array[] = [];
  return {
    get bytes() {
      return hashing.bytes;
    },
    write(chunk) {
      hashing.write(chunk);
      chunks.push(chunk);
    },
    digest: () => hashing.digest(),
    body: () => Buffer.concat(chunks),
  };
}

function tooLarge(limitBytes: number, shownUrl: string): NetworkError {
  const message = `the answer of ${shownUrl} is larger than ${limitBytes} bytes`;
  return new NetworkError(message, 'NETWORK_BODY_LIMIT', shownUrl, 'the rest was not read');
}
