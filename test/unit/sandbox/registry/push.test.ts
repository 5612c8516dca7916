import { createHash } from 'node:crypto';
import { findArtifact } from '../../../../src/sandbox/registry/artifacts';
import type { ProjectRow } from '../../../../src/sandbox/store/rows';
import { eventually, startRegistryHarness, type RegistryHarness } from './registry-harness';

const OCI = 'application/vnd.oci.image.manifest.v1+json';
const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';

let registry: RegistryHarness;
let project: ProjectRow;
beforeEach(async () => {
  registry = await startRegistryHarness();
  project = registry.addProject('app');
});
afterEach(() => registry.close());

function sha256(bytes: Buffer | string): string {
  return 'sha256:' + createHash('sha256').update(bytes).digest('hex');
}

async function startUpload(repository = 'app/web'): Promise<string> {
  const answer = await registry.request('POST', `/v2/${repository}/blobs/uploads/`);
  expect(answer.status).toBe(202);
  return answer.headers.get('location')!.slice(registry.url.length);
}

async function pushBlob(bytes: Buffer | string, repository = 'app/web'): Promise<string> {
  const location = await startUpload(repository);
  const answer = await registry.request('PUT', `${location}&digest=${sha256(bytes)}`, { body: bytes });
  expect(answer.status).toBe(201);
  return sha256(bytes);
}

function manifestOf(config: string, layers: string[], more: object = {}): string {
  const sizes = { config: { mediaType: CONFIG, digest: sha256(config), size: config.length } };
  const list = layers.map((layer) => ({ mediaType: 'x/layer', digest: sha256(layer), size: layer.length }));
  return JSON.stringify({ schemaVersion: 2, mediaType: OCI, ...sizes, layers: list, ...more });
}

const putManifest = (reference: string, body: string, type = OCI, repository = 'app/web'): Promise<Response> =>
  registry.request('PUT', `/v2/${repository}/manifests/${reference}`, { body, headers: { 'content-type': type } });

const CONFIG_TEXT = JSON.stringify({ architecture: 'amd64', os: 'linux', config: { Labels: { maintainer: 'me' } } });
const LAYER = 'some layer bytes';

async function pushImage(reference = '1', repository = 'app/web', more: object = {}): Promise<string> {
  await pushBlob(CONFIG_TEXT, repository);
  await pushBlob(LAYER, repository);
  const manifest = manifestOf(CONFIG_TEXT, [LAYER], more);
  const answer = await putManifest(reference, manifest, OCI, repository);
  expect(answer.status).toBe(201);
  return sha256(manifest);
}

describe('uploading a blob', () => {
  it('takes all bytes in the closing PUT', async () => {
    const digest = await pushBlob(LAYER);
    const answer = await registry.request('GET', `/v2/app/web/blobs/${digest}`);
    expect(await answer.text()).toBe(LAYER);
    expect(answer.headers.get('docker-content-digest')).toBe(digest);
  });

  it('accepts chunks, reports its progress, and checks the digest over all of them', async () => {
    const location = await startUpload();
    const first = await registry.request('PATCH', location, { body: 'some layer ' });
    expect([first.status, first.headers.get('range')]).toEqual([202, '0-10']);
    const status = await registry.request('GET', location);
    expect([status.status, status.headers.get('range')]).toEqual([204, '0-10']);
    await registry.request('PATCH', location, { body: 'bytes' });
    const last = await registry.request('PUT', `${location}&digest=${sha256(LAYER)}`);
    expect([last.status, last.headers.get('docker-content-digest')]).toEqual([201, sha256(LAYER)]);
  });

  it.each([
    ['a digest of other bytes', sha256('other')],
    ['no digest at all', ''],
  ])('refuses %s', async (_what, digest) => {
    const location = await startUpload();
    const answer = await registry.request('PUT', `${location}&digest=${digest}`, { body: LAYER });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ errors: [{ code: 'DIGEST_INVALID' }] });
    expect((await registry.request('HEAD', `/v2/app/web/blobs/${sha256(LAYER)}`)).status).toBe(404);
  });

  it('forgets a cancelled upload', async () => {
    const location = await startUpload();
    expect((await registry.request('DELETE', location)).status).toBe(204);
    expect((await registry.request('PATCH', location, { body: 'x' })).status).toBe(404);
  });

  it('accepts sha512', async () => {
    const digest = 'sha512:' + createHash('sha512').update(LAYER).digest('hex');
    const answer = await registry.request('PUT', `${await startUpload()}&digest=${digest}`, { body: LAYER });
    expect(answer.status).toBe(201);
    expect(await (await registry.request('GET', `/v2/app/web/blobs/${digest}`)).text()).toBe(LAYER);
  });

  it('mounts a blob of another repository, and starts an upload when it is not there', async () => {
    const digest = await pushBlob(LAYER);
    const mount = (wanted: string) =>
      registry.request('POST', `/v2/app/other/blobs/uploads/?mount=${wanted}&from=app/web`);
    expect((await mount(digest)).status).toBe(201);
    expect((await registry.request('HEAD', `/v2/app/other/blobs/${digest}`)).status).toBe(200);
    expect((await mount(sha256('missing'))).status).toBe(202);
  });

  it('keeps a blob invisible to repositories that did not get it', async () => {
    const digest = await pushBlob(LAYER);
    expect((await registry.request('GET', `/v2/app/other/blobs/${digest}`)).status).toBe(404);
  });
});

