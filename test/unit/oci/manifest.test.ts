import { bareMediaType, readManifest, servesPlatform } from '../../../src/oci';

const OCI = 'application/vnd.oci.image';
const descriptor = { mediaType: `${OCI}.layer.v1.tar`, digest: `sha256:${'1'.repeat(64)}`, size: 3 };

function read(json: unknown, contentType = `${OCI}.manifest.v1+json`): ReturnType<typeof readManifest> {
  return readManifest({ body: Buffer.from(typeof json === 'string' ? json : JSON.stringify(json)), contentType });
}

describe('readManifest', () => {
  it('reads an image', () => {
    const config = { ...descriptor, mediaType: `${OCI}.config.v1+json` };
    expect(read({ mediaType: `${OCI}.manifest.v1+json`, config, layers: [descriptor] })).toEqual({
      kind: 'image',
      mediaType: `${OCI}.manifest.v1+json`,
      config: { mediaType: config.mediaType, digest: descriptor.digest, sizeBytes: 3 },
      layers: [{ mediaType: descriptor.mediaType, digest: descriptor.digest, sizeBytes: 3 }],
    });
  });

  it.each([
    ['an image of OCI', `${OCI}.config.v1+json`, undefined, undefined],
    ['an image of Docker', 'application/vnd.docker.container.image.v1+json', undefined, undefined],
    ['a Helm chart', 'application/vnd.cncf.helm.config.v1+json', undefined, 'application/vnd.cncf.helm.config.v1+json'],
    ['an artifact without a config', 'application/vnd.oci.empty.v1+json', 'application/wasm', 'application/wasm'],
    ['a signature with the config of an image', `${OCI}.config.v1+json`, 'application/x-sig', 'application/x-sig'],
  ])('names what %s is', (_what, mediaType, artifactType, expected) => {
    const manifest = read({ config: { ...descriptor, mediaType }, layers: [], ...(artifactType && { artifactType }) });
    expect((manifest as { artifactType?: string }).artifactType).toBe(expected);
  });

  it('takes the type from the header if the manifest has none, as OCI allows', () => {
    expect(read({ config: descriptor, layers: [] })).toMatchObject({ mediaType: `${OCI}.manifest.v1+json` });
  });

  it('reads an index with platforms, variants and attestations', () => {
    const manifests = [
      { ...descriptor, platform: { os: 'linux', architecture: 'arm', variant: 'v7' } },
      { ...descriptor, platform: { os: 'unknown', architecture: 'unknown' } },
      descriptor,
    ];
    const index = read({ mediaType: `${OCI}.index.v1+json`, manifests });
    expect(index).toMatchObject({
      kind: 'index',
      children: [{ platform: 'linux/arm/v7' }, { platform: 'unknown/unknown' }, {}],
    });
  });

  it('keeps the URLs of layers that lie elsewhere', () => {
    const layer = { ...descriptor, urls: ['https://elsewhere/x', 5] };
    expect(read({ config: descriptor, layers: [layer] })).toMatchObject({
      layers: [{ urls: ['https://elsewhere/x'] }],
    });
  });

  it.each([
    ['<html>login</html>', /not JSON/],
    ['', /not JSON/],
    ['[]', /"config" is not a descriptor/],
    ['null', /not a JSON object/],
    ['{}', /"config" is not a descriptor/],
    [{ config: descriptor }, /without "layers"/],
    [{ config: descriptor, layers: [descriptor, { digest: 5 }] }, /layers\[1\] is not a descriptor/],
    [{ config: { ...descriptor, size: -1 }, layers: [] }, /"config"/],
    [{ config: { ...descriptor, size: 1.5 }, layers: [] }, /"config"/],
    [{ config: { ...descriptor, size: 2 ** 60 }, layers: [] }, /"config"/],
    [{ config: { ...descriptor, digest: '../../../api/v2.0/users' }, layers: [] }, /"config"/],
    [{ manifests: [{ ...descriptor, digest: 'latest' }] }, /manifests\[0\] is not a descriptor/],
    [{ mediaType: `${OCI}.index.v1+json` }, /an index without "manifests"/],
    [{ manifests: [null] }, /manifests\[0\] is not a descriptor/],
  ])('reports what is wrong with %j', (json, problem) => {
    expect(read(json)).toEqual({ problem: expect.stringMatching(problem) });
  });
});

describe('servesPlatform', () => {
  it.each([
    ['linux/amd64', 'linux/amd64', true],
    ['linux/arm64/v8', 'linux/arm64', true],
    ['linux/arm64', 'linux/arm64/v8', false],
    ['linux/arm/v6', 'linux/arm/v7', false],
    ['linux/arm64', 'linux/arm', false],
    [undefined, 'linux/amd64', false],
  ])('%s for %s: %s', (offered, required, expected) => {
    expect(servesPlatform(offered, required)).toBe(expected);
  });
});

describe('bareMediaType', () => {
  it.each([
    ['text/html; charset=utf-8', 'text/html'],
    ['Application/JSON', 'application/json'],
    [undefined, ''],
  ])('%s is %s', (header, expected) => expect(bareMediaType(header)).toBe(expected));
});
