import { artifactTypeName } from '../../../../src/sandbox/registry/artifact-metadata';
import { ConnectionLimit } from '../../../../src/sandbox/registry/connection-limit';
import { sniffContentType } from '../../../../src/sandbox/registry/content-sniff';
import { MEDIA_TYPE, parseManifest, references, trimIndex } from '../../../../src/sandbox/registry/manifest';
import { displaySize } from '../../../../src/sandbox/registry/quota';
import { parseRegistryPath } from '../../../../src/sandbox/registry/registry-path';
import { parseScope } from '../../../../src/sandbox/registry/token-route';
import type { ProjectRow } from '../../../../src/sandbox/store/rows';

const CHILD = { mediaType: MEDIA_TYPE.ociManifest, digest: 'sha256:aa', size: 7 };

function indexOf(...manifests: object[]) {
  const body = { schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests };
  return parseManifest(MEDIA_TYPE.ociIndex, Buffer.from(JSON.stringify(body)));
}

describe('trimIndex', () => {
  it('keeps the children that are here, in Go’s order of fields and with three spaces', () => {
    const platform = { os: 'linux', variant: 'v8', architecture: 'arm64', 'os.features': [], 'os.version': '1' };
    const annotations = { z: '<&>', a: '1' };
    const trimmed = trimIndex(
      indexOf({ ...CHILD, platform, annotations }, { ...CHILD, digest: 'sha256:bb' }),
      new Set(['sha256:aa']),
    );
    expect(trimmed.bytes.toString()).toBe(`{
   "schemaVersion": 2,
   "mediaType": "application/vnd.oci.image.index.v1+json",
   "manifests": [
      {
         "mediaType": "application/vnd.oci.image.manifest.v1+json",
         "size": 7,
         "digest": "sha256:aa",
         "annotations": {
            "a": "1",
            "z": "\\u003c\\u0026\\u003e"
         },
         "platform": {
            "architecture": "arm64",
            "os": "linux",
            "os.version": "1",
            "variant": "v8"
         }
      }
   ]
}`);
  });

  it('gives a child without a platform an empty one, as the backend’s struct does', () => {
    const trimmed = trimIndex(indexOf(CHILD), new Set(['sha256:aa']));
    expect(JSON.parse(trimmed.bytes.toString())).toMatchObject({
      manifests: [{ platform: { architecture: '', os: '' } }],
    });
  });
});

describe('parseManifest', () => {
  it.each([
    ['a parameter behind the type', `${MEDIA_TYPE.ociManifest}; charset=utf-8`, '{"schemaVersion":2}', []],
    [
      'an image',
      MEDIA_TYPE.dockerManifest,
      '{"config":{"digest":"sha256:c","size":1},"layers":[{"digest":"sha256:l","size":2}]}',
      ['sha256:c', 'sha256:l'],
    ],
    ['schema 1', MEDIA_TYPE.signedSchema1, '{"fsLayers":[{"blobSum":"sha256:l"}]}', ['sha256:l']],
    ['nonsense for layers', MEDIA_TYPE.ociManifest, '{"layers":[1,null,{"size":2}]}', []],
  ])('reads the references of %s', (_what, type, body, digests) => {
    expect(references(parseManifest(type, Buffer.from(body))).map((one) => one.digest)).toEqual(digests);
  });

  it.each([
    ['', '{}', /unsupported manifest media type/],
    ['text/html', '<html>', /unsupported manifest media type/],
    [MEDIA_TYPE.ociManifest, '{', /not JSON/],
    [MEDIA_TYPE.ociManifest, '[]', /not a JSON object/],
    [MEDIA_TYPE.ociManifest, `{"mediaType":"${MEDIA_TYPE.ociIndex}"}`, /should be/],
  ])('refuses %s with %s', (type, body, message) => {
    expect(() => parseManifest(type, Buffer.from(body))).toThrow(message);
  });
});

