import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { FixtureMode, FixtureState } from './answer';
import { createAnswer, isFixtureMode } from './answer';
import { FixtureContent } from './content';
import type { FixtureImage } from './image';
import type { FixtureImageName } from './images';
import { fixtureImage, isFixtureImageName } from './images';

/** What cannot change while it runs, except `auth`, which `setAuth` replaces and `reset` restores. */
export interface FixtureUpstreamOptions {
  /** 0 or absent: any free port. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** `user:password`; absent: no authentication. */
  readonly auth?: string;
  /** Name of the upstream in its token challenge. */
  readonly name?: string;
  /** PEM. Absent: plain HTTP. */
  readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer };
  /** False: no referrers API, as in registry 2.8. Default true. */
  readonly referrers?: boolean;
}

/** The control operations of the recordings, as data. */
export type FixtureAction =
  | { readonly op: 'put'; readonly repository: string; readonly tag: string; readonly image: string }
  | { readonly op: 'remove-tag'; readonly repository: string; readonly tag: string }
  | { readonly op: 'remove-repository'; readonly repository: string }
  | { readonly op: 'mode'; readonly mode: string }
  | { readonly op: 'auth'; readonly auth?: string | null }
  | { readonly op: 'stop' }
  | { readonly op: 'start' };

/** A small real registry, by default on a loopback port, that misbehaves on command and records its requests. */
export interface FixtureUpstream {
  readonly name: string;
  readonly port: number;
  readonly url: string;
  /** Handles requests that a front in the same process has already read; undefined while it is stopped. */
  readonly server: Server | undefined;
  /** Tags an image, a well-known one by name or any built one. */
  put(repository: string, tag: string, image: FixtureImageName | FixtureImage): void;
  /** Nothing happens if there is no such tag. */
  removeTag(repository: string, tag: string): void;
  removeRepository(repository: string): void;
  /** Also ends requests that got no response because of `hang`. */
  setMode(mode: FixtureMode): void;
  /** `user:password` required from now on, with a bearer token; undefined requires nothing. */
  setAuth(auth: string | undefined): void;
  /** Refuses connections from now on; its contents stay. */
  stop(): Promise<void>;
  /** Listens again on the same port. */
  start(): Promise<void>;
  /** @throws Error for an unknown image or mode */
  act(action: FixtureAction): Promise<void>;
  /** `METHOD /path` of every request since the last call, without pings, which health checks send at any time. */
  takeLog(): string[];
  /** Number of each request in the current log, without clearing it. */
  counts(): Map<string, number>;
  /** Empty, with its first `auth` and in mode `ok`. It keeps listening, and its port stays. */
  reset(): void;
  /** The same as `stop`; open connections are destroyed. */
  close(): Promise<void>;
}

const PING = 'GET /v2/';

/** Starts the upstream. Rejects if the port is in use. */
export async function startFixtureUpstream(options: FixtureUpstreamOptions = {}): Promise<FixtureUpstream> {
  const content = new FixtureContent();
  const state: FixtureState = { mode: 'ok', auth: options.auth, log: [], hanging: new Set() };
  const name = options.name ?? 'fixture';
  const scheme = options.tls ? 'https' : 'http';
  const host = options.host ?? '127.0.0.1';
  const listener = createListener(
    createAnswer({ content, state, name, scheme, referrers: options.referrers ?? true }),
    host,
    options.tls,
  );
  const port = await listener.listen(options.port ?? 0);
  const upstream: FixtureUpstream = {
    name,
    port,
    url: `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    get server() {
      return listener.server;
    },
    put: (repository, tag, image) =>
      content.put(repository, tag, typeof image === 'string' ? fixtureImage(image) : image),
    removeTag: (repository, tag) => content.removeTag(repository, tag),
    removeRepository: (repository) => content.removeRepository(repository),
    setMode: (mode) => {
      state.mode = mode;
      // Clients without a response would wait for half an hour; pending requests end with the mode.
      for (const socket of state.hanging) socket.destroy();
    },
    setAuth: (auth) => void (state.auth = auth),
    stop: () => listener.close(),
    start: async () => void (await listener.listen(port)),
    act: (action) => act(upstream, action),
    takeLog: () => state.log.splice(0).filter((line) => line !== PING),
    counts: () => countLines(state.log.filter((line) => line !== PING)),
    reset: () => {
      content.clear();
      Object.assign(state, { auth: options.auth, log: [] });
      upstream.setMode('ok');
    },
    close: () => listener.close(),
  };
  return upstream;
}

async function act(upstream: FixtureUpstream, action: FixtureAction): Promise<void> {
  switch (action.op) {
    case 'put':
      if (!isFixtureImageName(action.image)) throw new Error(`there is no fixture image ${action.image}`);
      return upstream.put(action.repository, action.tag, action.image);
    case 'remove-tag':
      return upstream.removeTag(action.repository, action.tag);
    case 'remove-repository':
      return upstream.removeRepository(action.repository);
    case 'mode':
      if (!isFixtureMode(action.mode)) throw new Error(`the fixture upstream has no mode ${action.mode}`);
      return upstream.setMode(action.mode);
    case 'auth':
      return upstream.setAuth(action.auth ?? undefined);
    case 'stop':
      return upstream.stop();
    case 'start':
      return upstream.start();
  }
}

function countLines(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

interface Listener {
  readonly server: Server | undefined;
  listen(port: number): Promise<number>;
  close(): Promise<void>;
}

/** A server that can stop and start again: closing cuts open connections, as for a stopped container. */
function createListener(
  answer: ReturnType<typeof createAnswer>,
  host: string,
  tls: FixtureUpstreamOptions['tls'],
): Listener {
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  return {
    get server() {
      return server;
    },
    listen: (port) =>
      new Promise((resolve, reject) => {
        if (server) return resolve(port);
        const starting = tls ? createTlsServer(tls, answer) : createServer(answer);
        starting.on('connection', (socket: Socket) => {
          sockets.add(socket);
          socket.on('close', () => sockets.delete(socket));
        });
        starting.once('error', reject);
        starting.listen(port, host, () => {
          server = starting;
          resolve((starting.address() as AddressInfo).port);
        });
      }),
    close: () =>
      new Promise((resolve) => {
        if (!server) return resolve();
        const closing = server;
        server = undefined;
        closing.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
