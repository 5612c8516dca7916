import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify, { type FastifyInstance } from 'fastify';
import { Clock } from './context/clock';
import type { Context } from './context';
import { ArtifactEvents } from './context/listeners';
import { Timetable } from './context/timetable';
import { installFaults } from './server/faults';
import { featuresOf } from './versions';
import { installFrontDoor } from './server/front-door';
import { StateWriter, loadState } from './store/persistence';
import { watchRegistry } from './registries/health';
import { BlobStore } from './context/blob-store';
import { registerRegistry } from './registry/index';
import { TokenService } from './context/token-service';
import { registerOwnScanner } from './scanning/scanners';
import { endInterruptedScans } from './scanning/scans';
import { registerPortal } from './server/portal';
import { registerApi } from './routes/index';
import { seed } from './store/seed';
import { Store } from './store/store';

/** All optional: without any it is an empty Harbor on a free port of 127.0.0.1 that forgets everything. */
export interface SandboxOptions {
  /** 0, the default, uses a free port. */
  readonly port?: number;
  readonly host?: string;
  /** The URL that clients use if there is a proxy in front, as in harbor.yml; default: its own address. */
  readonly externalUrl?: string;
  /** Password of the user `admin`. */
  readonly password?: string;
  /** Factor for Harbor's waits; 0.05 makes them twenty times shorter. */
  readonly timeScale?: number;
  readonly harborVersion?: string;
  /** Directory that keeps state and blobs over a restart. Without it everything is deleted on close. */
  readonly dataDir?: string;
  /** Fault specifications, see faults.ts. */
  readonly faults?: readonly string[];
  /** PEM texts; without them the sandbox uses plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Starts a scanner adapter, registers it as the default scanner and closes it with the sandbox. */
  readonly scanner?: StartScanner;
  /** Called for every request before it is handled. */
  readonly onRequest?: (request: SandboxRequest) => void;
  /** Called for defects of the sandbox itself: an exception in a handler or in a background task. */
  readonly onError?: (error: unknown) => void;
}

/** Options of a scanner adapter: the Authorization header to require, and the CA of the sandbox's certificate. */
export interface ScannerAccess {
  readonly authorization: string;
  readonly registryCa?: string;
}

/**
 * The adapter is a separate folder that the sandbox does not import: the caller that starts the sandbox passes it in.
 */
export type StartScanner = (access: ScannerAccess) => Promise<RunningScanner>;

/** `url` as the sandbox reaches it. */
export interface RunningScanner {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Of every request, also refused ones. Tests and the call budget count these. */
export interface SandboxRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<IncomingHttpHeaders>;
}

/** `store` lets a test arrange or examine what the API cannot. `close` waits for background tasks. */
export interface Sandbox {
  readonly url: string;
  readonly port: number;
  /** Handles requests that a front in the same process has already read. */
  readonly server: Server;
  readonly store: Store;
  readonly close: () => Promise<void>;
}

/**
 * Starts a Harbor stand-in on a real port.
 * @throws Error when the port is in use, a fault specification is invalid or the data directory cannot be read
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port = 0, host = '127.0.0.1', password = 'Harbor12345', timeScale = 1, harborVersion = 'v2.15.2' } = options;
  const onError = options.onError ?? (() => undefined);
  const app = createApp(options.tls);
  const { store, writer } = openStore(options.dataDir, password);
  endInterruptedScans(store);
  const clock = new Clock(timeScale, onError);
  const blobs = await openBlobs(options.dataDir);
  let url = '';
  const context: Context = {
    store,
    clock,
    timetable: new Timetable(clock, onError),
    artifactEvents: new ArtifactEvents(),
    harborVersion,
    features: featuresOf(harborVersion),
    blobsDir: blobs.path,
    blobs: await BlobStore.open(blobs.path),
    tokens: new TokenService(),
    externalUrl: () => options.externalUrl ?? url,
    onError,
  };
  registerAll(app, context, options);
  for (const { id } of store.registries.all()) watchRegistry(context, id);
  clock.background(() => context.timetable.keep());
  let scanner: RunningScanner | undefined;
  const close = async (): Promise<void> => {
    // Requests to upstreams end with the app; background tasks that wait for them could not end before.
    await app.close();
    await clock.close();
    await scanner?.close();
    await writer?.close();
    await blobs.discard();
  };
  try {
    await app.listen({ port, host });
    const bound = (app.server.address() as AddressInfo).port;
    url = `${options.tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${bound}`;
    scanner = options.scanner && (await startScanner(context, options.scanner, options.tls?.cert));
    return { url, port: bound, server: app.server, store, close };
  } catch (error) {
    // Its background tasks would keep the process running.
    await close();
    throw error;
  }
}

function registerAll(app: FastifyInstance, context: Context, { onRequest, faults = [] }: SandboxOptions): void {
  if (onRequest)
    app.addHook('onRequest', async ({ method, url: target, headers }) => onRequest({ method, target, headers }));
  installFaults(app, faults);
  installFrontDoor(app, context);
  registerApi(app, context);
  registerPortal(app, context);
  registerRegistry(app, context);
}

/** Only the sandbox knows its token. */
async function startScanner(context: Context, start: StartScanner, ca: string | undefined): Promise<RunningScanner> {
  const token = randomBytes(16).toString('hex');
  const authorization = `Bearer ${token}`;
  const adapter = await start({ authorization, ...(ca === undefined ? {} : { registryCa: ca }) });
  registerOwnScanner(context, adapter.url, token);
  return adapter;
}

/** HEAD is not answered by the handler of a GET: each route says itself whether it takes one. */
function createApp(tls: SandboxOptions['tls']): FastifyInstance {
  const options = {
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    bodyLimit: 64 << 20,
    rewriteUrl: (request: IncomingMessage) => originForm(request.url ?? '/'),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 4096 },
  } as const;
  return tls ? fastify({ ...options, https: tls }) : fastify(options);
}

/** A client may send the whole URL as its request target, and Harbor's proxy accepts it (RFC 9112 3.2.2). */
function originForm(target: string): string {
  return target.replace(/^https?:\/\/[^/?]*/i, '') || '/';
}

/** Saved state wins over the password of the command line. */
function openStore(dataDir: string | undefined, password: string): { store: Store; writer?: StateWriter } {
  if (dataDir === undefined) return { store: seeded(new Store(), password) };
  const writer: StateWriter = new StateWriter(dataDir, () => store);
  const store: Store = new Store(writer.changed);
  const state = loadState(dataDir);
  if (state) store.restore(state);
  else seeded(store, password);
  return { store, writer };
}

function seeded(store: Store, password: string): Store {
  seed(store, password, Date.now());
  return store;
}

/** Without a directory they are removed at the end; with one they stay. */
async function openBlobs(dataDir: string | undefined): Promise<{ path: string; discard: () => Promise<void> }> {
  if (dataDir === undefined) {
    const path = await mkdtemp(join(tmpdir(), 'breakwater-sandbox-'));
    return { path, discard: () => rm(path, { recursive: true, force: true }) };
  }
  const path = join(dataDir, 'blobs');
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return { path, discard: () => Promise.resolve() };
}
