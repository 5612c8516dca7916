import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { Blocks, BLOCK_BYTES } from '../http/blocks';

/** Blocks in transit, of all hashes together: 2 MiB. A faster body is paused. */
const MOST_BLOCKS = 8;

/** In a string, because a thread cannot load TypeScript, and the tests run the sources. */
const PROGRAM = `
const { parentPort } = require('node:worker_threads');
const { createHash } = require('node:crypto');
const hashes = new Map();
parentPort.on('message', ({ id, block, length, last }) => {
  const hash = hashes.get(id) ?? createHash('sha256');
  hashes.set(id, hash);
  hash.update(new Uint8Array(block, 0, length));
  if (last) hashes.delete(id);
  parentPort.postMessage({ id, block, digest: last ? hash.digest('hex') : undefined }, [block]);
});`;

interface Hashed {
  readonly id: number;
  readonly block: ArrayBuffer;
  /** Set for the last block of a hash. */
  readonly digest?: string;
}

interface Waiting {
  readonly resolve: (digest: string) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A thread that hashes large bodies while the main thread keeps reading the socket. Blocks are handed over and
 * returned, so only a few exist. It is started by the first body and does not keep the process alive.
 */
export class HashThread {
  readonly blocks = new Blocks();
  private worker: Worker | undefined;
  private readonly digests = new Map<number, Waiting>();
  private room: (() => void)[] = [];
  private underWay = 0;
  private lastId = 0;
  private failure: Error | undefined;

  /**
   * One hash of many chunks.
   * @param mayKeep the chunks are used for nothing else: a whole block is not copied
   */
  begin(mayKeep = false): ThreadHash {
    return new ThreadHash(this, ++this.lastId, mayKeep);
  }

  /** Resolves when another block may be sent; undefined if it may be sent at once. */
  send(id: number, block: ArrayBuffer, length: number, last: boolean): Promise<void> | undefined {
    if (this.failure) throw this.failure;
    this.underWay++;
    this.started().postMessage({ id, block, length, last }, [block]);
    return this.underWay < MOST_BLOCKS ? undefined : new Promise((resolve) => this.room.push(resolve));
  }

  digestOf(id: number): Promise<string> {
    return new Promise((resolve, reject) => this.digests.set(id, { resolve, reject }));
  }

  async close(): Promise<void> {
    await this.worker?.terminate();
    this.fail(new Error('the client was closed'));
  }

  private started(): Worker {
    if (this.worker) return this.worker;
    // Hashing keeps no objects: a small heap is enough.
    const resourceLimits = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 };
    const worker = new Worker(PROGRAM, { eval: true, resourceLimits, env: {}, execArgv: [] });
    worker.unref();
    worker.on('message', (hashed: Hashed) => this.take(hashed));
    worker.on('error', (error) => this.fail(error));
    return (this.worker = worker);
  }

  /** All bodies that wait go on, not only one: the limit may be exceeded by a block of each. */
  private take({ id, block, digest }: Hashed): void {
    this.underWay--;
    this.blocks.giveBack(block);
    if (digest !== undefined) {
      this.digests.get(id)?.resolve(`sha256:${digest}`);
      this.digests.delete(id);
    }
    for (const go of this.room.splice(0)) go();
  }

  /** All hashes that are under way fail, and each later one. */
  private fail(error: Error): void {
    this.failure = error;
    for (const { reject } of this.digests.values()) reject(error);
    this.digests.clear();
    for (const go of this.room.splice(0)) go();
  }
}

/**
 * Collects chunks into blocks. They are copied, so the socket's buffer may be reused; only a block that a socket filled for
 * this hash alone is handed over itself. That happens with the next chunk, when the parser is done with this one. A body
 * that ends within its first block is hashed here, because a thread costs 30 ms of CPU to start.
 */
export class ThreadHash {
  private block: ArrayBuffer | undefined;
  private length = 0;
  /** It is a block of the socket, which may still read into the rest of it. */
  private isRead = false;
  private isHandedOver = false;

  constructor(
    private readonly thread: HashThread,
    private readonly id: number,
    private readonly mayKeep: boolean,
  ) {}

  /** A promise if the body has to wait for the hash. */
  update(chunk: Uint8Array): void | Promise<void> {
    if (this.isRead && this.block === chunk.buffer && this.length === chunk.byteOffset) {
      this.length += chunk.length;
      return undefined;
    }
    return this.mayKeep && this.thread.blocks.isStart(chunk) ? this.keep(chunk) : this.copy(chunk);
  }

  /** `sha256:…` of everything. Call it once. */
  async digest(): Promise<string> {
    if (!this.isHandedOver) return this.digestHere();
    const digest = this.thread.digestOf(this.id);
    digest.catch(() => {});
    void this.hand(true);
    return digest;
  }

  private digestHere(): string {
    const hash = createHash('sha256');
    if (this.block) hash.update(new Uint8Array(this.block, 0, this.length));
    if (this.block && !this.isRead) this.thread.blocks.giveBack(this.block);
    this.block = undefined;
    return `sha256:${hash.digest('hex')}`;
  }

  private keep(chunk: Uint8Array<ArrayBuffer>): Promise<void> | undefined {
    const wait = this.block && this.hand(false);
    this.block = chunk.buffer;
    this.length = chunk.length;
    this.isRead = true;
    return wait;
  }

  private copy(chunk: Uint8Array): Promise<void> | undefined {
    let wait = this.isRead && this.isAll() ? this.hand(false) : undefined;
    if (this.isRead) this.copyRead();
    for (let from = 0; from < chunk.length;) {
      if (this.length === BLOCK_BYTES) wait = this.hand(false);
      this.block ??= this.thread.blocks.take();
      const part = chunk.subarray(from, from + BLOCK_BYTES - this.length);
      new Uint8Array(this.block).set(part, this.length);
      this.length += part.length;
      from += part.length;
    }
    return wait;
  }

  private isAll(): boolean {
    return this.block !== undefined && this.thread.blocks.isAll(this.block, this.length);
  }

  /** Something else is in the block, too, or the socket still reads into it. */
  private copyRead(): void {
    const own = this.thread.blocks.take();
    new Uint8Array(own).set(new Uint8Array(this.block!, 0, this.length));
    this.block = own;
    this.isRead = false;
  }

  private hand(last: boolean): Promise<void> | undefined {
    if (this.isRead && !this.isAll()) this.copyRead();
    const { block = this.thread.blocks.take(), length } = this;
    this.block = undefined;
    this.length = 0;
    this.isRead = false;
    this.isHandedOver = true;
    return this.thread.send(this.id, block, length, last);
  }
}
