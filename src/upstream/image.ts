import { createCipheriv, createHash, hash as hashOnce } from 'node:crypto';

/** Bytes with a known digest, generated for every read, so that a large layer is never in memory. */
export interface FixtureBlob {
  readonly digest: string;
  readonly sizeBytes: number;
  /** A new pass over the bytes for each call. */
  chunks(): Iterable<Buffer>;
}

/**
 * An image or an index: its exact manifest bytes, and the content that a client requests afterwards.
 * An index has no blobs of its own, and an image no children.
 */
export interface FixtureImage {
  readonly manifest: Buffer;
  readonly mediaType: string;
  readonly digest: string;
  /** '' for an index and for artifacts that are not images. */
  readonly architecture: string;
  readonly blobs: readonly FixtureBlob[];
  readonly children: readonly FixtureImage[];
}

/**
 * Equal options give equal digests on every machine and every version of Node: recordings of a real Harbor
 * contain them.
 */
export interface ImageOptions {
  /** The bytes depend only on this and on the architecture. */
  readonly seed: string;
  readonly arch?: string;
  /** Size of the one file in the layer; the layer is a tar around it. */
  readonly sizeBytes?: number;
  /** Docker's media types instead of OCI's. */
  readonly docker?: boolean;
  /** How many layers, of the same size each. Default 1. */
  readonly layers?: number;
  /** Layers in zstd frames; OCI's media types only. */
  readonly zstd?: boolean;
}

/** Options for all children; each gets one of `archs`, in this order. */
export interface IndexOptions extends Omit<ImageOptions, 'arch'> {
  readonly archs: readonly string[];
}

/** The common start of OCI's media types (image specification, media types). */
export const OCI = 'application/vnd.oci.image.';
const DOCKER = 'application/vnd.docker.';
const OCI_TYPES = { manifest: `${OCI}manifest.v1+json`, config: `${OCI}config.v1+json`, layer: `${OCI}layer.v1.tar` };
const DOCKER_TYPES = {
  manifest: `${DOCKER}distribution.manifest.v2+json`,
  config: `${DOCKER}container.image.v1+json`,
  layer: `${DOCKER}image.rootfs.diff.tar`,
};
const CREATED = '2026-01-01T00:00:00Z';
/** Content repeats after this many bytes, so that a layer of a gigabyte is never in memory. */
const BLOCK_BYTES = 4 << 20;
const TAR_BLOCK_BYTES = 512;

/** With its prefix, as in manifests and URLs. */
export function sha256(bytes: Buffer): string {
  return 'sha256:' + createHash('sha256').update(bytes).digest('hex');
}

/** A single-platform image. */
export function image(options: ImageOptions): FixtureImage {
  const { seed, arch = 'amd64', sizeBytes = 2048, docker = false, layers: count = 1, zstd = false } = options;
  const types = docker ? DOCKER_TYPES : OCI_TYPES;
  const tars = Array.from({ length: count }, (_, at) => layerBlob(seed + arch + (at === 0 ? '' : `#${at}`), sizeBytes));
  const layers = zstd ? tars.map(inZstd) : tars;
  const layerType = zstd ? `${types.layer}+zstd` : types.layer;
  const config = bytesBlob(
    configBytes(
      seed,
      arch,
      tars.map(({ digest }) => digest),
    ),
  );
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: types.manifest,
      config: { mediaType: types.config, digest: config.digest, size: config.sizeBytes },
      layers: layers.map((layer) => ({ mediaType: layerType, digest: layer.digest, size: layer.sizeBytes })),
    }),
  );
  return {
    manifest,
    mediaType: types.manifest,
    digest: sha256(manifest),
    architecture: arch,
    blobs: [config, ...layers],
    children: [],
  };
}

/** An OCI index with one image per architecture. */
export function index(options: IndexOptions): FixtureImage {
  const { archs, ...rest } = options;
  const children = archs.map((arch) => image({ ...rest, arch }));
  const mediaType = `${OCI}index.v1+json`;
  const manifest = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType, manifests: children.map(childDescriptor) }),
  );
  return { manifest, mediaType, digest: sha256(manifest), architecture: '', blobs: [], children };
}

function childDescriptor(child: FixtureImage): object {
  return {
    mediaType: child.mediaType,
    digest: child.digest,
    size: child.manifest.length,
    platform: { architecture: child.architecture, os: 'linux' },
  };
}

/**
 * The seed makes the digests of two images differ. The time is fixed, so that each image has the same digest in
 * every run.
 */
