import { startFixtureUpstream, type FixtureUpstream } from '../../../../src/upstream';
import { parseChallenges } from '../../../../src/sandbox/outgoing/upstream-auth';
import { checkHealth, createUpstream } from '../../../../src/sandbox/registry/upstream-client';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

let upstream: FixtureUpstream;
beforeEach(async () => {
  upstream = await startFixtureUpstream();
});
afterEach(() => upstream.close());

const right = { access_key: 'user', access_secret: 'secret' };
const wrong = { access_key: 'user', access_secret: 'wrong' };

describe('checkHealth', () => {
  it.each([
    ['docker-registry', undefined, undefined, 'healthy'],
    ['docker-registry', 'user:secret', undefined, 'healthy'],
    ['docker-registry', 'user:secret', right, 'healthy'],
    ['docker-registry', 'user:secret', wrong, 'unhealthy'],
    ['github-ghcr', undefined, undefined, 'healthy'],
    ['google-gcr', undefined, undefined, 'unhealthy'],
    ['google-gcr', undefined, right, 'healthy'],
    ['docker-hub', 'user:secret', right, 'healthy'],
    ['aws-ecr', undefined, undefined, 'healthy'],
  ])('%s, upstream wants %s, credential %j: %s', async (type, auth, credential, health) => {
    upstream.setAuth(auth);
    expect(await checkHealth({ type, url: upstream.url, ...(credential ? { credential } : {}) })).toBe(health);
  });

  it.each([
    ['401', 'healthy'],
    ['403', 'healthy'],
    ['429', 'unhealthy'],
    ['500', 'unhealthy'],
    ['reset', 'unhealthy'],
    ['html', 'healthy'],
  ] as const)('without a credential, upstream returns %s: %s', async (mode, health) => {
    upstream.setMode(mode);
    expect(await checkHealth({ type: 'docker-registry', url: upstream.url })).toBe(health);
  });

  it('is unhealthy when nothing listens', async () => {
    await upstream.stop();
    expect(await checkHealth({ type: 'docker-registry', url: upstream.url })).toBe('unhealthy');
  });

  it.each([
    ['docker-hub', 'login to dockerhub error', { credential: wrong }],
    ['aws-ecr', 'bad aws url', { url: 'https://example.com' }],
  ])('fails instead of answering for %s: %s', async (type, message, more) => {
    upstream.setAuth('user:secret');
    await expect(checkHealth({ type, url: upstream.url, ...more })).rejects.toThrow(message);
  });
});

describe('a bearer token', () => {
  let server: Server;
  afterEach(() => server.close());

  it.each([
    ['is used again while it is fresh', { issued_at: new Date().toISOString(), expires_in: 300 }, 1],
    ['is fetched again when it has ended', { issued_at: '2020-01-01T00:00:00Z', expires_in: 300 }, 2],
    ['is fetched again when it does not say since when it holds', { expires_in: 300 }, 2],
  ])('%s', async (_what, times, fetched) => {
    const scopes: (string | null)[] = [];
    server = createServer((request, response) => {
      const url = new URL(request.url!, 'http://x');
      if (url.pathname === '/token') {
        scopes.push(url.searchParams.get('scope'));
        return void response.end(JSON.stringify({ token: 't', ...times }));
      }
      const realm = `Bearer realm="http://${request.headers.host}/token",service="s"`;
      if (request.headers.authorization !== 'Bearer t')
        return void response.writeHead(401, { 'www-authenticate': realm }).end();
      response.end(JSON.stringify({ tags: ['1'] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const client = await createUpstream({ type: 'docker-registry', url: `http://127.0.0.1:${port}` });
    expect(await client.listTags('library/tiny')).toEqual(['1']);
    expect(await client.listTags('library/tiny')).toEqual(['1']);
    expect(scopes).toEqual(Array(fetched).fill('repository:library/tiny:pull'));
  });
});

describe('connections to an upstream', () => {
  it('are kept between requests', async () => {
    let connections = 0;
    const server = createServer((_request, response) => response.end('{}')).on('connection', () => connections++);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    for (let asked = 0; asked < 5; asked++)
      await (await createUpstream({ type: 'docker-registry', url: `http://127.0.0.1:${port}` })).ping();
    server.close();
    expect(connections).toBeLessThan(5);
  });

  it('that went with an upstream which came back are recreated', async () => {
    upstream.put('a', '1', 'a');
    const client = await createUpstream({ type: 'docker-registry', url: upstream.url });
    const digest = (await client.headManifest('a', '1'))?.digest;
    await upstream.stop();
    await upstream.start();
    expect((await client.headManifest('a', '1'))?.digest).toBe(digest);
  });
});

describe('a redirect to another host', () => {
  let storage: Server;
  let authorizationAtStorage: string | undefined;
  let front: Server;
  const listen = (server: Server) =>
    new Promise<string>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)),
    );
  afterEach(() => [storage, front].forEach((server) => server.close()));

  it('is followed without the credential', async () => {
    authorizationAtStorage = 'not checked';
    storage = createServer((request, response) => {
      authorizationAtStorage = request.headers.authorization;
      response.end('blob');
    });
    const target = await listen(storage);
    front = createServer((request, response) => {
      if (request.url === '/v2/') response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
      else response.writeHead(307, { location: `${target}/elsewhere` }).end();
    });
    const client = await createUpstream({ type: 'docker-registry', url: await listen(front), credential: right });
    const blob = await client.openBlob('library/tiny', 'sha256:x');
    let text = '';
    for await (const chunk of blob.body) text += String(chunk);
    expect([text, authorizationAtStorage]).toEqual(['blob', undefined]);
  });
});

describe('parseChallenges', () => {
  it.each([
    [undefined, []],
    ['Basic realm="a, b"', [{ scheme: 'basic', parameters: { realm: 'a, b' } }]],
    [
      'Bearer realm="https://auth/token",service="r",scope="repository:a:pull,push"',
      [
        {
          scheme: 'bearer',
          parameters: { realm: 'https://auth/token', service: 'r', scope: 'repository:a:pull,push' },
        },
      ],
    ],
    [
      'Bearer realm="x", Basic realm="y"',
      [
        { scheme: 'bearer', parameters: { realm: 'x' } },
        { scheme: 'basic', parameters: { realm: 'y' } },
      ],
    ],
  ])('%s', (header, expected) => {
    expect(parseChallenges(header)).toEqual(expected);
  });
});
