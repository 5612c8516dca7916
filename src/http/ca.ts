import { X509Certificate } from 'node:crypto';
import { NetworkError } from '../errors';

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;
const HINT = 'ca_file must contain one or more blocks that begin with -----BEGIN CERTIFICATE-----';

/**
 * Node accepts any text as a CA and only fails at the first handshake, with an obscure message.
 * @throws NetworkError `NETWORK_TLS` unless the text contains certificates, all of them readable
 */
export function checkCa(pem: string, url: string): void {
  const blocks = pem.match(BLOCK) ?? [];
  if (blocks.length === 0) throw new NetworkError('ca_file contains no certificate', 'NETWORK_TLS', url, HINT);
  for (const block of blocks) {
    try {
      new X509Certificate(block);
    } catch (cause) {
      throw new NetworkError('ca_file contains a broken certificate', 'NETWORK_TLS', url, HINT, { cause });
    }
  }
}
