import { createHash, randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { HashThread } from '../../../src/oci/hash-thread';

const threads: HashThread[] = [];
const opened = (): HashThread => {
  threads.push(new HashThread());
  return threads.at(-1)!;
};
afterEach(() => Promise.all(threads.splice(0).map((thread) => thread.close())));

/** Pieces of these lengths, one after the other until the bytes are used up. */
function piecesOf(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let from = 0, n = 0; from < bytes.length; n++) {
    const length = lengths[n % lengths.length]!;
    pieces.push(bytes.subarray(from, from + length));
    from += length;
  }
  return pieces;
}

const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

it.each<[string, number, number[]]>([
  ['nothing', 0, [1]],
  ['one byte', 1, [1]],
  ['exactly a block', 256 << 10, [64 << 10]],
  ['chunks that end where no block does', 3_000_001, [65_536, 1, 16_383, 70_001]],
  ['a chunk of many blocks', 5 << 20, [5 << 20]],
])('hashes %s as the main thread does', async (_name, size, lengths) => {
  const bytes = randomBytes(size);
  const hash = opened().begin();
  for (const piece of piecesOf(bytes, lengths)) await hash.update(piece);
  expect(await hash.digest()).toBe(digestOf(bytes));
});

it('keeps several bodies apart, whose chunks come in turn', async () => {
  const thread = opened();
  const bodies = Array.from({ length: 5 }, () => randomBytes(2 << 20));
  const hashes = bodies.map(() => thread.begin());
  const pieces = bodies.map((body) => piecesOf(body, [64 << 10]));
  for (let at = 0; at < pieces[0]!.length; at++)
    for (const [n, hash] of hashes.entries()) await hash.update(pieces[n]![at]!);
  expect(await Promise.all(hashes.map((hash) => hash.digest()))).toEqual(bodies.map(digestOf));
});

it('copies the chunk, which its owner may overwrite', async () => {
  const hash = opened().begin();
  const chunk = Buffer.alloc(64 << 10, 1);
  for (let n = 0; n < 10; n++) await hash.update(chunk);
  chunk.fill(2);
  expect(await hash.digest()).toBe(digestOf(Buffer.alloc(640 << 10, 1)));
});

describe('a block that one read filled', () => {
  /** As a socket hands it over. */
  function wholeRead(thread: HashThread, bytes: Buffer): Buffer {
    const pushed: Buffer[] = [];
    const socket = { push: (chunk: Buffer) => pushed.push(chunk) > 0 } as unknown as Socket;
    const { buffer, callback } = thread.blocks.reading(() => socket);
    const into = buffer();
    into.set(bytes);
    callback(bytes.length, into);
    return pushed[0]!;
  }
  const isTakenOver = (chunk: Buffer): boolean => chunk.buffer.byteLength === 0;

  it('is taken over with the next chunk, and used again for a later read', async () => {
    const thread = opened();
    const hash = thread.begin(true);
    const bytes = randomBytes(256 << 10);
    const chunk = wholeRead(thread, bytes);
    void hash.update(chunk);
    // The parser may still look at it.
    expect(isTakenOver(chunk)).toBe(false);
    void hash.update(Buffer.alloc(1));
    expect(isTakenOver(chunk)).toBe(true);
    expect(await hash.digest()).toBe(digestOf(Buffer.concat([bytes, Buffer.alloc(1)])));
    const used = new Uint8Array(thread.blocks.take()).slice(1);
    const again = new Uint8Array(thread.blocks.take()).slice(1);
    expect([Buffer.from(used), Buffer.from(again)]).toContainEqual(bytes.subarray(1));
  });

  it('is copied if something else reads it, too', async () => {
    const thread = opened();
    const hash = thread.begin(false);
    const bytes = randomBytes(256 << 10);
    const chunk = wholeRead(thread, bytes);
    void hash.update(chunk);
    expect(await hash.digest()).toBe(digestOf(bytes));
    expect(Buffer.from(chunk)).toEqual(bytes);
  });

  it('keeps its place between chunks that are copied', async () => {
    const thread = opened();
    const hash = thread.begin(true);
    const lengths = [256 << 10, 1, 70_000, 256 << 10, 256 << 10, 65_535, 100_000, 30, 600_000, 65_536];
    const pieces = lengths.map((length) => randomBytes(length));
    for (const piece of pieces) {
      const isRead = piece.length >= 64 << 10 && piece.length <= 256 << 10;
      await hash.update(isRead ? wholeRead(thread, piece) : piece);
    }
    expect(await hash.digest()).toBe(digestOf(Buffer.concat(pieces)));
  });
});

it('pauses a body that is faster than the hash', async () => {
  const hash = opened().begin();
  const waits = Array.from({ length: 20 }, () => hash.update(Buffer.alloc(256 << 10)));
  expect(waits.filter((wait) => wait !== undefined).length).toBeGreaterThan(0);
  for (const wait of waits) await wait;
  expect(await hash.digest()).toBe(digestOf(Buffer.alloc(20 * (256 << 10))));
});

it('ends what is under way when it is closed', async () => {
  const thread = opened();
  const hash = thread.begin();
  void hash.update(Buffer.alloc(1 << 20));
  const digest = hash.digest();
  await Promise.all([expect(digest).rejects.toThrow('the client was closed'), thread.close()]);
});

it('needs no thread for less than a block', async () => {
  const thread = opened();
  await thread.close();
  const hash = thread.begin();
  await hash.update(Buffer.from('a small body'));
  expect(await hash.digest()).toBe(digestOf(Buffer.from('a small body')));
});
