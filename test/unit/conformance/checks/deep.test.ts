import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { runConformance, type CheckResult } from '../../../../src/conformance';
import { startFixtureUpstream } from '../../../../src/upstream';
import { startDouble } from '../../oci/registry-double';

const TAR = Buffer.alloc(300_000, 'a layer is a tar, and any bytes will do here ');
/** `TAR` as zstd 1.5 compresses it: a frame of one repeated block would do, so a raw block is written by hand. */
const ZSTD = rawZstd(TAR);

function sha256(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** RFC 8878: magic number, frame header (single segment, 4-byte content size), raw blocks of at most 128 KiB. */
function rawZstd(content: Buffer): Buffer {
  const header = Buffer.alloc(9);
  header.writeUInt32LE(0xfd2fb528, 0);
  header.writeUInt8(0b10100000, 4);
  header.writeUInt32LE(content.length, 5);
  const parts: Buffer[] = [header];
  const size = 128 << 10;
  for (let at = 0; at < content.length; at += size) {
    const block = content.subarray(at, at + size);
    const isLast = at + size >= content.length ? 1 : 0;
    const blockHeader = Buffer.alloc(3);
    blockHeader.writeUIntLE((block.length << 3) | isLast, 0, 3);
    parts.push(blockHeader, block);
  }
  return Buffer.concat(parts);
}

/** A registry without Harbor: one image with this layer and this diff ID. */
async function b5(layer: Buffer, diffId: string): Promise<CheckResult> {
  const config = Buffer.from(JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: [diffId] } }));
  const type = 'application/vnd.oci.image';
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: `${type}.manifest.v1+json`,
      config: { mediaType: `${type}.config.v1+json`, digest: sha256(config), size: config.length },
      layers: [{ mediaType: `${type}.layer.v1.tar`, digest: sha256(layer), size: layer.length }],
    }),
  );
  const blobs = new Map([config, layer].map((bytes) => [sha256(bytes), bytes]));
  const registry = await startDouble((request, response) => {
    const reference = (request.url ?? '').split('/').at(-1) ?? '';
    const isManifest = (request.url ?? '').includes('/manifests/');
    const body = isManifest ? manifest : blobs.get(reference);
    response.writeHead(body ? 200 : 404, isManifest ? { 'content-type': `${type}.manifest.v1+json` } : {});
    response.end(body);
  });
  const project = { name: 'p', public: true, proxy: false, images: ['app:1'], platforms: ['linux/amd64'] };
  const report = await runConformance(
    { harborUrl: registry.url, projects: [project] },
    { tool: { name: 'breakwater', version: '0.0.0' }, checks: ['B5'], deep: true },
  );
  await registry.close();
  return report.results[0]!;
}

describe('B5, deep', () => {
  it.each([
    ['gzip', gzipSync(TAR)],
    ['zstd', ZSTD],
    ['not compressed', TAR],
  ])('unpacks what is %s', async (_compression, layer) => {
    expect(await b5(layer, sha256(TAR))).toMatchObject({ status: 'pass' });
  });

  it('names a layer that unpacks to something else', async () => {
    const result = await b5(gzipSync(TAR), `sha256:${'0'.repeat(64)}`);
    expect(result).toMatchObject({
      status: 'fail',
      message: expect.stringMatching(/layer 1 unpacks to sha256:\w+ instead of sha256:0000/),
    });
  });

  it.each([
    ['gzip', gzipSync(TAR).subarray(0, 200)],
    ['zstd', ZSTD.subarray(0, 1000)],
  ])('names %s that breaks off inside, whatever its digest', async (_compression, layer) => {
    const result = await b5(layer, sha256(TAR));
    expect(result).toMatchObject({ status: 'fail', message: expect.stringMatching(/layer 1/) });
  });

  it('is a matter of --deep', async () => {
    const upstream = await startFixtureUpstream();
    const project = { name: 'p', public: true, proxy: false, images: ['app:1'], platforms: [] };
    const report = await runConformance(
      { harborUrl: upstream.url, projects: [project] },
      { tool: { name: 'breakwater', version: '0.0.0' }, checks: ['B5'] },
    );
    await upstream.close();
    expect(report.results[0]).toMatchObject({ status: 'skip', message: expect.stringContaining('--deep') });
  });
});