describe('reading a blob in part', () => {
  it.each([
    ['bytes=0-3', 206, 'some', 'bytes 0-3/16'],
    ['bytes=5-', 206, 'layer bytes', 'bytes 5-15/16'],
    ['bytes=-5', 206, 'bytes', 'bytes 11-15/16'],
    ['bytes=5-99', 206, 'layer bytes', 'bytes 5-15/16'],
    ['bytes=99-', 416, 'invalid range: failed to overlap\n', 'bytes */16'],
    ['lines=1-2', 200, LAYER, null],
  ])('%s: %i', async (range, status, text, contentRange) => {
    const digest = await pushBlob(LAYER);
    const answer = await registry.request('GET', `/v2/app/web/blobs/${digest}`, { headers: { range } });
    expect([answer.status, await answer.text(), answer.headers.get('content-range')]).toEqual([
      status,
      text,
      contentRange,
    ]);
  });
});

describe('pushing a manifest', () => {
  it('creates repository, artifact and tag, and the image can be pulled', async () => {
    const digest = await pushImage();
    const artifact = findArtifact(registry.store, 'app/web', '1')!;
    expect(artifact).toMatchObject({
      digest,
      type: 'IMAGE',
      mediaType: CONFIG,
      extraAttrs: { architecture: 'amd64', os: 'linux', author: 'me' },
    });
    const answer = await registry.request('GET', '/v2/app/web/manifests/1');
    expect(answer.headers.get('docker-content-digest')).toBe(digest);
    expect(sha256(Buffer.from(await answer.arrayBuffer()))).toBe(digest);
    await eventually(() => registry.store.artifacts.get(artifact.id)!.pullTime > 0);
  });

  it('by digest leaves it without a tag; a digest of other bytes is refused', async () => {
    await pushBlob(CONFIG_TEXT);
    const manifest = manifestOf(CONFIG_TEXT, []);
    expect((await putManifest(sha256(manifest), manifest)).status).toBe(201);
    expect(registry.store.tags.size).toBe(0);
    expect((await putManifest(sha256('other'), manifest)).status).toBe(400);
  });

  it('moves a tag and keeps the old artifact', async () => {
    const first = await pushImage();
    await pushBlob('{"os":"plan9"}');
    await putManifest('1', manifestOf('{"os":"plan9"}', [LAYER]));
    expect(findArtifact(registry.store, 'app/web', '1')!.digest).not.toBe(first);
    expect(findArtifact(registry.store, 'app/web', first)).toBeDefined();
  });

  it('names every blob that is missing and creates nothing', async () => {
    const answer = await putManifest('1', manifestOf(CONFIG_TEXT, [LAYER]));
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({
      errors: [CONFIG_TEXT, LAYER].map((bytes) => ({
        code: 'MANIFEST_BLOB_UNKNOWN',
        message: 'blob unknown to registry',
        detail: sha256(bytes),
      })),
    });
    expect(registry.store.repositories.size).toBe(0);
  });

  it.each([
    ['no JSON', 'x', OCI],
    ['an unknown media type', '{}', 'application/json'],
    ['a media type that contradicts its own', `{"schemaVersion":2,"mediaType":"${OCI}"}`, OCI_INDEX],
  ])('refuses %s', async (_what, body, type) => {
    expect(await (await putManifest('1', body, type)).json()).toMatchObject({ errors: [{ code: 'MANIFEST_INVALID' }] });
  });

  it('takes an index whose children are here, with their sizes', async () => {
    const child = await pushImage('child');
    const size = findArtifact(registry.store, 'app/web', 'child')!.sizeBytes;
    const platform = { architecture: 'amd64', os: 'linux' };
    const index = JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests: [{ mediaType: OCI, digest: child, size: 100, platform }],
    });
    expect((await putManifest('all', index, OCI_INDEX)).status).toBe(201);
    const artifact = findArtifact(registry.store, 'app/web', 'all')!;
    expect(artifact.sizeBytes).toBe(size + index.length);
    expect(artifact.references).toMatchObject([{ childDigest: child, platform }]);
    const held = await registry.request('DELETE', `/v2/app/web/manifests/${child}`);
    expect(held.status).toBe(412);
  });

  it('returns OCI-Subject and lists the artifact as a referrer', async () => {
    const subject = await pushImage();
    await pushBlob('{}');
    const signature = manifestOf('{}', [], {
      artifactType: 'application/vnd.cncf.notary.signature',
      subject: { mediaType: OCI, digest: subject, size: 1 },
    });
    const answer = await putManifest(sha256(signature), signature);
    expect(answer.headers.get('oci-subject')).toBe(subject);
    const referrers = async (query: string) =>
      registry.request('GET', `/v2/app/web/referrers/${subject}${query}`).then(async (list) => ({
        digests: ((await list.json()) as { manifests: { digest: string }[] }).manifests.map((one) => one.digest),
        filters: list.headers.get('oci-filters-applied'),
      }));
    expect(await referrers('')).toEqual({ digests: [sha256(signature)], filters: null });
    expect(await referrers('?artifactType=x')).toEqual({ digests: [], filters: 'artifactType' });
  });

  it('lets a signed image pass if signatures are demanded', async () => {
    const digest = await pushImage();
    registry.store.projects.update(project.id, { metadata: { public: 'true', enable_content_trust_cosign: 'true' } });
    expect((await registry.request('GET', '/v2/app/web/manifests/1')).status).toBe(412);
    await pushImage(`sha256-${digest.slice(7)}.sig`, 'app/web', { annotations: { kind: 'signature' } });
    expect((await registry.request('GET', '/v2/app/web/manifests/1')).status).toBe(200);
  });
});

