import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { Dispatcher } from 'undici';
import type { DirectOptions } from '../../../src/http/direct';
import { createDispatcher, endConnections } from '../../../src/http/dispatcher';
import { makePrivateCa } from '../harbor/support/private-ca';

const BODY = randomBytes(8 << 20);
const HEAD = `HTTP/1.1 200 OK\r\ncontent-length: ${BODY.length}\r\n`;
const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** Sends these bytes for each request, as they are. */
async function serve(answer: (socket: Socket, path: string) => void): Promise<{ port: number; opened: () => number }> {
  let opened = 0;
  const server = createServer((socket) => {
    opened++;
    socket.on('error', () => undefined).on('data', (head) => answer(socket, head.toString('latin1').split(' ')[1]!));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(() => server.close());
  return { port: (server.address() as AddressInfo).port, opened: () => opened };
}

function poolOf(options: Parameters<typeof createDispatcher>[0] = {}): Dispatcher {
  const pool = createDispatcher({ isDirect: true, ...options });
  open.push(() => endConnections(pool));
  return pool;
}

interface Read {
  readonly digest: string;
  readonly bytes: number;
  /** Memory that chunks were passed in. */
  readonly buffers: Map<ArrayBufferLike, number>;
  readonly ends: number;
  readonly error?: NodeJS.ErrnoException;
}

function read(
  pool: Dispatcher,
  origin: string,
  { path = '/', ...options }: Partial<DirectOptions> = {},
  onData: (controller: Dispatcher.DispatchController, bytes: number) => void = () => undefined,
): Promise<Read> {
  return new Promise((resolve) => {
    const hash = createHash('sha256');
    const buffers: Read['buffers'] = new Map();
    let [bytes, ends] = [0, 0];
    const end = (error?: Error): void => {
      if (ends++ > 0) return;
      setImmediate(() => resolve({ digest: hash.digest('hex'), bytes, buffers, ends, ...(error && { error }) }));
    };
    pool.dispatch({ origin, path, method: 'GET', isPassing: true, ...options } as DirectOptions, {
      onRequestStart: () => undefined,
      onResponseStart: () => undefined,
      onResponseData(controller, chunk) {
        bytes += chunk.length;
        hash.update(chunk);
        buffers.set(chunk.buffer, (buffers.get(chunk.buffer) ?? 0) + chunk.length);
        onData(controller, bytes);
      },
      onResponseEnd: () => end(),
      onResponseError: (_controller, error) => end(error),
    });
  });
}

const mostIn = ({ buffers }: Read): number => Math.max(...buffers.values());

describe('a body that only passes', () => {
  it('comes from one buffer, except for what came with the head', async () => {
    const { port } = await serve((socket) => void socket.write(`${HEAD}\r\n`, () => socket.write(BODY)));
    const answer = await read(poolOf(), `http://127.0.0.1:${port}`);
    expect([answer.digest, answer.bytes, answer.error]).toEqual([digestOf(BODY), BODY.length, undefined]);
    expect(mostIn(answer)).toBeGreaterThan(BODY.length / 2);
  });

  it('is the same in any pieces', async () => {
    const { port } = await serve((socket) => {
      const all = Buffer.concat([Buffer.from(`${HEAD}\r\n`), BODY]);
      let at = 0;
      const next = (): void => {
        const length = [1, 40, 100_000, 7, 65_536, 300_000][at % 6]!;
        if (at < all.length) socket.write(all.subarray(at, (at += length)), () => setImmediate(next));
      };
      next();
    });
    const answer = await read(poolOf(), `http://127.0.0.1:${port}`);
    expect([answer.digest, answer.bytes, answer.error]).toEqual([digestOf(BODY), BODY.length, undefined]);
  });

  it('is not mixed with others that arrive at the same time, into the same buffer', async () => {
    const bodies = Array.from({ length: 6 }, () => randomBytes(BODY.length));
    const { port } = await serve((socket, path) => {
      const body = bodies[Number(path.slice(1))]!;
      const next = (at: number): void => {
        if (at < body.length) socket.write(body.subarray(at, at + 70_000), () => setImmediate(next, at + 70_000));
      };
      socket.write(`${HEAD}\r\n`, () => next(0));
    });
    const pool = poolOf();
    const readings = await Promise.all(
      bodies.map((_, at) => read(pool, `http://127.0.0.1:${port}`, { path: `/${at}`, isPassing: at % 3 > 0 })),
    );
    expect(readings.map(({ digest }) => digest)).toEqual(bodies.map(digestOf));
    const direct = readings.filter((_, at) => at % 3 > 0).map(({ buffers }) => [...buffers.keys()]);
    const inAll = direct[0]!.filter((buffer) => direct.every((others) => others.includes(buffer)));
    expect(inAll.map(({ byteLength }) => byteLength)).toEqual([1 << 20]);
  });

  it('is the same over TLS, and the next connection continues the session', async () => {
    const { ca, cert, key } = makePrivateCa();
    const continued: boolean[] = [];
    const server = createTlsServer({ cert, key }, (socket) => {
      socket.on('error', () => undefined).on('data', () => void socket.write(`${HEAD}\r\n`, () => socket.write(BODY)));
    });
    server.on('secureConnection', (socket: TLSSocket) => continued.push(socket.isSessionReused()));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    open.push(() => server.close());
    const pool = poolOf({ ca });
    for (let n = 0; n < 2; n++) {
      const answer = await read(pool, `https://localhost:${(server.address() as AddressInfo).port}`);
      expect([answer.digest, answer.error]).toEqual([digestOf(BODY), undefined]);
      expect(mostIn(answer)).toBeGreaterThan(BODY.length / 2);
    }
    expect(continued).toEqual([false, true]);
  });

  it('may be followed by something, which belongs to no response', async () => {
    const { port } = await serve((socket) => {
      socket.write(`${HEAD}\r\n`, () => socket.write(Buffer.concat([BODY, Buffer.from(`${HEAD}\r\nevil`)])));
    });
    const pool = poolOf();
    for (let n = 0; n < 3; n++)
      expect(await read(pool, `http://127.0.0.1:${port}`)).toMatchObject({
        digest: digestOf(BODY),
        bytes: BODY.length,
      });
  });

  it.each(['', 'connection: close\r\n'])('that ends early is an error (%j)', async (header) => {
    const { port } = await serve((socket) => {
      socket.write(`${HEAD}${header}\r\n`, () => socket.end(BODY.subarray(0, -1)));
    });
    const { error, bytes } = await read(poolOf(), `http://127.0.0.1:${port}`);
    expect([error?.code, bytes]).toEqual([expect.stringMatching(/^(UND_ERR|HPE)_/), BODY.length - 1]);
  });

  it.each(['', 'connection: close\r\n'])('whose connection is reset is an error (%j)', async (header) => {
    const { port } = await serve((socket) => {
      socket.write(`${HEAD}${header}\r\n`, () => socket.write(BODY.subarray(1), () => socket.resetAndDestroy()));
    });
    const { error, bytes } = await read(poolOf(), `http://127.0.0.1:${port}`);
    expect(error).toBeDefined();
    expect(bytes).toBeLessThan(BODY.length);
  });

  it('that stops is an error after the time without a byte', async () => {
    const { port } = await serve((socket) => {
      socket.write(`${HEAD}\r\n`, () => socket.write(BODY.subarray(1)));
    });
    for (const [pool, options] of [
      [poolOf({ bodyTimeoutMs: 100 }), {}],
      [poolOf(), { bodyTimeout: 100 }],
    ] as const) {
      const { error, bytes } = await read(pool, `http://127.0.0.1:${port}`, options);
      expect([error?.code, bytes]).toEqual(['UND_ERR_BODY_TIMEOUT', BODY.length - 1]);
    }
  });

  it('can be aborted at any byte, also at the last one', async () => {
    const { port } = await serve((socket) => void socket.write(`${HEAD}\r\n`, () => socket.write(BODY)));
    const pool = poolOf();
    for (const after of [1, BODY.length / 2, BODY.length]) {
      const { error, ends } = await read(pool, `http://127.0.0.1:${port}`, {}, (controller, bytes) => {
        if (bytes >= after) controller.abort(new Error('enough'));
      });
      expect([error?.message, ends]).toEqual(['enough', 1]);
    }
  });
});

describe('undici parses', () => {
  it.each<[string, Partial<DirectOptions>, (socket: Socket) => void]>([
    ['what a handler keeps', { isPassing: false }, (socket) => socket.write(`${HEAD}\r\n`, () => socket.write(BODY))],
    [
      'a body of unknown length',
      {},
      (socket) => socket.end(Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), BODY])),
    ],
    [
      'chunks',
      {},
      (socket) => {
        socket.write(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${BODY.length.toString(16)}\r\n`);
        socket.write(BODY);
        socket.write('\r\n0\r\n\r\n');
      },
    ],
    [
      'any other response',
      {},
      (socket) => void socket.write(`${HEAD.replace('200', '404')}\r\n`, () => socket.write(BODY)),
    ],
  ])('%s', async (_, options, answer) => {
    const { port } = await serve(answer);
    const reading = await read(poolOf(), `http://127.0.0.1:${port}`, options);
    expect([reading.digest, reading.bytes, reading.error]).toEqual([digestOf(BODY), BODY.length, undefined]);
    expect(mostIn(reading)).toBeLessThan(BODY.length / 2);
  });

  it('a small body, whose connection serves the next request, also after the time without a byte', async () => {
    const small = BODY.subarray(0, 200_000);
    const server = await serve((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${small.length}\r\n\r\n`, () => socket.write(small));
    });
    const pool = poolOf({ bodyTimeoutMs: 100 });
    for (let n = 0; n < 3; n++) {
      expect(await read(pool, `http://127.0.0.1:${server.port}`)).toMatchObject({ digest: digestOf(small) });
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    expect(server.opened()).toBe(1);
  });
});
