import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FixtureContent } from './content';
import type { FixtureBlob, FixtureImage } from './image';

const MODES = [
  'ok',
  '401',
  '403',
  '429',
  '429-retry-after',
  '500',
  'html',
  'cut',
  'cutblob',
  'wrongblob',
  'named',
  'slow',
  'reset',
  'hang',
] as const;

/**
 * How the upstream behaves: a status for everything, an HTML page for everything, manifests cut after 20 bytes, blobs
 * cut in half, blobs of the right length with wrong bytes, 403 for clients without User-Agent (and a required token for
 * the others), a delay of a second, connections reset, no response to anything but a ping.
 * In a table; everything that is not named works as in mode `ok`:
 *
 *     mode              manifest            blob                 ping, lists (`/token` as in `ok`)
 *     ok                whole               whole                whole
 *     401 403 429 500   that status         that status          that status
 *     429-retry-after   429, 30 s           429, 30 s            429, 30 s
 *     html              200 and a page      200 and a page       200 and a page
 *     cut               20 bytes, then end  whole                whole
 *     cutblob           whole               half, then end       whole
 *     wrongblob         whole               right length, wrong  whole
 *     named             needs a token; 403 for every request without a User-Agent of its own
 *     slow              all of it, and the token, a second later
 *     reset             no response to anything, the connection is destroyed
 *     hang              no response to anything but a ping, until the mode changes
 */
export type FixtureMode = (typeof MODES)[number];

/** For modes in text, such as those of `FixtureAction` and of recordings. */
export function isFixtureMode(mode: string): mode is FixtureMode {
  return (MODES as readonly string[]).includes(mode);
}

/** What tests change while the upstream runs. It is read again for every request. */
export interface FixtureState {
  mode: FixtureMode;
  /** `user:password`; undefined: no login is needed. */
  auth: string | undefined;
  /** `METHOD /path` of each request, oldest first, at most 20,000. */
  log: string[];
  /** Open connections whose last request gets no response. */
  hanging: Set<Socket>;
}

/** What stays the same while the upstream runs, and the state. */
export interface AnswerContext {
  readonly content: FixtureContent;
  readonly state: FixtureState;
  /** The `service` of the challenge. */
  readonly name: string;
  readonly scheme: 'http' | 'https';
  readonly referrers: boolean;
}

/** The token is not a secret: it only distinguishes clients that did the handshake. */
const TOKEN = 'upstream-token';
const CODES: Record<string, string> = { '401': 'UNAUTHORIZED', '429': 'TOOMANYREQUESTS' };
const CUT_MANIFEST_BYTES = 20;
const MAX_LOG_LINES = 20_000;
const SLOW_MS = 1_000;
const RETRY_AFTER_SECONDS = '30';
const CUT_BLOB_LINGER_MS = 50;
/** A pipeline of streams takes longer than a small blob itself. */
const IN_ONE_PIECE_BYTES = 128 << 10;

/**
 * The handler of all requests. The order of its decisions is part of the behavior: a mode that breaks
 * everything comes before the login, as at a proxy in front of a registry. Only the token is above the status
 * modes, so that a client that was sent there gets one and then sees the status.
 *
 *     client                          upstream with `auth`
 *       │ GET /v2/…/manifests/1          │
 *       ├───────────────────────────────►│
 *       │ 401, Bearer realm=/token       │
 *       │◄───────────────────────────────┤
 *       │ GET /token, Basic              │  401 if it is not `auth`
 *       ├───────────────────────────────►│
 *       │ 200, the same token for all    │
 *       │◄───────────────────────────────┤
 *       │ GET again, Bearer              │
 *       ├───────────────────────────────►│
 */
export function createAnswer(context: AnswerContext): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const path = new URL(request.url ?? '/', 'http://upstream').pathname;
    const { log } = context.state;
    // A canary may run for months before its log is read.
    if (log.length >= MAX_LOG_LINES) log.shift();
    log.push(`${request.method} ${path}`);
    if (context.state.mode === 'slow') setTimeout(() => answer(context, request, response, path), SLOW_MS);
    else answer(context, request, response, path);
  };
}

