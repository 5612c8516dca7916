import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { loadRecordings, type Recording } from './recording';
import { replay } from './replay';

/** What the proxy between the replayer and the sandbox makes of an answer. */
interface Altered {
  status: number;
  headers: Record<string, string | string[]>;
  body: Buffer;
}
type Alter = (answer: Altered) => void;

const TIME_SCALE = 0.02;
const recordings = loadRecordings(join(__dirname, 'recordings', 'harbor-2.15.2'));

describe('the replayer detects a broken route', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({ timeScale: TIME_SCALE });
  });
  afterAll(() => sandbox.close());

  it('agrees when nothing is altered', async () => {
    const differences = await differencesWith(sandbox, 'registries/lifecycle', /^$/, () => undefined);
    expect(differences).toEqual([]);
  });

  const json = (change: (body: Record<string, unknown>) => void): Alter => {
    return (answer) => {
      const body = JSON.parse(answer.body.toString()) as Record<string, unknown>;
      change(body);
      answer.body = Buffer.from(JSON.stringify(body));
    };
  };

  it.each<[what: string, recording: string, path: RegExp, alter: Alter, seen: RegExp]>([
    [
      'another status',
      'registries/lifecycle',
      /DELETE .*registries/,
      (a) => (a.status = 204),
      /status: want 200, got 204/,
    ],
    [
      'a changed field',
      'registries/lifecycle',
      /GET .*registries\/\d+$/,
      json((b) => (b['status'] = 'fine')),
      /body\.status/,
    ],
    [
      'a lost field',
      'registries/lifecycle',
      /GET .*registries\/\d+$/,
      json((b) => delete b['insecure']),
      /insecure: missing/,
    ],
    [
      'a field too many',
      'registries/lifecycle',
      /GET .*registries\/\d+$/,
      json((b) => (b['x'] = 1)),
      /x: not recorded/,
    ],
    ['a zero id', 'registries/lifecycle', /GET .*registries\/\d+$/, json((b) => (b['id'] = 0)), /body\.id/],
    [
      'an invalid time',
      'registries/lifecycle',
      /GET .*registries\/\d+$/,
      json((b) => (b['update_time'] = 'now')),
      /update_time/,
    ],
    [
      'null for an empty list',
      'registries/lifecycle',
      /GET .*info$/,
      json((b) => (b['supported_triggers'] = null)),
      /supported_triggers/,
    ],
    ['a lost header', 'lists/paging', /GET .*labels\?/, (a) => delete a.headers['link'], /headers\.link: missing/],
    [
      'a header too many',
      'lists/paging',
      /GET .*labels\?/,
      (a) => (a.headers['etag'] = 'x'),
      /headers\.etag: not recorded/,
    ],
    ['another location', 'lists/paging', /POST .*labels$/, (a) => (a.headers['location'] = '/x'), /headers\.location/],
    [
      'another content type',
      'system/ping-and-version',
      /ping/,
      (a) => (a.headers['content-type'] = 'text/html'),
      /content-type/,
    ],
    ['another text', 'system/ping-and-version', /ping/, (a) => (a.body = Buffer.from('Ping')), /text: want "Pong"/],
    [
      'another message',
      'errors/routing',
      /GET .*nope/,
      (a) => (a.body = Buffer.from(a.body.toString().replace('was', 'is'))),
      /message/,
    ],
    ['a cookie less', 'session/login', /GET .*login/, (a) => (a.headers['set-cookie'] = []), /cookies/],
    ['other rights in a token', 'token/private-and-scopes', /GET \/service\/token/, forgeToken, /jwtAccess/],
    [
      'a shorter blob',
      'proxy/cold-then-cached',
      /GET .*blobs/,
      (a) => (a.body = a.body.subarray(1)),
      /bytes: want 3584, got 3583/,
    ],
  ])('%s', async (_what, recording, path, alter, seen) => {
    const differences = await differencesWith(sandbox, recording, path, alter);
    expect(differences.join('\n')).toMatch(seen);
  });
});

async function differencesWith(sandbox: Sandbox, name: string, path: RegExp, alter: Alter): Promise<readonly string[]> {
  const recording: Recording = recordings.find((one) => one.case === name)!;
  const { server, url } = await startAlteringProxy(sandbox.url, path, alter);
  try {
    return (await replay(recording, { url, timeScale: TIME_SCALE })).differences;
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** Passes everything on to `target`, and lets `alter` at the answers to what `path` matches (`METHOD /path`). */
async function startAlteringProxy(
  target: string,
  path: RegExp,
  alter: Alter,
): Promise<{ server: Server; url: string }> {
  const server = createServer((incoming, outgoing) => {
    const onwards = httpRequest(
      new URL(incoming.url!, target),
      { method: incoming.method!, headers: incoming.headers, agent: false },
      (answer) => void relay(answer, outgoing, path.test(`${incoming.method} ${incoming.url}`) ? alter : undefined),
    );
    onwards.on('error', () => outgoing.destroy());
    incoming.pipe(onwards);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function relay(answer: IncomingMessage, outgoing: ServerResponse, alter: Alter | undefined): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  const altered: Altered = {
    status: answer.statusCode!,
    headers: { ...(answer.headers as Record<string, string | string[]>) },
    body: Buffer.concat(chunks),
  };
  alter?.(altered);
  if (alter && altered.headers['content-length'] !== undefined && altered.body.length > 0)
    altered.headers['content-length'] = String(altered.body.length);
  outgoing.writeHead(altered.status, altered.headers);
  outgoing.end(altered.body);
}

function forgeToken(answer: Altered): void {
  if (answer.status !== 200) return;
  const body = JSON.parse(answer.body.toString()) as { token: string };
  const [header, , signature] = body.token.split('.');
  const claims = { access: [{ type: 'repository', name: 'everything', actions: ['delete'] }] };
  body.token = [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
  answer.body = Buffer.from(JSON.stringify(body));
}
