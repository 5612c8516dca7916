import { createHash } from 'node:crypto';
import { NetworkError } from '../errors';

/**
 * Receives the bytes of a body, chunk by chunk. `write` may throw or reject: that ends the request. While its promise
 * is pending, the socket is not read.
 */
export interface Sink {
  write(chunk: Uint8Array): void | Promise<void>;
  /** `write` is done with the chunk when it returns. */
  readonly isPassing?: boolean;
  /** `sha256:…` of the written bytes; only if it is needed. */
  digest?(): string;
}

/** Hashes at once, so `write` returns at once. */
export interface HashSink extends Sink {
  readonly bytes: number;
  write(chunk: Uint8Array): void;
  digest(): string;
}

/** Hashes what it passes on: `write` is as slow as the reader. */
export interface HashingSink extends Sink {
  readonly bytes: number;
  digest(): string;
}

/**
 * Hashes and counts without keeping bytes: a layer of any size needs the memory of one chunk. SHA-256 deliberately runs
 * in the data callback, so that the socket is read exactly as fast as the hash.
 */
export function hashSink(limitBytes: number, shownUrl: string): HashSink {
  const hash = createHash('sha256');
  let bytes = 0;
  let result: string | undefined;
  return {
    isPassing: true,
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

/** Hashes the bytes that it passes to another reader, at the pace of that one. */
export function teeSink(hashing: HashSink, reader: Pick<Sink, 'write'>): HashingSink {
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

/** For bodies that are parsed. */
export interface BufferSink extends HashSink {
  body(): Buffer;
}

/** Keeps at most `limitBytes` bytes, and hashes exactly those. */
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
  const message = `the response of ${shownUrl} is larger than ${limitBytes} bytes`;
  return new NetworkError(message, 'NETWORK_BODY_LIMIT', shownUrl, 'the rest was not read');
}
