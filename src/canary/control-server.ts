import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { FixtureAction, FixtureUpstream } from '../upstream';
import { publishVersion } from './publish';

/** PEM texts, not paths. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** Commands for a canary, sent with `POST /v1/command`. `take-log` returns `{ "log": [...] }`. */
export type CanaryCommand =
  | {
      readonly op: 'publish';
      readonly repository: string;
      readonly tag: string;
      readonly version: number;
      /** Size of the layer, up to 64 MiB. */
      readonly sizeBytes?: number;
    }
  | { readonly op: 'take-log' }
  | Extract<FixtureAction, { op: 'remove-tag' | 'mode' | 'stop' | 'start' }>;

/** The port is its own: a stopped upstream still accepts `start`. */
export interface Control {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** `onCommand` is called for every valid command, before it is carried out. */
export interface ControlOptions {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  readonly tls?: TlsFiles;
  readonly upstream: FixtureUpstream;
  readonly onCommand: () => void;
}

const MAX_COMMAND_BYTES = 16 << 10;
/** Not kept in memory, but every byte is generated again for each request. */
const MAX_LAYER_BYTES = 64 << 20;
const REPOSITORY = /^[a-z0-9][a-z0-9._/-]{0,254}$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

/** The control interface of a canary: its own port, and a bearer token for every request. */
export async function startControl(options: ControlOptions): Promise<Control> {
  const { host, port, tls } = options;
  const answer = (request: IncomingMessage, response: ServerResponse): void => void respond(options, request, response);
  const server = tls ? createTlsServer(tls, answer) : createServer(answer);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  const address = server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `${tls ? 'https' : 'http'}://${name}:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * The token is checked before anything is read, and a refusal does not say what exists here.
 *
 *      request                              response
 *      another token, or none               401
 *      another method or path               404
 *      no JSON, or none of the commands     400  { "error": "not a valid command" }
 *      a mode that the upstream has not     400  { "error": "the fixture upstream has no mode …" }
 *      take-log                             200  { "log": […] }
 *      another command                      200  {}
 */
async function respond(options: ControlOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    if (!isAuthorized(request, options.token)) return send(response, 401, { error: 'the token is wrong' });
    if (request.method !== 'POST' || request.url !== '/v1/command') return send(response, 404, { error: 'not found' });
    const command = toCommand(await readCommand(request));
    if (!command) return send(response, 400, { error: 'not a valid command' });
    options.onCommand();
    send(response, 200, await obey(options.upstream, command));
  } catch (error) {
    send(response, 400, { error: error instanceof Error ? error.message : 'it failed' });
  }
}

/** Hashes are compared, because they have equal lengths, whatever was sent. */
function isAuthorized(request: IncomingMessage, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(request.headers.authorization ?? ''), digest(`Bearer ${token}`));
}

/**
 * Undefined for what is not JSON.
 * @throws Error for a command that is too long, before the rest of it is read
 */
async function readCommand(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > MAX_COMMAND_BYTES) throw new Error('the command is too long');
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Undefined if it is none of the commands. Values are checked, because they become names and sizes; other keys
 * are dropped.
 */
function toCommand(value: unknown): CanaryCommand | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { op, repository, tag, version, sizeBytes, mode } = value as Record<string, unknown>;
  if (op === 'take-log' || op === 'stop' || op === 'start') return { op };
  if (op === 'mode') return typeof mode === 'string' ? { op, mode } : undefined;
  if (typeof repository !== 'string' || !REPOSITORY.test(repository)) return undefined;
  if (typeof tag !== 'string' || !TAG.test(tag)) return undefined;
  if (op === 'remove-tag') return { op, repository, tag };
  if (op !== 'publish' || !Number.isSafeInteger(version)) return undefined;
  const publish = { op, repository, tag, version: version as number } as const;
  if (sizeBytes === undefined) return publish;
  const isSize = Number.isSafeInteger(sizeBytes) && Number(sizeBytes) > 0 && Number(sizeBytes) <= MAX_LAYER_BYTES;
  return isSize ? { ...publish, sizeBytes: Number(sizeBytes) } : undefined;
}

/** The log is empty after it was taken, so that each check sees its own requests only. */
async function obey(upstream: FixtureUpstream, command: CanaryCommand): Promise<object> {
  if (command.op === 'take-log') return { log: upstream.takeLog() };
  if (command.op === 'publish')
    publishVersion(upstream, command.repository, command.tag, command.version, command.sizeBytes);
  else await upstream.act(command);
  return {};
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
