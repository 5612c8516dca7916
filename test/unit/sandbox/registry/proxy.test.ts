import { fixtureImage, startFixtureUpstream, type FixtureUpstream } from '../../../../src/upstream';
import { findArtifact } from '../../../../src/sandbox/registry/artifacts';
import { eventually, startRegistryHarness, type RegistryHarness } from './registry-harness';
import { until } from '../../../support/until';

const a = fixtureImage('a');
const b = fixtureImage('b');
const [configA, layerA] = a.blobs;
const REPOSITORY = 'proxy/library/tiny';
const MANIFEST = `/v2/${REPOSITORY}/manifests`;
const BLOB = `/v2/${REPOSITORY}/blobs`;

let upstream: FixtureUpstream;
let registry: RegistryHarness;
beforeEach(async () => {
  [upstream, registry] = await Promise.all([startFixtureUpstream(), startRegistryHarness()]);
  upstream.put('library/tiny', '1', 'a');
});
afterEach(async () => {
  await Promise.all([upstream.close(), registry.close()]);
  expect(registry.errors).toEqual([]);
});

const artifact = (reference: string) => findArtifact(registry.store, REPOSITORY, reference);

async function pullImage(reference = '1'): Promise<void> {
  const manifest = (await (await registry.request('GET', `${MANIFEST}/${reference}`)).json()) as {
    config: { digest: string };
    layers: { digest: string }[];
  };
  for (const { digest } of [manifest.config, ...manifest.layers]) {
    await (await registry.request('GET', `${BLOB}/${digest}`)).arrayBuffer();
  }
}

describe('a cold pull', () => {
  beforeEach(() => registry.addProxy('proxy', upstream));

  it('asks the upstream twice for a HEAD and relays its headers without the mark of the local registry', async () => {
    const answer = await registry.request('HEAD', `${MANIFEST}/1`);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'docker-content-digest': a.digest,
      etag: a.digest,
      'content-length': String(a.manifest.length),
    });
    expect(answer.headers.has('docker-distribution-api-version')).toBe(false);
    expect(upstream.counts()).toEqual(new Map([['HEAD /v2/library/tiny/manifests/1', 2]]));
  });

  it('sends empty digest headers for a GET by tag, and the digest for a GET by digest', async () => {
    const byTag = await registry.request('GET', `${MANIFEST}/1`);
    expect([byTag.headers.get('docker-content-digest'), byTag.headers.get('etag')]).toEqual(['', '']);
    expect(Buffer.from(await byTag.arrayBuffer())).toEqual(a.manifest);
    const byDigest = await registry.request('GET', `${MANIFEST}/${a.digest}`);
    expect(byDigest.headers.get('docker-content-digest')).toBe(a.digest);
  });

  it('passes a blob through without length or digest, ignores Range and fetches it twice', async () => {
    const answer = await registry.request('GET', `${BLOB}/${layerA!.digest}`, { headers: { range: 'bytes=0-9' } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    expect([answer.headers.has('content-length'), answer.headers.has('docker-content-digest')]).toEqual([false, false]);
    expect((await answer.arrayBuffer()).byteLength).toBe(layerA!.sizeBytes);
    await eventually(() => upstream.counts().get(`GET /v2/library/tiny/blobs/${layerA!.digest}`) === 2);
  });

  it('does not proxy a HEAD of a blob', async () => {
    expect((await registry.request('HEAD', `${BLOB}/${layerA!.digest}`)).status).toBe(404);
    expect(upstream.takeLog()).toEqual([]);
  });

  it('does not fetch a third time while the upstream takes its time to answer', async () => {
    // Harbor looks ten times for the blobs: at this scale for a second. Two answers, one after the other, take two.
    upstream.setMode('slow');
    await registry.request('GET', `${MANIFEST}/1`);
    await Promise.all(
      a.blobs.map(async ({ digest }) => (await registry.request('GET', `${BLOB}/${digest}`)).arrayBuffer()),
    );
    await eventually(() => artifact('1'));
    const gets = a.blobs.map(({ digest }) => upstream.counts().get(`GET /v2/library/tiny/blobs/${digest}`));
    expect(gets).toEqual(a.blobs.map(() => 2));
  });

  it('stores the image with its tag some time later, and counts the pull', async () => {
    await registry.request('GET', `${MANIFEST}/1`);
    expect(artifact('1')).toBeUndefined();
    for (const { digest } of a.blobs) await registry.request('GET', `${BLOB}/${digest}`);
    expect((await eventually(() => artifact('1'))).digest).toBe(a.digest);
    await eventually(() => registry.store.repositories.find('name', REPOSITORY)?.pullCount);
    const logged = await eventually(() => registry.store.auditLogs.all().find(({ operation }) => operation === 'pull'));
    expect(logged).toMatchObject({ username: 'admin', resource: `${REPOSITORY}:1` });
  });

  it('shows the artifact and its tag at once', async () => {
    await pullImage();
    // At every turn of the event loop, as a client that asks at any time.
    await until(
      () => artifact(a.digest) !== undefined,
      () => new Promise(setImmediate),
    );
    expect(artifact('1')?.digest).toBe(a.digest);
  });

  it('fetches the blobs that the client did not want, after all its checks', async () => {
    await registry.request('GET', `${MANIFEST}/1`);
    await eventually(() => artifact('1'));
    expect((await registry.request('GET', `${BLOB}/${configA!.digest}`)).headers.get('accept-ranges')).toBe('bytes');
  });

  it('returns 404 for an image that the upstream does not have, with repository and tag', async () => {
    const answer = await registry.request('GET', `${MANIFEST}/9`);
    expect(await answer.json()).toEqual({
      errors: [{ code: 'NOT_FOUND', message: `resource not found: repo ${REPOSITORY}, tag 9 not found` }],
    });
  });
});

