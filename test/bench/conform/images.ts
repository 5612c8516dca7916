import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { image, type FixtureImage } from '../../../src/upstream';

const TAR_HEADER_BYTES = 512;
const WORDS = 4096;
const TEXT_WORDS = 500_000;
const OCI = 'application/vnd.oci.image.';

export interface LayeredOptions {
  readonly seed: string;
  readonly layers: number;
  readonly layerBytes: number;
  /** Of text, which compresses to about a half, as the programs and libraries of an image do. */
  readonly gzip?: boolean;
}

/** An image with several layers, each a tar of its own. */
export function layered({ seed, layers, layerBytes, gzip = false }: LayeredOptions): FixtureImage {
  const tars = Array.from({ length: layers }, (_, at) => {
    const [, layer] = image({ seed: `${seed}-${at}`, sizeBytes: layerBytes }).blobs;
    const tar = Buffer.concat([...layer!.chunks()]);
    return gzip ? tar.fill(textOf(`${seed}-${at}`), TAR_HEADER_BYTES, TAR_HEADER_BYTES + layerBytes) : tar;
  });
  const config = Buffer.from(
    JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: tars.map(digestOf) } }),
  );
  const blobs = [config, ...tars.map((tar) => (gzip ? gzipSync(tar) : tar))].map(toBlob);
  const type = (at: number): string => (at === 0 ? 'config.v1+json' : gzip ? 'layer.v1.tar+gzip' : 'layer.v1.tar');
  const [configDescriptor, ...layerDescriptors] = blobs.map(({ digest, sizeBytes: size }, at) => ({
    mediaType: OCI + type(at),
    digest,
    size,
  }));
  const mediaType = `${OCI}manifest.v1+json`;
  const manifest = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType, config: configDescriptor, layers: layerDescriptors }),
  );
  return { manifest, mediaType, digest: digestOf(manifest), architecture: 'amd64', blobs, children: [] };
}

/** Words in an order that seems random; it repeats far outside of gzip's window. */
function textOf(seed: string): Buffer {
  const hash = (of: string): Buffer => createHash('sha256').update(of).digest();
  const words = Array.from({ length: WORDS }, (_, at) => {
    const bytes = hash(`${seed}-${at}`);
    return bytes.toString('base64').slice(0, 2 + (bytes[0]! % 9));
  });
  let state = 1;
  const next = (): number => (state = (Math.imul(state, 1103515245) + 12345) >>> 0);
  return Buffer.from(Array.from({ length: TEXT_WORDS }, () => words[(next() >>> 8) % WORDS]!).join(' '));
}

function toBlob(bytes: Buffer): FixtureImage['blobs'][number] {
  return { digest: digestOf(bytes), sizeBytes: bytes.length, chunks: () => [bytes] };
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