describe('quota', () => {
  it('counts a shared blob once and gives space back on deletion', async () => {
    const used = () => registry.store.quotas.find('project', project.id)!.usedBytes;
    const digest = await pushImage();
    const one = used();
    expect(one).toBe(CONFIG_TEXT.length + LAYER.length + manifestOf(CONFIG_TEXT, [LAYER]).length);
    await pushImage('1', 'app/copy');
    expect(used()).toBe(one);
    await registry.request('DELETE', `/v2/app/web/manifests/${digest}`);
    expect(used()).toBe(one);
    await registry.request('DELETE', `/v2/app/copy/manifests/${digest}`);
    expect(used()).toBe(0);
  });

  it('refuses what does not fit, in Harbor’s words', async () => {
    registry.addProject('small', { quotaBytes: 10 });
    const location = await startUpload('small/web');
    const answer = await registry.request('PUT', `${location}&digest=${sha256(LAYER)}`, { body: LAYER });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toEqual({
      errors: [
        {
          code: 'DENIED',
          message:
            'adding 16 B of storage resource, which when updated to current usage of 0 B will exceed the configured upper limit of 10 B.',
        },
      ],
    });
  });
});

describe('deleting and listing', () => {
  it('deletes by digest only, and the repository stays', async () => {
    const digest = await pushImage();
    const byTag = await registry.request('DELETE', '/v2/app/web/manifests/1');
    expect(await byTag.json()).toMatchObject({ errors: [{ code: 'UNSUPPORTED' }] });
    expect((await registry.request('DELETE', `/v2/app/web/manifests/${digest}`)).status).toBe(202);
    const gone = await registry.request('GET', '/v2/app/web/manifests/1');
    expect(await gone.json()).toMatchObject({ errors: [{ message: 'artifact app/web:1 not found' }] });
  });

  it('forgets a blob in one repository and keeps it in the other', async () => {
    const digest = await pushBlob(LAYER);
    await pushBlob(LAYER, 'app/other');
    const remove = () => registry.request('DELETE', `/v2/app/web/blobs/${digest}`);
    expect([(await remove()).status, (await remove()).status]).toEqual([202, 404]);
    expect((await registry.request('HEAD', `/v2/app/other/blobs/${digest}`)).status).toBe(200);
  });

  it('returns 405 with the allowed methods', async () => {
    const answer = await registry.request('PATCH', '/v2/app/web/manifests/1');
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'DELETE, GET, HEAD, OPTIONS, PUT']);
  });

  it('lists repositories that hold something, in pages', async () => {
    await pushImage('1', 'app/web');
    await pushImage('1', 'app/api');
    const all = await registry.request('GET', '/v2/_catalog');
    expect(await all.json()).toEqual({ repositories: ['app/api', 'app/web'] });
    const page = await registry.request('GET', '/v2/_catalog?n=1');
    expect(await page.json()).toEqual({ repositories: ['app/api'] });
    expect(page.headers.get('link')).toBe('</v2/_catalog?last=app%2Fapi&n=1>; rel="next"');
    expect((await registry.request('GET', '/v2/_catalog?n=1&last=nope')).status).toBe(400);
  });

  it('returns 404 for the tags of a missing repository', async () => {
    const answer = await registry.request('GET', '/v2/app/none/tags/list');
    expect(await answer.json()).toMatchObject({ errors: [{ message: 'repository app/none not found' }] });
  });
});