describe('a cached image', () => {
  beforeEach(async () => {
    registry.addProxy('proxy', upstream);
    await pullImage();
    await eventually(() => artifact('1'));
    upstream.takeLog();
  });

  it('costs one HEAD by tag and nothing by digest', async () => {
    const byTag = await registry.request('GET', `${MANIFEST}/1`);
    expect(byTag.headers.get('etag')).toBe(`"${a.digest}"`);
    expect(byTag.headers.get('docker-distribution-api-version')).toBe('registry/2.0');
    await registry.request('GET', `${MANIFEST}/${a.digest}`);
    await registry.request('GET', `${BLOB}/${layerA!.digest}`);
    expect(upstream.takeLog()).toEqual(['HEAD /v2/library/tiny/manifests/1']);
  });

  it('is followed when the tag moves, and the old one stays by digest', async () => {
    upstream.put('library/tiny', '1', 'b');
    await pullImage();
    await eventually(() => artifact('1')?.digest === b.digest);
    expect((await registry.request('GET', `${MANIFEST}/${a.digest}`)).status).toBe(200);
  });

  it.each(['401', '403', '429', '500', 'reset'] as const)('is served while the upstream returns %s', async (mode) => {
    upstream.setMode(mode);
    expect((await registry.request('HEAD', `${MANIFEST}/1`)).status).toBe(200);
    expect((await registry.request('GET', `${MANIFEST}/1`)).status).toBe(200);
  });

  it('is served while the upstream is down, but nothing else is', async () => {
    await upstream.stop();
    expect((await registry.request('GET', `${MANIFEST}/1`)).status).toBe(200);
    expect((await registry.request('GET', `${MANIFEST}/2`)).status).toBe(404);
    expect((await registry.request('GET', `${BLOB}/${b.blobs[1]!.digest}`)).status).toBe(500);
  });

  it('is 404 by tag once removed upstream, unless the project is configured otherwise', async () => {
    upstream.removeTag('library/tiny', '1');
    expect((await registry.request('GET', `${MANIFEST}/1`)).status).toBe(404);
    expect((await registry.request('GET', `${MANIFEST}/${a.digest}`)).status).toBe(200);
    const project = registry.store.projects.find('name', 'proxy')!;
    registry.store.projects.update(project.id, {
      metadata: { ...project.metadata, proxy_cache_local_on_not_found: 'true' },
    });
    expect((await registry.request('GET', `${MANIFEST}/1`)).status).toBe(200);
  });

  it('returns 304 for its own digest, quoted or not', async () => {
    for (const etag of [a.digest, `"${a.digest}"`]) {
      const answer = await registry.request('GET', `${MANIFEST}/${a.digest}`, { headers: { 'if-none-match': etag } });
      expect([answer.status, answer.headers.has('etag')]).toEqual([304, false]);
    }
  });

  it('demands that the client names its media type: a wildcard is 404', async () => {
    const answer = await registry.request('GET', `${MANIFEST}/1`, { headers: { accept: '*/*' } });
    expect(await answer.json()).toMatchObject({ errors: [{ code: 'MANIFEST_UNKNOWN' }] });
  });

  it('is refused with 412 when the project demands a signature', async () => {
    const project = registry.store.projects.find('name', 'proxy')!;
    registry.store.projects.update(project.id, { metadata: { public: 'true', enable_content_trust_cosign: 'true' } });
    const answer = await registry.request('GET', `${MANIFEST}/1`);
    expect(answer.status).toBe(412);
    expect(await answer.json()).toEqual({
      errors: [{ code: 'PROJECTPOLICYVIOLATION', message: 'The image is not signed by cosign.' }],
    });
  });
});

