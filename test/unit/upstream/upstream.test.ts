import { createHash } from 'node:crypto';
import type { FixtureUpstream } from '../../../src/upstream';
import { fixtureImage, image, startFixtureUpstream } from '../../../src/upstream';

let upstream: FixtureUpstream;
beforeEach(async () => {
  upstream = await startFixtureUpstream();
  upstream.put('library/tiny', '1', 'a');
});
afterEach(() => upstream.close());

function sha256(bytes: ArrayBuffer): string {
  return 'sha256:' + createHash('sha256').update(Buffer.from(bytes)).digest('hex');
}

const get = (path: string, init?: RequestInit): Promise<Response> => fetch(upstream.url + path, init);

describe('the well-known images', () => {
  it.each([
    ['a', 'sha256:234c377c02f10c53f2b785db2d5b951ef5a658d518e169e34d49e85721fc12c9'],
    ['b', 'sha256:c222efc77be00b2c10b6d32f96c94096f20be88d3445c0602d6e914ccd4ae60a'],
    ['idx', 'sha256:9adb63eb5b049b549d48c0c80f85d4fa9e55812a7b841f27be2f0e7a5b900945'],
    ['idx2', 'sha256:4b1e1b6f03cc21dfca275a1651e22165b72a990bfd08c5658be6f8af0d55bf2d'],
  ] as const)('%s has the digest that the recordings of a real Harbor name', (name, digest) => {
    expect(fixtureImage(name).digest).toBe(digest);
  });

  it('are built around a layer whose announced digest and size are those of its bytes, also past the block size', () => {
    const [, layer] = image({ seed: 'large', sizeBytes: (4 << 20) + 1000 }).blobs;
    const hash = createHash('sha256');
    let sizeBytes = 0;
    for (const chunk of layer!.chunks()) {
      hash.update(chunk);
      sizeBytes += chunk.length;
    }
    expect('sha256:' + hash.digest('hex')).toBe(layer!.digest);
    expect(sizeBytes).toBe(layer!.sizeBytes);
    expect(sizeBytes % 512).toBe(0);
  });
});

describe('serving', () => {
  it('serves manifest and blobs with matching digests', async () => {
    const manifest = await get('/v2/library/tiny/manifests/1');
    const bytes = await manifest.arrayBuffer();
    expect(sha256(bytes)).toBe(manifest.headers.get('docker-content-digest'));
    const { layers } = JSON.parse(Buffer.from(bytes).toString()) as { layers: [{ digest: string; size: number }] };
    const blob = await get(`/v2/library/tiny/blobs/${layers[0].digest}`);
    expect(blob.headers.get('content-length')).toBe(String(layers[0].size));
    expect(sha256(await blob.arrayBuffer())).toBe(layers[0].digest);
  });

  it('lists tags, and forgets what is removed', async () => {
    upstream.put('library/tiny', '2', image({ seed: 'own' }));
    expect(await (await get('/v2/library/tiny/tags/list')).json()).toEqual({ name: 'library/tiny', tags: ['1', '2'] });
    upstream.removeTag('library/tiny', '1');
    expect((await get('/v2/library/tiny/manifests/1')).status).toBe(404);
    expect((await get(`/v2/library/tiny/manifests/${fixtureImage('a').digest}`)).status).toBe(200);
    upstream.removeRepository('library/tiny');
    expect((await get('/v2/library/tiny/tags/list')).status).toBe(404);
  });

  it('remembers what it was asked, without pings', async () => {
    await get('/v2/');
    await get('/v2/library/tiny/manifests/1', { method: 'HEAD' });
    await get('/v2/library/tiny/manifests/1', { method: 'HEAD' });
    expect(upstream.counts()).toEqual(new Map([['HEAD /v2/library/tiny/manifests/1', 2]]));
    expect(upstream.takeLog()).toHaveLength(2);
    expect(upstream.takeLog()).toEqual([]);
  });
});

describe('authentication', () => {
  beforeEach(() => upstream.setAuth('user:secret'));

  it('demands a bearer token and hands it out for the password only', async () => {
    const refused = await get('/v2/library/tiny/manifests/1');
    expect(refused.status).toBe(401);
    const realm = /realm="([^"]+)"/.exec(refused.headers.get('www-authenticate') ?? '')?.[1] ?? '';
    expect((await fetch(realm)).status).toBe(401);
    const basic = 'Basic ' + Buffer.from('user:secret').toString('base64');
    const { token } = (await (await fetch(realm, { headers: { authorization: basic } })).json()) as { token: string };
    const allowed = await get('/v2/library/tiny/manifests/1', { headers: { authorization: `Bearer ${token}` } });
    expect(allowed.status).toBe(200);
  });

  it.each([
    ['secret', 200],
    ['wrong', 401],
  ])('logs in at the Hub path with %s: %i', async (secret, status) => {
    const body = JSON.stringify({ identifier: 'user', secret });
    expect((await get('/v2/auth/token', { method: 'POST', body })).status).toBe(status);
  });
});

describe('misbehaving', () => {
  const layer = fixtureImage('a').blobs[1]!;
  const blobPath = `/v2/library/tiny/blobs/${layer.digest}`;

  it.each(['401', '403', '429', '500'] as const)('mode %s returns that for everything', async (mode) => {
    upstream.setMode(mode);
    expect((await get('/v2/library/tiny/manifests/1')).status).toBe(Number(mode));
    expect((await get(blobPath)).status).toBe(Number(mode));
  });

  it('mode html returns 200 with a page', async () => {
    upstream.setMode('html');
    const answer = await get('/v2/library/tiny/manifests/1');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html']);
  });

  it('mode wrongblob keeps the length and changes the bytes', async () => {
    upstream.setMode('wrongblob');
    const bytes = await (await get(blobPath)).arrayBuffer();
    expect(bytes.byteLength).toBe(layer.sizeBytes);
    expect(sha256(bytes)).not.toBe(layer.digest);
  });

  it.each([
    ['cutblob', blobPath],
    ['cut', '/v2/library/tiny/manifests/1'],
    ['reset', '/v2/library/tiny/manifests/1'],
  ] as const)('mode %s breaks the connection', async (mode, path) => {
    upstream.setMode(mode);
    await expect(get(path).then((answer) => answer.arrayBuffer())).rejects.toThrow();
  });

  it('mode hang responds only to pings until the client gives up', async () => {
    upstream.setMode('hang');
    const signal = AbortSignal.timeout(100);
    await expect(get('/v2/library/tiny/manifests/1', { signal })).rejects.toThrow(/timeout/);
    expect((await get('/v2/')).status).toBe(200);
  });

  it('refuses connections while stopped and comes back on the same port with its content', async () => {
    await upstream.act({ op: 'stop' });
    await expect(get('/v2/')).rejects.toThrow();
    await upstream.act({ op: 'start' });
    expect((await get('/v2/library/tiny/manifests/1')).status).toBe(200);
  });

  it.each([
    [{ op: 'mode', mode: 'nonsense' } as const, /no mode nonsense/],
    [{ op: 'put', repository: 'x', tag: '1', image: 'zzz' } as const, /there is no fixture image zzz/],
  ])('refuses the unknown: %j', async (action, message) => {
    await expect(upstream.act(action)).rejects.toThrow(message);
  });
});