function answer(context: AnswerContext, request: IncomingMessage, response: ServerResponse, path: string): void {
  const { mode } = context.state;
  // Pings get a response: Harbor sends no requests to an upstream that it considers down.
  if (mode === 'hang' && !isPing(path)) return hold(context, request);
  if (mode === 'reset') return void request.socket.destroy();
  if (mode === 'named' && !namesItself(request))
    return sendError(response, 403, 'DENIED', 'clients that send no User-Agent are not served');
  if (path === '/token') return answerToken(context, request, response);
  if (/^\d+$/.test(mode)) return sendError(response, Number(mode), CODES[mode] ?? 'UNKNOWN');
  if (mode === '429-retry-after')
    return sendError(response, 429, 'TOOMANYREQUESTS', undefined, { 'retry-after': RETRY_AFTER_SECONDS });
  if (mode === 'html') return sendHtml(response);
  if (path === '/v2/auth/token') return void answerHubLogin(context, request, response);
  if (!isAuthorized(context, request)) return challenge(context, request, response);
  return answerRegistry(context, request, response, path);
}

function isPing(path: string): boolean {
  return path === '/v2/' || path === '/v2';
}

function hold({ state }: AnswerContext, { socket }: IncomingMessage): void {
  state.hanging.add(socket);
  socket.once('close', () => state.hanging.delete(socket));
}

function answerRegistry(
  { content, state, referrers }: AnswerContext,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): void {
  const [, repository = '', kind, reference = ''] =
    /^\/v2\/(.+)\/(manifests|blobs|tags|referrers)\/([^/]+)$/.exec(path) ?? [];
  if (isPing(path)) return sendJson(response, 200, {}, { 'docker-distribution-api-version': 'registry/2.0' });
  if (path === '/v2/_catalog') return sendJson(response, 200, { repositories: content.repositories() });
  if (kind === 'manifests') return sendManifest(request, response, content.manifest(repository, reference), state.mode);
  if (kind === 'blobs') return sendBlob(request, response, content.blob(reference), state.mode);
  if (kind === 'referrers' && referrers) return sendReferrers(response, content.referrersOf(repository, reference));
  if (kind === 'tags' && reference === 'list') {
    const tags = content.tagsOf(repository);
    if (!tags) return sendError(response, 404, 'NAME_UNKNOWN', 'repository name not known');
    return sendJson(response, 200, { name: repository, tags });
  }
  return sendError(response, 404, 'NOT_FOUND');
}

/** Go's default User-Agent counts as none, as at Docker Hub (goharbor/harbor#23025). */
function namesItself({ headers }: IncomingMessage): boolean {
  return !/^(?:Go-http-client\/|\s*$)/.test(headers['user-agent'] ?? '');
}

function sendReferrers(response: ServerResponse, manifests: readonly object[]): void {
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  sendJson(response, 200, { schemaVersion: 2, mediaType, manifests }, { 'content-type': mediaType });
}

/** A public registry, too, requires a token for its content. */
function isAuthorized({ state }: AnswerContext, request: IncomingMessage): boolean {
  return (state.auth === undefined && state.mode !== 'named') || request.headers.authorization === `Bearer ${TOKEN}`;
}

/** The scope is of no repository: the one token that this upstream has is for everything. */
function challenge({ name, scheme }: AnswerContext, request: IncomingMessage, response: ServerResponse): void {
  const realm = `${scheme}://${request.headers.host ?? '127.0.0.1'}/token`;
  sendError(response, 401, 'UNAUTHORIZED', 'authentication required', {
    'www-authenticate': `Bearer realm="${realm}",service="${name}",scope="repository:x:pull"`,
  });
}