describe('parseRegistryPath', () => {
  const parse = (path: string) => parseRegistryPath(path, new URLSearchParams());

  it.each([
    ['/v2/', { kind: 'base' }],
    ['/v2/_catalog', { kind: 'catalog' }],
    ['/v2', { kind: 'unknown' }],
    ['/v2/p/r/manifests/1.0', { kind: 'manifest', repository: 'p/r', project: 'p', reference: '1.0' }],
    ['/v2/p/a__b/c-d/tags/list', { kind: 'tags', repository: 'p/a__b/c-d', project: 'p', reference: '' }],
    ['/v2/Upper/r/manifests/1', { kind: 'manifest', repository: 'Upper/r', project: 'Upper', reference: '1' }],
    ['/v2/p/Upper/manifests/1', { kind: 'unknown' }],
    ['/v2/p/r/blobs/sha256:abc', { kind: 'blob', repository: 'p/r', project: 'p', reference: 'sha256:abc' }],
    ['/v2/p/r/blobs/uploads/', { kind: 'upload', repository: 'p/r', project: 'p', reference: '' }],
    ['/v2/p/r/blobs/uploads/12-ab', { kind: 'upload', repository: 'p/r', project: 'p', reference: '12-ab' }],
    ['/v2/p/manifests/manifests/1', { kind: 'manifest', repository: 'p/manifests', project: 'p', reference: '1' }],
  ])('%s', (path, expected) => {
    expect(parse(path)).toEqual(expected);
  });

  it.each([
    ['/v2/alone/tags/list', 'invalid repository name: alone'],
    ['/v2/p/r/manifests/%%%', 'invalid reference format'],
  ])('refuses %s', (path, message) => {
    expect(() => parse(path)).toThrow(message);
  });
});

it.each([
  ['{"a":1}', 'text/plain; charset=utf-8'],
  ['', 'text/plain; charset=utf-8'],
  ['<html>x', 'text/html; charset=utf-8'],
  ['  <!DOCTYPE html><p>', 'text/html; charset=utf-8'],
  ['\x1f\x8b\x08\x00', 'application/x-gzip'],
  ['data\0\0', 'application/octet-stream'],
])('sniffs %j as %s', (text, type) => {
  expect(sniffContentType(Buffer.from(text, 'latin1'))).toBe(type);
});

it.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [20_000_000, '19.1 MiB'],
  [1_125_899_906_842_624, '1.0 PiB'],
])('shows %i bytes as %s', (bytes, text) => {
  expect(displaySize(bytes)).toBe(text);
});

it.each([
  ['repository:p/r:pull,push', { type: 'repository', name: 'p/r', actions: ['pull', 'push'] }],
  ['repository:host:5000/r:pull', { type: 'repository', name: 'host:5000/r', actions: ['pull'] }],
  ['repository:p/r:', { type: 'repository', name: 'p/r', actions: [] }],
  ['repository:p/r', { type: 'repository', name: 'p/r', actions: [] }],
  ['x', { type: 'x', name: '', actions: [] }],
])('reads the scope %s', (scope, access) => {
  expect(parseScope(scope)).toEqual(access);
});

it.each([
  ['application/vnd.oci.image.config.v1+json', 'IMAGE'],
  ['application/vnd.cncf.helm.config.v1+json', 'CHART'],
  ['application/vnd.acme.rocket.config.v1+json', 'ROCKET'],
  ['application/octet-stream', 'UNKNOWN'],
])('names the type of %s %s', (mediaType, type) => {
  expect(artifactTypeName(mediaType)).toBe(type);
});

it('gives a place back once, however often it is asked to', () => {
  const limit = new ConnectionLimit();
  const project = { metadata: { max_upstream_conn: '1' } } as unknown as ProjectRow;
  const release = limit.acquire(project, 'p/r', 'd');
  expect(() => limit.acquire(project, 'p/r', 'd')).toThrow(/too many requests/);
  expect(() => limit.acquire(project, 'p/r', 'other')).not.toThrow();
  release();
  release();
  limit.acquire(project, 'p/r', 'd');
  expect(() => limit.acquire(project, 'p/r', 'd')).toThrow(/too many requests/);
});
