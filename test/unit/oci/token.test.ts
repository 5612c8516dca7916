import type { IncomingMessage, ServerResponse } from 'node:http';
import { RegistryClient, type RegistryClientOptions } from '../../../src/oci';
import { recording, sendJson, startDouble, type RegistryDouble } from './registry-double';

const MANIFEST = '{"schemaVersion":2}';
const RETRY = { attempts: 1, baseDelayMs: 1, maxDelayMs: 1 };

interface Behaviour {
  /** Tokens that are accepted; each token request makes `t1`, `t2` and so on. */
  refused: Set<string>;
  expiresIn: number;
  realm?: string;
  tokenAnswer?: (response: ServerResponse) => void;
}

describe('the token handshake', () => {
  let double: RegistryDouble;
  let client: RegistryClient | undefined;
  let behaviour: Behaviour;
  let issued = 0;

  beforeEach(async () => {
    behaviour = { refused: new Set(), expiresIn: 1800 };
    issued = 0;
    double = await startDouble(answer);
  });
  afterEach(async () => {
    await client?.close();
    await double.close();
  });

  function answer(request: IncomingMessage, response: ServerResponse): void {
    if (request.url?.startsWith('/service/token')) {
      if (behaviour.tokenAnswer) return behaviour.tokenAnswer(response);
      return sendJson(response, 200, { token: `t${++issued}`, access_token: '', expires_in: behaviour.expiresIn });
    }
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (bearer === undefined) {
      const realm = behaviour.realm ?? `${double.url}/service/token`;
      return sendJson(response, 401, {}, { 'www-authenticate': `Bearer realm="${realm}",service="harbor-registry"` });
    }
    // As Harbor: anyone who comes with a token that does not do is told Basic.
    if (behaviour.refused.has(bearer))
      return sendJson(response, 401, {}, { 'www-authenticate': 'Basic realm="harbor"' });
    response.writeHead(200, { 'content-type': 'application/vnd.oci.image.manifest.v1+json' }).end(MANIFEST);
  }

  function open(options: Partial<RegistryClientOptions> = {}): RegistryClient {
    return (client = RegistryClient.open({ url: double.url, retry: RETRY, ...options }));
  }

  const tokenPath = '/service/token?service=harbor-registry&scope=repository%3Ap%2Fr%3Apull';

  it('asks, is challenged, takes a token, asks again', async () => {
    const found = await open().manifest('GET', 'p/r', 'v1', recording().wire);
    expect(found.status).toBe(200);
    expect(double.seen).toEqual([
      'GET /v2/p/r/manifests/v1 -',
      `GET ${tokenPath} -`,
      'GET /v2/p/r/manifests/v1 Bearer t1',
    ]);
  });

  it('sends the credential to the token service and nowhere else', async () => {
    await open({ credential: { username: 'robot$x', password: () => 'secret' } }).manifest(
      'GET',
      'p/r',
      'v1',
      recording().wire,
    );
    const basic = `Basic ${Buffer.from('robot$x:secret').toString('base64')}`;
    expect(double.seen.filter((line) => line.includes('Basic'))).toEqual([`GET ${tokenPath} ${basic}`]);
  });

  it('keeps a token for its scope, and begins other scopes without a challenge', async () => {
    const one = open();
    for (const name of ['p/r', 'p/r', 'p/other']) await one.manifest('HEAD', name, 'v1', recording().wire);
    expect(double.seen.map((line) => line.replace(/\?.*scope=/, ' '))).toEqual([
      'HEAD /v2/p/r/manifests/v1 -',
      'GET /service/token repository%3Ap%2Fr%3Apull -',
      'HEAD /v2/p/r/manifests/v1 Bearer t1',
      'HEAD /v2/p/r/manifests/v1 Bearer t1',
      'GET /service/token repository%3Ap%2Fother%3Apull -',
      'HEAD /v2/p/other/manifests/v1 Bearer t2',
    ]);
  });

  it('renews from the first challenge, because a refused token is answered with Basic', async () => {
    const one = open();
    await one.manifest('GET', 'p/r', 'v1', recording().wire);
    behaviour.refused.add('t1');
    const again = await one.manifest('GET', 'p/r', 'v1', recording().wire);
    expect(again.status).toBe(200);
    expect(double.seen.slice(3)).toEqual([
      'GET /v2/p/r/manifests/v1 Bearer t1',
      `GET ${tokenPath} -`,
      'GET /v2/p/r/manifests/v1 Bearer t2',
    ]);
  });

  it('does not loop when a fresh token is refused', async () => {
    behaviour.refused.add('t1').add('t2');
    expect(await open().manifest('GET', 'p/r', 'v1', recording().wire)).toMatchObject({ status: 401 });
    expect(issued).toBe(1);
  });

  it('does not use a token that has expired', async () => {
    behaviour.expiresIn = 0.02;
    const one = open();
    await one.manifest('GET', 'p/r', 'v1', recording().wire);
    await new Promise((resolve) => setTimeout(resolve, 30));
    await one.manifest('GET', 'p/r', 'v1', recording().wire);
    expect(issued).toBe(2);
  });

  it('shares one token request among requests that come together', async () => {
    const one = open();
    await one.manifest('HEAD', 'p/r', 'v1', recording().wire);
    behaviour.refused.add('t1');
    await Promise.all(Array.from({ length: 8 }, () => one.manifest('HEAD', 'p/r', 'v1', recording().wire)));
    expect(issued).toBe(2);
  });

  it('sends no credential to a realm on another origin', async () => {
    const elsewhere = await startDouble((_request, response) => sendJson(response, 200, { token: 'x' }));
    behaviour.realm = `${elsewhere.url}/token`;
    const one = open({ credential: { username: 'u', password: () => 'p' } });
    await expect(one.manifest('GET', 'p/r', 'v1', recording().wire)).rejects.toThrow(/credential was not sent there/);
    expect(elsewhere.seen).toEqual([]);
    await elsewhere.close();
  });

  it('goes where a mirror domain sends a token request on to, with its credential, on the same origin', async () => {
    let sent = 0;
    behaviour.tokenAnswer = (response) =>
      ++sent === 1
        ? void response.writeHead(302, { location: '/service/token?scope=other' }).end()
        : sendJson(response, 200, { token: 't1' });
    const one = open({ credential: { username: 'u', password: () => 'p' } });
    expect((await one.manifest('GET', 'p/r', 'v1', recording().wire)).status).toBe(200);
    expect(double.seen.slice(1, 3)).toEqual([
      `GET ${tokenPath} Basic dTpw`,
      'GET /service/token?scope=other Basic dTpw',
    ]);
  });

  it('follows a token request to no other origin, and not forever', async () => {
    const elsewhere = await startDouble((_request, response) => sendJson(response, 200, { token: 'x' }));
    behaviour.tokenAnswer = (response) => void response.writeHead(302, { location: `${elsewhere.url}/token` }).end();
    const refused = /returned 302 without a usable token/;
    await expect(open().manifest('GET', 'p/r', 'v1', recording().wire)).rejects.toThrow(refused);
    expect(elsewhere.seen).toEqual([]);
    await elsewhere.close();
    await client?.close();
    behaviour.tokenAnswer = (response) => void response.writeHead(302, { location: '/service/token?again' }).end();
    await expect(open().manifest('GET', 'p/r', 'v1', recording().wire)).rejects.toThrow(refused);
    expect(double.seen.filter((line) => line.includes('again'))).toHaveLength(3);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['an HTML page', (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>')],
    ['no token', (response) => sendJson(response, 200, {})],
    ['a token with a line break', (response) => sendJson(response, 200, { token: 'a\r\nx: y' })],
    ['a refusal', (response) => sendJson(response, 401, {})],
    ['null', (response) => void response.end('null')],
  ])('reports that the token service returned %s', async (_what, tokenAnswer) => {
    behaviour.tokenAnswer = tokenAnswer;
    await expect(open().manifest('GET', 'p/r', 'v1', recording().wire)).rejects.toThrow(/without a usable token/);
  });

  it('reports a 401 without a challenge', async () => {
    behaviour.realm = '';
    const bare = await startDouble((_request, response) =>
      sendJson(response, 401, {}, { 'www-authenticate': 'Basic realm="x"' }),
    );
    const other = RegistryClient.open({ url: bare.url, retry: RETRY });
    await expect(other.manifest('GET', 'p/r', 'v1', recording().wire)).rejects.toThrow(
      /Basic realm="x" instead of a Bearer/,
    );
    await other.close();
    await bare.close();
  });

  it('never records a token or a credential', async () => {
    const { wire, records } = recording();
    await open({ credential: { username: 'robot$x', password: () => 'open-sesame' } }).manifest(
      'GET',
      'p/r',
      'v1',
      wire,
    );
    expect(records).toHaveLength(3);
    expect(JSON.stringify(records)).not.toMatch(/open-sesame|Bearer|Basic|"t1"|b3Blbi1zZXNhbWU/);
  });
});