function answerToken({ state }: AnswerContext, request: IncomingMessage, response: ServerResponse): void {
  const wanted = state.auth && 'Basic ' + Buffer.from(state.auth).toString('base64');
  if (wanted && request.headers.authorization !== wanted) return sendError(response, 401, 'UNAUTHORIZED');
  return sendJson(response, 200, { token: TOKEN, expires_in: 300 });
}

/** Docker Hub's own login, which Harbor's docker-hub adapter calls with the account first. */
async function answerHubLogin(
  { state }: AnswerContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  let login: { identifier?: unknown; secret?: unknown } = {};
  try {
    login = JSON.parse(text) as typeof login;
  } catch {
    return sendError(response, 400, 'BAD_REQUEST');
  }
  if (state.auth !== undefined && `${String(login.identifier)}:${String(login.secret)}` !== state.auth) {
    return sendError(response, 401, 'UNAUTHORIZED');
  }
  return sendJson(response, 200, { access_token: TOKEN });
}

function sendManifest(
  request: IncomingMessage,
  response: ServerResponse,
  image: FixtureImage | undefined,
  mode: FixtureMode,
): void {
  if (!image) return sendError(response, 404, 'MANIFEST_UNKNOWN', 'manifest unknown');
  response.writeHead(200, {
    'content-type': image.mediaType,
    'docker-content-digest': image.digest,
    'content-length': image.manifest.length,
    etag: `"${image.digest}"`,
  });
  if (request.method === 'HEAD') return void response.end();
  // The announced length stays: the reader waits for the rest and the connection ends.
  if (mode === 'cut') {
    response.write(image.manifest.subarray(0, CUT_MANIFEST_BYTES));
    return void setTimeout(() => request.socket.destroy(), CUT_BLOB_LINGER_MS);
  }
  response.end(image.manifest);
}

/** The bytes of a mode are wrong, the headers are not: nothing in them shows it. */
function sendBlob(
  request: IncomingMessage,
  response: ServerResponse,
  blob: FixtureBlob | undefined,
  mode: FixtureMode,
): void {
  if (!blob) return sendError(response, 404, 'BLOB_UNKNOWN', 'blob unknown');
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'docker-content-digest': blob.digest,
    'content-length': blob.sizeBytes,
  });
  if (request.method === 'HEAD') return void response.end();
  if (mode === 'cutblob') return void sendHalf(request, response, blob);
  const chunks = mode === 'wrongblob' ? wrongBytes(blob) : blob.chunks();
  if (blob.sizeBytes <= IN_ONE_PIECE_BYTES) return void response.end(Buffer.concat([...chunks]));
  // The client closed the connection early: no response is needed.
  pipeline(Readable.from(chunks), response).catch(() => response.destroy());
}

/**
 * Half of the bytes under the announced length, so that only the end of the connection shows that something is
 * missing.
 */
async function sendHalf(request: IncomingMessage, response: ServerResponse, blob: FixtureBlob): Promise<void> {
  let left = blob.sizeBytes >> 1;
  for (const chunk of blob.chunks()) {
    if (left <= 0) break;
    const part = chunk.subarray(0, left);
    left -= part.length;
    if (!response.write(part)) await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
  }
  setTimeout(() => request.socket.destroy(), CUT_BLOB_LINGER_MS);
}

/** Only the digest shows this: status, headers and length are right. */
function* wrongBytes(blob: FixtureBlob): Iterable<Buffer> {
  for (const chunk of blob.chunks()) yield Buffer.alloc(chunk.length, 7);
}

/** No Content-Length: like the login page of a captive portal or a misrouted proxy. */
function sendHtml(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/html' });
  response.end('<html>login</html>');
}

function sendError(
  response: ServerResponse,
  status: number,
  code: string,
  message = code.toLowerCase(),
  headers: OutgoingHttpHeaders = {},
): void {
  sendJson(response, status, { errors: [{ code, message }] }, headers);
}

function sendJson(response: ServerResponse, status: number, body: object, headers: OutgoingHttpHeaders = {}): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}
