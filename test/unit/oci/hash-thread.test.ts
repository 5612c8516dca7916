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

describe('a block of the socket', () => {
  /** What a socket passes on that reads these pieces, one after the other. */
  function readBy(thread: HashThread, pieces: readonly Buffer[]): Buffer[] {
    const pushed: Buffer[] = [];
    const socket = { push: (chunk: Buffer) => pushed.push(chunk) > 0 } as unknown as Socket;
    const { buffer, callback } = thread.blocks.reading(() => socket);
    let into = buffer();
    for (const piece of pieces) {
      into.set(piece);
      callback(piece.length, into);
      into = buffer();
    }
    return pushed;
  }
  const random = (lengths: readonly number[]): Buffer[] => lengths.map((length) => randomBytes(length));
  const isTakenOver = (chunk: Buffer): boolean => chunk.buffer.byteLength === 0;

  it('is taken over with the next chunk, and used again for a later read', async () => {
    const thread = opened();
    const hash = thread.begin(true);
    const pieces = random([100_000, 60_000, 50_000, 1]);
    const [first, second, third, next] = readBy(thread, pieces);
    for (const chunk of [first!, second!, third!]) expect(hash.update(chunk)).toBeUndefined();
    // The parser may still look at it.
    expect(isTakenOver(first!)).toBe(false);
    void hash.update(next!);
    expect([first!, second!, third!, next!].map(isTakenOver)).toEqual([true, true, true, false]);
    expect(await hash.digest()).toBe(digestOf(Buffer.concat(pieces)));
    const blocks = [thread.blocks.take(), thread.blocks.take()].map((block) =>
      digestOf(Buffer.from(block, 0, 100_000)),
    );
    expect(blocks).toContain(digestOf(pieces[0]!));
  });

  it.each([
    ['something else reads it, too', false, [256 << 10, 256 << 10], 0],
    ['its beginning is something else', true, [100, 200_000, 1], 1],
    ['its end is something else', true, [150_000, 100, 100_000], 0],
    ['something between is something else', true, [100_000, 10, 100_000, 256 << 10], 0],
  ])('is copied if %s', async (_, mayKeep, lengths, from) => {
    const thread = opened();
    const hash = thread.begin(mayKeep);
    const pieces = random(lengths);
    const chunks = readBy(thread, pieces);
    const ours = (_piece: unknown, at: number): boolean => at >= from && lengths[at] !== 100 && lengths[at] !== 10;
    for (const chunk of chunks.filter(ours)) void hash.update(chunk);
    expect(await hash.digest()).toBe(digestOf(Buffer.concat(pieces.filter(ours))));
    const left = chunks.flatMap((chunk, at) => (isTakenOver(chunk) ? [] : [at]));
    expect(left.map((at) => digestOf(chunks[at]!))).toEqual(left.map((at) => digestOf(pieces[at]!)));
    expect(isTakenOver(chunks[0]!)).toBe(false);
  });

  it('keeps its place between chunks that are copied', async () => {
    const thread = opened();
    const hash = thread.begin(true);
    const pieces = random([256 << 10, 1, 70_000, 256 << 10, 100_000, 90_000, 30, 600_000, 65_536, 3, 256 << 10]);
    for (const piece of pieces)
      for (const chunk of piece.length > 60_000 && piece.length <= 256 << 10 ? readBy(thread, [piece]) : [piece])
        await hash.update(chunk);
    expect(await hash.digest()).toBe(digestOf(Buffer.concat(pieces)));
  });

  it('is not read into again while the socket still uses its rest', async () => {
    const thread = opened();
    const hash = thread.begin(true);
    const [body] = random([10_000]);
    const [chunk] = readBy(thread, [body!]);
    void hash.update(chunk!);
    expect(await hash.digest()).toBe(digestOf(body!));
    expect(thread.blocks.take()).not.toBe(chunk!.buffer);
    expect(digestOf(chunk!)).toBe(digestOf(body!));
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
