import { createHash, randomBytes } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { gunzipSync, gzipSync } from 'node:zlib';
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

/** Blocks of one repeated byte: four bytes each, 128 KiB unpacked. `windowLog` is what the frame asks of memory. */
function zstdBomb(unpackedBytes: number, windowLog = 17): Buffer {
  const size = 128 << 10;
  const block = Buffer.alloc(4);
  block.writeUIntLE((size << 3) | (1 << 1), 0, 3);
  const blocks = Buffer.alloc((unpackedBytes / size) * block.length, block);
  const end = Buffer.from([1, 0, 0]);
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, (windowLog - 10) << 3]), blocks, end]);
}

const GIB = 1024 ** 3;

function skippable(bytes: number): Buffer {
  const frame = Buffer.alloc(8 + bytes, 7);
  frame.writeUInt32LE(0x184d2a50, 0);
  frame.writeUInt32LE(bytes, 4);
  return frame;
}

interface Served {
  readonly signal?: AbortSignal;
  readonly pieces?: readonly number[];
  /** The requested digests, in order. */
  readonly requested?: string[];
}

/** One image with this layer and this diff ID. */
function b5(layer: Buffer, diffId: string, served: Served = {}): Promise<CheckResult> {
  return b5Layers([layer], [diffId], served);
}

