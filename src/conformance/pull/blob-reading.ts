import { compact } from '../../compact';
import type { BlobAnswer, Descriptor, RegistryClient, WireOptions } from '../../oci';
import { isPageType, MAX_MANIFEST_BYTES } from '../../oci';
import { describeAnswer } from '../answer-words';
import { problem, type Problem } from '../model/problem';

/** A blob that was read to its end. `problem` is set for anything but the right bytes. */
export interface BlobReading {
  readonly answer: BlobAnswer;
  /** Its problem in words; absent if the bytes are exactly those of the descriptor. */
  readonly problem?: string;
  /** The same for programs, if bytes arrived and were wrong. */
  readonly kind?: Problem;
}

/** Layers of these types are fetched from elsewhere: the registry need not have them. */
export function isElsewhere({ mediaType, urls }: Descriptor): boolean {
  return urls !== undefined || /nondistributable|\.foreign\./.test(mediaType);
}

/** Reads a blob completely and compares length and SHA-256 with its descriptor: headers prove nothing. */
export async function readBlob(
  client: RegistryClient,
  name: string,
  descriptor: Descriptor,
  wire: WireOptions,
  keep = false,
): Promise<BlobReading> {
  if (keep && descriptor.sizeBytes > MAX_MANIFEST_BYTES)
    throw new RangeError(`${descriptor.digest} of ${name} has a declared size of ${descriptor.sizeBytes} bytes`);
  const answer = await client.blob(name, descriptor.digest, { limitBytes: descriptor.sizeBytes, keep }, wire);
  const wrong = problemOf(answer, descriptor);
  if (wrong === undefined) return { answer };
  const kind = kindOf(answer, descriptor);
  return compact({ answer, problem: `blob ${descriptor.digest}: ${wrong} [${answer.requestId}]`, kind });
}

/** Only for bytes that arrived: a status other than 200 is explained by the request itself. */
function kindOf(answer: BlobAnswer, { digest, sizeBytes }: Descriptor): Problem | undefined {
  if (answer.status !== 200) return undefined;
  if (isPageType(answer.contentType)) return problem('page', 'blobs', '200');
  // Compressed on the way: the bytes of the blob are not known.
  if (answer.contentEncoding) return problem('headers-changed', 'Content-Encoding', answer.contentEncoding);
  if (answer.broken?.code === 'NETWORK_BODY_LIMIT')
    return problem('wrong-bytes', digest, `more than ${sizeBytes} bytes`);
  if (answer.broken || answer.bytes < sizeBytes)
    return problem('short-bytes', digest, `${answer.bytes} of ${sizeBytes} bytes`);
  return answer.digest === digest ? undefined : problem('wrong-bytes', digest, answer.digest);
}

function problemOf(answer: BlobAnswer, { digest, sizeBytes }: Descriptor): string | undefined {
  if (answer.status !== 200) return describeAnswer(answer).replace(/ \[.*$/, '');
  if (answer.broken?.code === 'NETWORK_BODY_LIMIT') return `longer than the ${sizeBytes} bytes of its descriptor`;
  if (answer.broken) return `broke off after ${answer.bytes} of ${sizeBytes} bytes (${answer.broken.code})`;
  if (answer.contentEncoding) return `served with Content-Encoding ${answer.contentEncoding}`;
  const page = isPageType(answer.contentType) ? ' (an HTML page)' : '';
  if (answer.bytes < sizeBytes) return `truncated: ${answer.bytes} of ${sizeBytes} bytes${page}`;
  return answer.digest === digest ? undefined : `wrong bytes: they hash to ${answer.digest}${page}`;
}
