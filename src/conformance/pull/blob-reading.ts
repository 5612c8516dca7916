import type { BlobAnswer, Descriptor, RegistryClient, WireOptions } from '../../oci';
import { MAX_MANIFEST_BYTES } from '../../oci';
import { describeAnswer } from '../answer-words';
import type { ProjectContext } from '../check';
import type { NamedImage } from './image-cache';
import type { PlatformImage } from './manifest-reading';

export interface BlobReading {
  readonly answer: BlobAnswer;
  /** What is wrong with it, in words; absent when the bytes are exactly those of the descriptor. */
  readonly problem?: string;
}

/** Layers of these kinds are fetched from elsewhere: the registry need not have them. */
export function isElsewhere({ mediaType, urls }: Descriptor): boolean {
  return urls !== undefined || /nondistributable|\.foreign\./.test(mediaType);
}

/** Reads a blob to its end and compares length and SHA-256 with its descriptor: headers prove nothing. */
export async function readBlob(
  client: RegistryClient,
  name: string,
  descriptor: Descriptor,
  wire: WireOptions,
  keep = false,
): Promise<BlobReading> {
  if (keep && descriptor.sizeBytes > MAX_MANIFEST_BYTES)
    throw new RangeError(`${descriptor.digest} of ${name} is said to have ${descriptor.sizeBytes} bytes`);
  const answer = await client.blob(name, descriptor.digest, { limitBytes: descriptor.sizeBytes, keep }, wire);
  const wrong = problemOf(answer, descriptor);
  return { answer, ...(wrong && { problem: `blob ${descriptor.digest}: ${wrong} [${answer.requestId}]` }) };
}

function problemOf(answer: BlobAnswer, { digest, sizeBytes }: Descriptor): string | undefined {
  if (answer.status !== 200) return describeAnswer(answer).replace(/ \[.*$/, '');
  if (answer.broken?.code === 'NETWORK_BODY_LIMIT') return `longer than the ${sizeBytes} bytes of its descriptor`;
  if (answer.broken) return `broke off after ${answer.bytes} of ${sizeBytes} bytes (${answer.broken.code})`;
  if (answer.contentEncoding) return `served with Content-Encoding ${answer.contentEncoding}`;
  const page = answer.contentType === 'text/html' ? ' (an HTML page)' : '';
  if (answer.bytes < sizeBytes) return `truncated: ${answer.bytes} of ${sizeBytes} bytes${page}`;
  return answer.digest === digest ? undefined : `wrong bytes: they hash to ${answer.digest}${page}`;
}

/** The blob that costs least to ask for; undefined where there is no image to look into. */
export function smallestBlob(context: ProjectContext, image: NamedImage): Promise<Descriptor | undefined> {
  return extremeBlob(context, image, (a, b) => a.sizeBytes - b.sizeBytes);
}

export function largestBlob(context: ProjectContext, image: NamedImage): Promise<Descriptor | undefined> {
  return extremeBlob(context, image, (a, b) => b.sizeBytes - a.sizeBytes);
}

/** Of the configs and layers of the required platforms. */
async function extremeBlob(
  context: ProjectContext,
  image: NamedImage,
  order: (a: Descriptor, b: Descriptor) => number,
): Promise<Descriptor | undefined> {
  const resolved = await context.images.resolve(context, image);
  if ('problem' in resolved) return undefined;
  const images = resolved.platforms.filter((result): result is PlatformImage => !('problem' in result));
  const blobs = images.flatMap(({ manifest }) => [manifest.config, ...manifest.layers]);
  return blobs.filter((blob) => !isElsewhere(blob)).sort(order)[0];
}