function configBytes(seed: string, arch: string, diffIds: readonly string[]): Buffer {
  return Buffer.from(
    JSON.stringify({
      architecture: arch,
      os: 'linux',
      config: { Labels: { seed } },
      rootfs: { type: 'layers', diff_ids: diffIds },
      history: diffIds.map(() => ({ created: CREATED, created_by: seed })),
      created: CREATED,
    }),
  );
}

/** For small content that may stay in memory. */
export function bytesBlob(bytes: Buffer): FixtureBlob {
  return { digest: sha256(bytes), sizeBytes: bytes.length, chunks: () => [bytes] };
}

/**
 * The digest is needed before the first read, so the chunks are generated once to hash them, and again for each
 * read.
 */
function layerBlob(seed: string, contentBytes: number): FixtureBlob {
  const block = contentBytes > BLOCK_BYTES ? keyStream(seed, BLOCK_BYTES) : hashChain(seed, contentBytes);
  const chunks = () => tarChunks('data', block, contentBytes);
  return hashed(chunks);
}

/** A tar with one file. */
export function tarOf(name: string, content: Buffer): Buffer {
  return Buffer.concat([...tarChunks(name, content, content.length)]);
}

/**
 * The chunks are made here and again for each download, and never kept: an image may have gigabytes.
 */
function hashed(chunks: () => Iterable<Buffer>): FixtureBlob {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for (const chunk of chunks()) {
    hash.update(chunk);
    sizeBytes += chunk.length;
  }
  return { digest: 'sha256:' + hash.digest('hex'), sizeBytes, chunks };
}

/** Incompressible bytes that are equal on every machine. A hundred times faster than a hash chain. */
function keyStream(seed: string, sizeBytes: number): Buffer {
  return createCipheriv('aes-256-ctr', hashOnce('sha256', seed, 'buffer'), Buffer.alloc(16)).update(
    Buffer.alloc(sizeBytes),
  );
}

/** As above, and equal to what the recordings of a real Harbor contain. */
function hashChain(seed: string, sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  let link = hashOnce('sha256', seed, 'buffer');
  for (let at = 0; at < sizeBytes; at += 32) {
    link.copy(bytes, at);
    link = hashOnce('sha256', link, 'buffer');
  }
  return bytes;
}

/**
 * A tar of one file: header, content, zeros up to a full block, and two empty blocks as the end (POSIX ustar).
 */
function* tarChunks(name: string, block: Buffer, contentBytes: number): Iterable<Buffer> {
  yield tarHeader(name, contentBytes);
  for (let at = 0; at < contentBytes; at += block.length) yield block.subarray(0, contentBytes - at);
  const padding = (TAR_BLOCK_BYTES - (contentBytes % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES;
  yield Buffer.alloc(padding + 2 * TAR_BLOCK_BYTES);
}

/** A ustar header in which all fields that could differ between machines are fixed. */
function tarHeader(name: string, contentBytes: number): Buffer {
  const header = Buffer.alloc(TAR_BLOCK_BYTES);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(contentBytes.toString(8).padStart(11, '0') + '\0', 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148); // the checksum is computed over blanks in its own place
  header.write('0', 156);
  header.write('ustar\0' + '00', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(sum.toString(8).padStart(6, '0') + '\0 ', 148);
  return header;
}

/** Maximum size of a zstd block. */
const ZSTD_BLOCK_BYTES = 128 << 10;

/**
 * A zstd frame of raw blocks (RFC 8878, 3.1.1): Node 20 cannot compress zstd, and the output of another compressor
 * version would have another digest.
 */
function inZstd(tar: FixtureBlob): FixtureBlob {
  return hashed(() => zstdChunks(tar));
}

/** Blocks that are not compressed are valid, too (RFC 8878, section 3.1.1.2). So no compressor is needed. */
function* zstdChunks(tar: FixtureBlob): Iterable<Buffer> {
  const header = Buffer.from('28b52ffde00000000000000000', 'hex'); // one segment, content size in eight bytes
  header.writeBigUInt64LE(BigInt(tar.sizeBytes), 5);
  yield header;
  for (const chunk of tar.chunks())
    for (let at = 0; at < chunk.length; at += ZSTD_BLOCK_BYTES) {
      const block = chunk.subarray(at, at + ZSTD_BLOCK_BYTES);
      yield zstdBlockHeader(block.length, false);
      yield block;
    }
  yield zstdBlockHeader(0, true);
}

/**
 * Three bytes, the lowest first: one bit for the last block, two for the type (0, raw), the rest is the length.
 */
function zstdBlockHeader(sizeBytes: number, last: boolean): Buffer {
  const header = Buffer.alloc(3);
  header.writeUIntLE((sizeBytes << 3) | Number(last), 0, 3);
  return header;
}