describe('an index', () => {
  const index = fixtureImage('idx');
  const TRIMMED = 'sha256:4722a959e47cc0c6606a5332ef3dff11c049fd2dc9c80e94c1d489cdbaa8a2a5';

  beforeEach(() => {
    upstream.put('library/tiny', '1', 'idx');
    registry.addProxy('proxy', upstream);
  });

  it('is stored with only the platform that was pulled, re-serialised, and tagged after a HEAD by tag', async () => {
    await registry.request('HEAD', `${MANIFEST}/1`);
    await registry.request('GET', `${MANIFEST}/${index.digest}`);
    await pullImage(index.children[0]!.digest);
    expect((await eventually(() => artifact('1'))).digest).toBe(TRIMMED);
    await upstream.stop();
    const answer = await registry.request('GET', `${MANIFEST}/1`);
    expect(answer.headers.get('docker-content-digest')).toBe(TRIMMED);
    expect((await answer.arrayBuffer()).byteLength).toBe(405);
    expect((await registry.request('GET', `${MANIFEST}/${index.digest}`)).status).toBe(404);
  }, 10_000);

  it('comes from memory while the upstream confirms its digest', async () => {
    await registry.request('GET', `${MANIFEST}/1`);
    upstream.takeLog();
    const again = await registry.request('GET', `${MANIFEST}/1`);
    expect(again.headers.get('docker-content-digest')).toBe(index.digest);
    expect(upstream.takeLog()).toEqual(['HEAD /v2/library/tiny/manifests/1']);
    await upstream.stop();
    expect((await registry.request('GET', `${MANIFEST}/1`)).status).toBe(404);
  });

  it('never gets a tag when it was fetched with GET by tag', async () => {
    await registry.request('GET', `${MANIFEST}/1`);
    await pullImage(index.children[0]!.digest);
    expect(await eventually(() => artifact(TRIMMED))).toBeDefined();
    expect(artifact('1')).toBeUndefined();
  }, 10_000);
});

describe('a misbehaving upstream reaches the client', () => {
  beforeEach(() => registry.addProxy('proxy', upstream));

  it('is a truncated blob followed by an error text, with its own length', async () => {
    upstream.setMode('cutblob');
    const answer = await registry.request('GET', `${BLOB}/${layerA!.digest}`);
    expect([answer.status, answer.headers.get('content-length')]).toEqual([200, '1858']);
    expect(await answer.text()).toMatch(/"internal server error"}]}\n$/);
  });

  it('as wrong bytes, which are not kept', async () => {
    upstream.setMode('wrongblob');
    const wrong = await registry.request('GET', `${BLOB}/${layerA!.digest}`);
    expect(new Uint8Array(await wrong.arrayBuffer())[100]).toBe(7);
    upstream.setMode('ok');
    const right = await registry.request('GET', `${BLOB}/${layerA!.digest}`);
    expect(new Uint8Array(await right.arrayBuffer())[100]).not.toBe(7);
  });

  it('as an HTML page: HEAD 200 text/html, GET 404, blob 200 and empty', async () => {
    upstream.setMode('html');
    const head = await registry.request('HEAD', `${MANIFEST}/1`);
    expect([head.status, head.headers.get('content-type'), head.headers.get('content-length')]).toEqual([
      200,
      'text/html',
      '0',
    ]);
    expect((await registry.request('GET', `${MANIFEST}/1`)).status).toBe(404);
    const blob = await registry.request('GET', `${BLOB}/${layerA!.digest}`);
    expect([blob.status, blob.headers.get('etag'), (await blob.arrayBuffer()).byteLength]).toEqual([
      200,
      layerA!.digest,
      0,
    ]);
  });

  it.each([
    ['401', 404, 401],
    ['403', 404, 403],
    ['429', 429, 429],
    ['500', 404, 500],
    ['reset', 404, 500],
  ] as const)('as %s: cold tag %i, cold blob %i', async (mode, manifest, blob) => {
    upstream.setMode(mode);
    expect((await registry.request('GET', `${MANIFEST}/1`)).status).toBe(manifest);
    expect((await registry.request('GET', `${BLOB}/${layerA!.digest}`)).status).toBe(blob);
  });
});