/** A registry without Harbor: one image with these layers and these diff IDs. */
async function b5Layers(
  layers: readonly Buffer[],
  diffIds: readonly string[],
  { signal, pieces = [], requested = [] }: Served,
): Promise<CheckResult> {
  const config = Buffer.from(JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: diffIds } }));
  const type = 'application/vnd.oci.image';
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: `${type}.manifest.v1+json`,
      config: { mediaType: `${type}.config.v1+json`, digest: sha256(config), size: config.length },
      layers: layers.map((layer) => ({
        mediaType: `${type}.layer.v1.tar`,
        digest: sha256(layer),
        size: layer.length,
      })),
    }),
  );
  const blobs = new Map([config, ...layers].map((bytes) => [sha256(bytes), bytes]));
  const registry = await startDouble((request, response) => {
    const reference = (request.url ?? '').split('/').at(-1) ?? '';
    const isManifest = (request.url ?? '').includes('/manifests/');
    const body = isManifest ? manifest : blobs.get(reference);
    const layer = layers.find((one) => one === body) ?? Buffer.alloc(0);
    requested.push(reference);
    response.writeHead(body ? 200 : 404, isManifest ? { 'content-type': `${type}.manifest.v1+json` } : {});
    // Each write is a chunk of its own for the client, also if they arrive together.
    const sent = body === layer ? pieces.filter((end) => end < layer.length) : [];
    for (const [index, end] of sent.entries()) response.write(layer.subarray(sent[index - 1] ?? 0, end));
    response.end(body?.subarray(sent.at(-1) ?? 0));
  });
  const project = { name: 'p', public: true, proxy: false, images: ['app:1'], platforms: ['linux/amd64'] };
  const report = await runConformance(
    { harborUrl: registry.url, projects: [project] },
    { tool: { name: 'breakwater', version: '0.0.0' }, checks: ['B5'], deep: true, ...(signal && { signal }) },
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

  it.each([
    ['gzip', gzipSync(TAR), TAR],
    ['zstd', ZSTD, TAR],
    ['not compressed', TAR, TAR],
    ['of three bytes', TAR.subarray(0, 3), TAR.subarray(0, 3)],
  ])('unpacks what is %s and arrives byte by byte', async (_compression, layer, content) => {
    expect(await b5(layer, sha256(content), { pieces: [1, 2, 3, 4] })).toMatchObject({ status: 'pass' });
  });

  it('names a layer that unpacks to something else', async () => {
    const result = await b5(gzipSync(TAR), `sha256:${'0'.repeat(64)}`);
    expect(result).toMatchObject({
      status: 'fail',
      message: expect.stringMatching(/layer 1 unpacks to sha256:\w+ instead of sha256:0000/),
    });
  });

  it('begins with the largest layers, and names the wrong ones in the order of the image', async () => {
    const layers = [3, 1, 7, 5, 2, 6, 4].map((times) => gzipSync(Buffer.alloc(times * 100_000, randomBytes(5_000))));
    const diffIds = layers.map((layer) => sha256(gunzipSync(layer)));
    diffIds[1] = diffIds[3] = sha256(TAR);
    const bySize = layers.map((layer) => ({ digest: sha256(layer), size: layer.length }));
    bySize.sort((a, b) => b.size - a.size);
    const requested: string[] = [];
    const { message } = await b5Layers(layers, diffIds, { requested });
    expect(message).toMatch(/^layer 2 unpacks to [^;]+; layer 4 unpacks to [^;]+$/);
    // Four are under way at the same time.
    const began = requested.filter((one) => bySize.some(({ digest }) => digest === one));
    const largest = bySize.slice(0, 4).map(({ digest }) => digest);
    expect([began.length, began.slice(0, 4).sort()]).toEqual([7, largest.sort()]);
  });

  it.each([
    ['gzip', gzipSync(TAR).subarray(0, 200)],
    ['zstd', ZSTD.subarray(0, 1000)],
  ])('reports %s that is truncated inside, with any digest', async (_compression, layer) => {
    const result = await b5(layer, sha256(TAR));
    expect(result).toMatchObject({ status: 'fail', message: expect.stringMatching(/layer 1/) });
  });

  it.each([
    [
      'a zstd of several frames, one of them to be skipped',
      Buffer.concat([ZSTD, skippable(300_000), ZSTD]),
      Buffer.concat([TAR, TAR]),
    ],
    ['a zstd that begins with a frame to be skipped', Buffer.concat([skippable(9), ZSTD]), TAR],
    ['a zstd of a few bytes', rawZstd(Buffer.from('few')), Buffer.from('few')],
    ['a zstd of repeated bytes', zstdBomb(1 << 20), Buffer.alloc(1 << 20)],
    [
      'a gzip of many parts',
      Buffer.concat(Array<Buffer>(200).fill(gzipSync(TAR))),
      Buffer.concat(Array<Buffer>(200).fill(TAR)),
    ],
  ])('unpacks %s', async (_what, layer, content) => {
    const warnings: Error[] = [];
    const note = (warning: Error): void => void warnings.push(warning);
    process.on('warning', note);
    expect(await b5(layer, sha256(content))).toMatchObject({ status: 'pass' });
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });

  it.each([
    ['zstd', zstdBomb(100 * GIB)],
    ['gzip', Buffer.concat(Array<Buffer>(100).fill(gzipSync(Buffer.alloc(16 << 20))))],
  ])(
    'ends a %s layer that is made to fill the disk, and lets other work go on',
    async (_compression, layer) => {
      const pauses = monitorEventLoopDelay({ resolution: 10 });
      pauses.enable();
      const result = await b5(layer, sha256(TAR));
      pauses.disable();
      expect(result).toMatchObject({
        status: 'fail',
        message: expect.stringMatching(
          /layer 1, .*larger than [\d.]+ MiB unpacked, more than 200 times its size of .*, and was unpacked no further/,
        ),
      });
      // 200 ms on a machine of its own; all at once it would take a minute.
      expect(pauses.max / 1e6).toBeLessThan(5_000);
    },
    60_000,
  );

  it('allocates no memory for a window of a gibibyte', async () => {
    expect(await b5(zstdBomb(1 << 20, 30), sha256(TAR))).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('needs more than 128 MiB of memory'),
    });
  });

  it('stops in the middle of a layer on request', async () => {
    const startedAt = performance.now();
    const result = await b5(zstdBomb(100 * GIB), sha256(TAR), { signal: AbortSignal.timeout(200) });
    expect(result.status).not.toBe('pass');
    expect(performance.now() - startedAt).toBeLessThan(20_000);
  });

  it('runs only with --deep', async () => {
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
