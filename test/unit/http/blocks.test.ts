import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { Blocks } from '../../../src/http/blocks';
import { createDispatcher } from '../../../src/http/dispatcher';

const BODY = randomBytes(24 << 20);
const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Everything that a server sends at once, read into blocks. */
async function readAll(blocks: Blocks, take: (chunk: Buffer) => void): Promise<void> {
  const server = createTcpServer((client) => client.end(BODY)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await new Promise<void>((resolve, reject) => {
      const { port } = server.address() as AddressInfo;
      const socket: Socket = connect({ port, host: '127.0.0.1', onread: blocks.reading(() => socket) });
      socket.on('data', take).on('end', resolve).on('error', reject);
    });
  } finally {
    server.close();
  }
}

it('reads everything in order, and overwrites nothing that is in use', async () => {
  const blocks = new Blocks();
  const kept: Buffer[] = [];
  const hash = createHash('sha256');
  await readAll(blocks, (chunk) => {
    hash.update(chunk);
    // As the thread does with every second one; the others stay in use.
    if (kept.length % 2 === 1 && blocks.isWholeRead(chunk)) {
      kept.push(Buffer.from(chunk));
      blocks.giveBack(chunk.buffer);
    } else kept.push(chunk);
  });
  expect(hash.digest('hex')).toBe(digestOf(BODY));
  expect(digestOf(Buffer.concat(kept))).toBe(digestOf(BODY));
});

it('needs few blocks if each is given back', async () => {
  const blocks = new Blocks();
  const seen = new Set<ArrayBufferLike>();
  let bytes = 0;
  await readAll(blocks, (chunk) => {
    bytes += chunk.length;
    if (!blocks.isWholeRead(chunk)) return;
    seen.add(chunk.buffer);
    blocks.giveBack(chunk.buffer);
  });
  expect(bytes).toBe(BODY.length);
  expect(seen.size).toBeLessThanOrEqual(4);
});

it('copies a small read, so that it does not keep a block', () => {
  const blocks = new Blocks();
  const pushed: Buffer[] = [];
  const socket = { push: (chunk: Buffer) => pushed.push(chunk) > 0 } as unknown as Socket;
  const { buffer, callback } = blocks.reading(() => socket);
  const first = buffer().fill(1);
  callback(100, first);
  expect([pushed[0]!.buffer === first.buffer, blocks.isWholeRead(pushed[0]!)]).toEqual([false, false]);
  expect(buffer()).toBe(first);
  callback(200_000, first.fill(2));
  expect([pushed[1]!.buffer === first.buffer, blocks.isWholeRead(pushed[1]!)]).toEqual([true, true]);
  expect(blocks.isWholeRead(pushed[1]!.subarray(0, 100_000))).toBe(false);
  expect(blocks.isWholeRead(pushed[1]!.subarray(1))).toBe(false);
  // It is in use, so the next read goes elsewhere.
  expect(buffer().buffer).not.toBe(first.buffer);
  expect(pushed[0]).toEqual(Buffer.alloc(100, 1));
});

it('is how the pool of connections reads a body, with and without its length', async () => {
  const server = createServer(({ url }, answer) => {
    if (url === '/length') answer.setHeader('content-length', BODY.length);
    answer.end(BODY);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const blocks = new Blocks();
  const taken: ArrayBuffer[] = [];
  const take = blocks.take.bind(blocks);
  blocks.take = () => (taken.push(take()), taken.at(-1)!);
  const dispatcher = createDispatcher({ blocks });
  try {
    for (const path of ['/length', '/chunked', '/length']) {
      const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const { body } = await dispatcher.request({ origin, path, method: 'GET' });
      const hash = createHash('sha256');
      for await (const chunk of body) hash.update(chunk as Buffer);
      expect(hash.digest('hex')).toBe(digestOf(BODY));
    }
    expect(taken.length).toBeGreaterThan(0);
  } finally {
    await dispatcher.destroy();
    server.close();
  }
});
