import type { Socket } from 'node:net';
import { compact } from '../compact';
import type { buildConnector } from 'undici';
import { connector } from './undici-parts';

export const BLOCK_BYTES = 256 << 10;
/** A socket with less room goes on to the next block. TLS comes in records of at most 16 KiB. */
const LEAST_ROOM = { plain: 64 << 10, tls: 16 << 10 };
/** Blocks that wait for their next use. */
const MOST_FREE = 64;

/**
 * Memory that sockets read into, one read after the other, and that is used again: Node would allocate a buffer for each
 * read, and leave it to the garbage collector.
 *
 *      take ──► a socket fills it ──► its reader got all of it ──► giveBack
 *                                 └► parts of it are kept ──► garbage, as any other buffer
 */
export class Blocks {
  private readonly free: ArrayBuffer[] = [];
  /** How much a socket put into a block, Infinity while it still does. */
  private readonly filled = new WeakMap<ArrayBufferLike, number>();

  take(): ArrayBuffer {
    return this.free.pop() ?? new ArrayBuffer(BLOCK_BYTES);
  }

  /** Its content is overwritten later. */
  giveBack(block: ArrayBuffer): void {
    if (this.free.length < MOST_FREE) this.free.push(block);
  }

  /** Whether this is the first of what a socket puts into a block. */
  isStart(chunk: Uint8Array): chunk is Uint8Array<ArrayBuffer> {
    return chunk.byteOffset === 0 && this.filled.has(chunk.buffer);
  }

  /** Whether these first bytes are everything that a socket put into the block, and it puts nothing more there. */
  isAll(block: ArrayBuffer, length: number): boolean {
    return this.filled.get(block) === length;
  }

  /** For one socket. Node asks for the next buffer after each read. */
  reading(socket: () => Socket, leastRoom = LEAST_ROOM.plain): Reading {
    const next = (): ArrayBuffer => {
      const block = this.take();
      this.filled.set(block, Infinity);
      return block;
    };
    let block = next();
    let used = 0;
    return {
      buffer: () => {
        if (BLOCK_BYTES - used < leastRoom) {
          this.filled.set(block, used);
          block = next();
          used = 0;
        }
        return new Uint8Array(block, used);
      },
      callback: (length, { buffer, byteOffset }) => {
        used = byteOffset + length;
        return socket().push(Buffer.from(buffer, byteOffset, length));
      },
    };
  }
}

/** `onread` of a socket. */
interface Reading {
  readonly buffer: () => Uint8Array;
  readonly callback: (length: number, read: Uint8Array) => boolean;
}

/** Connects like undici, and reads into blocks: up to 256 KiB at once instead of 64, and records of TLS side by side. */
export function readingInto(blocks: Blocks, options: buildConnector.BuildOptions): buildConnector.connector {
  const sessions = new Map<string, Buffer>();
  return (target, callback) => {
    const isTls = target.protocol === 'https:';
    const { host = target.hostname } = target;
    const onread = blocks.reading(() => socket, isTls ? LEAST_ROOM.tls : LEAST_ROOM.plain);
    const connect = connector(compact({ ...options, onread, session: isTls ? sessions.get(host) : undefined }));
    // undici's types do not say that it returns the socket.
    const socket = connect(target, callback) as unknown as Socket;
    // Later connections to the same host continue this session: undici remembers it only for one `onread`.
    if (isTls) socket.on('session', (session: Buffer) => sessions.set(host, session));
    return socket;
  };
}