it('closes at once although the upstream hangs', async () => {
  registry.addProxy('proxy', upstream);
  await registry.request('GET', `${MANIFEST}/1`);
  upstream.setMode('hang');
  const hanging = registry.request('GET', `${BLOB}/${layerA!.digest}`).catch((error: unknown) => error);
  await new Promise((resolve) => setTimeout(resolve, 100));
  // Without an end of the request to the upstream this would take until the time limit of the test.
  await registry.close();
  await hanging;
});

describe('settings of the project and its registry', () => {
  it('redirects a short Docker Hub name to library/, also for blobs and while unhealthy', async () => {
    registry.addProxy('hub', upstream, { type: 'docker-hub', status: 'unhealthy' });
    for (const path of ['manifests/1', `blobs/${layerA!.digest}`]) {
      const answer = await registry.request('GET', `/v2/hub/tiny/${path}`);
      expect([answer.status, answer.headers.get('location')]).toEqual([301, `/v2/hub/library/tiny/${path}`]);
    }
    expect((await registry.request('GET', '/v2/hub/library/tiny/manifests/1')).status).toBe(404);
    expect(upstream.takeLog()).toEqual([]);
  });

  it('authenticates at the upstream with the stored credential', async () => {
    upstream.setAuth('user:secret');
    registry.addProxy('good', upstream, { credential: { type: 'basic', accessKey: 'user', accessSecret: 'secret' } });
    registry.addProxy('bad', upstream, { credential: { type: 'basic', accessKey: 'user', accessSecret: 'old' } });
    expect((await registry.request('GET', '/v2/good/library/tiny/manifests/1')).status).toBe(200);
    expect((await registry.request('GET', '/v2/bad/library/tiny/manifests/1')).status).toBe(404);
    expect((await registry.request('GET', `/v2/bad/library/tiny/blobs/${layerA!.digest}`)).status).toBe(401);
  });

  it('serves but never stores when the quota is full', async () => {
    registry.addProxy('proxy', upstream, { quotaBytes: 100 });
    await pullImage();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(artifact('1')).toBeUndefined();
    expect((await registry.request('GET', `${MANIFEST}/1`)).status).toBe(200);
  });

  it('serves but does not store in read-only mode', async () => {
    registry.addProxy('proxy', upstream);
    registry.store.setConfiguration({ read_only: true });
    await pullImage();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(artifact('1')).toBeUndefined();
    expect((await registry.request('HEAD', `${BLOB}/${layerA!.digest}`)).status).toBe(404);
  });

  it('refuses more upstream connections than max_upstream_conn with 429, and recovers', async () => {
    const big = fixtureImage('big').blobs[1]!;
    upstream.put('library/big', '1', 'big');
    registry.addProxy('proxy', upstream, { metadata: { max_upstream_conn: '1', proxy_speed_kb: '16000' } });
    const path = `/v2/proxy/library/big/blobs/${big.digest}`;
    const first = await registry.request('GET', path);
    const second = await registry.request('GET', path);
    expect([first.status, second.status]).toEqual([200, 429]);
    expect((await first.arrayBuffer()).byteLength).toBe(big.sizeBytes);
    await eventually(async () => (await registry.request('GET', path)).status === 200);
  });

  it('lists the union of local and upstream tags, and the local ones when the upstream is down', async () => {
    registry.addProxy('proxy', upstream);
    upstream.put('library/tiny', '2', 'b');
    await pullImage();
    await eventually(() => artifact('1'));
    const list = async (query = '') => {
      const answer = await registry.request('GET', `/v2/${REPOSITORY}/tags/list${query}`);
      return [((await answer.json()) as { tags: string[] }).tags, answer.headers.get('link')];
    };
    expect(await list()).toEqual([['1', '2'], null]);
    expect(await list('?n=1')).toEqual([['1'], `</v2/${REPOSITORY}/tags/list?last=1&n=1>; rel="next"`]);
    expect(await list('?last=1&n=1')).toEqual([['2'], null]);
    await upstream.stop();
    expect(await list()).toEqual([['1'], null]);
  });

  it('takes no push', async () => {
    registry.addProxy('proxy', upstream);
    const answer = await registry.request('POST', `/v2/${REPOSITORY}/blobs/uploads/`);
    expect(await answer.json()).toEqual({
      errors: [{ code: 'DENIED', message: 'denied: can not push artifact to a proxy project: proxy' }],
    });
  });
});
