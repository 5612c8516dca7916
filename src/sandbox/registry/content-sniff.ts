const SNIFFED_BYTES = 512;

const SIGNATURES: readonly (readonly [prefix: Buffer, type: string])[] = [
  [Buffer.from([0x1f, 0x8b, 0x08]), 'application/x-gzip'],
  [Buffer.from('PK\x03\x04', 'latin1'), 'application/zip'],
  [Buffer.from('%PDF-'), 'application/pdf'],
];

/** The Content-Type that Go's net/http guesses for a body without one: Harbor's proxied blobs carry it. */
export function sniffContentType(bytes: Buffer): string {
  const head = bytes.subarray(0, SNIFFED_BYTES);
  const known = SIGNATURES.find(([prefix]) => head.subarray(0, prefix.length).equals(prefix));
  if (known) return known[1];
  if (/^\s*<(!doctype html|html|head|script|body)[\s>]/i.test(head.toString('latin1')))
    return 'text/html; charset=utf-8';
  if (/^\s*<\?xml/.test(head.toString('latin1'))) return 'text/xml; charset=utf-8';
  return head.some(isBinary) ? 'application/octet-stream' : 'text/plain; charset=utf-8';
}

function isBinary(byte: number): boolean {
  return byte <= 0x08 || byte === 0x0b || (byte >= 0x0e && byte <= 0x1a) || (byte >= 0x1c && byte <= 0x1f);
}
