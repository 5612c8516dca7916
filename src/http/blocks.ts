import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import { connector } from './undici-parts';

export const BLOCK_BYTES = 256 << 10;
/** Smaller reads are copied, so that a response of some bytes does not keep a whole block. */
const HANDED_OVER_FROM = 64 << 10;
/** Blocks that wait for their next use. */
const MOST_FREE = 16;

/**
 * Memory that sockets read into, and that is used again: Node would allocate 64 KiB for each read, and leave them to the
 * garbage collector.
 *
 *      take ──► a socket reads ──► handed over ──► its reader owns all of it ──► giveBack
 *                                                └► parts of it are kept ──► garbage, as any other buffer
 */
export class Blocks {
  private readonly free: ArrayBuffer[] = [];
  private readonly lengths = new WeakMap<ArrayBufferLike, number>();

  take(): ArrayBuffer {
    return this.free.pop() ?? new ArrayBuffer(BLOCK_BYTES);
  }

  /** Its content is overwritten later. */
  giveBack(block: ArrayBuffer): void {
    if (this.free.length < MOST_FREE) this.free.push(block);
  }

  /** Whether this is everything that one read put into a block: then no part of it is in use elsewhere. */
  isWholeRead(chunk: Uint8Array): chunk is Uint8Array<ArrayBuffer> {
    return chunk.byteOffset === 0 && this.lengths.get(chunk.buffer) === chunk.length;
  }

  /** For one socket. Node asks for the next buffer after each read. */
  reading(socket: () => Socket): Reading {
    let next: Uint8Array | undefined;
    return {
      buffer: () => next ?? new Uint8Array(this.take()),
      callback: (length, read) => {
        const isLarge = length >= HANDED_OVER_FROM;
        next = isLarge ? undefined : read;
        if (!isLarge) return socket().push(Buffer.from(read.subarray(0, length)));
        this.lengths.set(read.buffer, length);
        return socket().push(Buffer.from(read.buffer, 0, length));
      },
    };
  }
}

/** `onread` of a socket. */
interface Reading {
  readonly buffer: () => Uint8Array;
  readonly callback: (length: number, read: Uint8Array) => boolean;
}

/**
 * Connects like undici, and reads plain connections into blocks: up to 256 KiB at once instead of 64. TLS gets its bytes in
 * records of 16 KiB.
 */
export function readingInto(blocks: Blocks, options: buildConnector.BuildOptions): buildConnector.connector {
  const connectTls = connector(options);
  return (target, callback) => {
    if (target.protocol === 'https:') return connectTls(target, callback);
    const plain = { ...options, onread: blocks.reading(() => socket) };
    // undici's types do not say that it returns the socket.
    const socket = connector(plain)(target, callback) as unknown as Socket;
    return socket;
  };
}
