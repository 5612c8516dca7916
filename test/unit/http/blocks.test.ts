import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { Blocks } from '../../../src/http/blocks';
import { createDispatcher } from '../../../src/http/dispatcher';
import { makePrivateCa } from '../harbor/support/private-ca';

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

/** Gives every block back that it got all of, as the thread does. @returns the used blocks */
function reader(
  blocks: Blocks,
  take: (chunk: Buffer) => void,
): { update(chunk: Buffer): void; used: Set<ArrayBufferLike> } {
  const used = new Set<ArrayBufferLike>();
  let block: ArrayBuffer | undefined;
  let length = 0;
  return {
    used,
    update(chunk) {
      take(chunk);
      if (blocks.isStart(chunk)) {
        if (block && blocks.isAll(block, length)) blocks.giveBack(block);
        used.add((block = chunk.buffer));
        length = 0;
      }
      length += chunk.length;
    },
  };
}

it('reads everything in order, into few blocks', async () => {
  const blocks = new Blocks();
  const hash = createHash('sha256');
  const reading = reader(blocks, (chunk) => void hash.update(chunk));
  await readAll(blocks, (chunk) => reading.update(chunk));
  expect(hash.digest('hex')).toBe(digestOf(BODY));
  expect(reading.used.size).toBeLessThanOrEqual(4);
});

it('overwrites nothing that was not given back', async () => {
  const blocks = new Blocks();
  const kept: Buffer[] = [];
  await readAll(blocks, (chunk) => void kept.push(chunk));
  expect(digestOf(Buffer.concat(kept))).toBe(digestOf(BODY));
});

it('fills a block with one read after the other, and knows when it has everything', () => {
  const blocks = new Blocks();
  const pushed: Buffer[] = [];
  const socket = { push: (chunk: Buffer) => pushed.push(chunk) > 0 } as unknown as Socket;
  const { buffer, callback } = blocks.reading(() => socket);
  callback(100, buffer().fill(1));
  callback(200_000, buffer().fill(2));
  const [first, second] = pushed as [Buffer, Buffer];
  const block = first.buffer as ArrayBuffer;
  expect([first, second.buffer === block, second.byteOffset]).toEqual([Buffer.alloc(100, 1), true, 100]);
  expect([blocks.isStart(first), blocks.isStart(second), blocks.isStart(Buffer.alloc(256 << 10))]).toEqual([
    true,
    false,
    false,
  ]);
  // The socket may still read into the rest.
  expect(blocks.isAll(block, 200_100)).toBe(false);
  expect(buffer().buffer).not.toBe(block);
  expect([100, 200_000, 200_100].map((length) => blocks.isAll(block, length))).toEqual([false, false, true]);
});

it('reads TLS, and continues its session', async () => {
  const { ca, cert, key } = makePrivateCa();
  const continued: boolean[] = [];
  const server = createTlsServer({ cert, key }, (_, answer) => {
    answer.shouldKeepAlive = false;
    answer.setHeader('content-length', BODY.length).end(BODY);
  });
  server.on('secureConnection', (socket: TLSSocket) => continued.push(socket.isSessionReused()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const dispatcher = createDispatcher({ blocks: new Blocks(), ca });
  try {
    for (const path of ['/1', '/2']) {
      const origin = `https://localhost:${(server.address() as AddressInfo).port}`;
      const { body } = await dispatcher.request({ origin, path, method: 'GET' });
      const hash = createHash('sha256');
      for await (const chunk of body) hash.update(chunk as Buffer);
      expect(hash.digest('hex')).toBe(digestOf(BODY));
    }
    expect(continued).toEqual([false, true]);
  } finally {
    await dispatcher.destroy();
    server.close();
  }
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
