import { NetworkError } from '../errors';
import { redactUrl } from './redact';

/**
 * Reads a whole body, at most `limitBytes` of it.
 * @param take gets every chunk, and may throw
 * @throws NetworkError `NETWORK_BODY_LIMIT` as soon as one more byte arrives; the rest is not read.
 * The limit counts bytes as received. undici does not decompress, so a small compressed body cannot become a
 * large one.
 */
export async function readBounded(
  body: AsyncIterable<Uint8Array>,
  limitBytes: number,
  url: string,
  take?: (bytes: number) => void,
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    take?.(chunk.length);
    if (length > limitBytes) {
      throw new NetworkError(
        `the response of ${redactUrl(url)} is larger than ${limitBytes} bytes`,
        'NETWORK_BODY_LIMIT',
        redactUrl(url),
        'check that this is Harbor: a proxy or a captive portal may have responded',
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
