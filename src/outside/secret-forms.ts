import { printable } from './printable';

/** One way in which a secret may stand in a text. */
export interface Form {
  readonly text: string;
  /** Of a short secret: only where it stands alone, not inside of a word. */
  readonly alone: boolean;
  /** Base64 of more than the secret: the characters at its ends hold some bits of it. */
  readonly inBase64: boolean;
}

/** Harbor's own minimum. Shorter values are also parts of words. */
const LONG = 8;
/** A line of a secret that has several, such as a private key. */
const LONG_LINE = 16;
const SHORTEST_BASE64 = 4;

/** Text that is encoded character by character is decoded before it is searched (`unescaped`): this is all the rest. */
export function formsOf(secret: string): Form[] {
  const bytes = Buffer.from(secret, 'utf8');
  const hex = bytes.toString('hex');
  const once = base64Cores(bytes);
  // The `auth` of a docker configuration, in the `data` of a Kubernetes Secret.
  const twice = once.filter((core) => core.length >= LONG).flatMap((core) => base64Cores(Buffer.from(core)));
  const base64 = [...once, ...twice].flatMap((core) => [core, core.replaceAll('+', '-').replaceAll('/', '_')]);
  const lines = secret.split(/\r?\n/).filter((line) => line.length >= LONG_LINE);
  const plain = [secret, secret.trim(), printable(secret), secret.replaceAll(' ', '+'), ...lines];
  return [
    ...[...new Set(plain)].map((text) => ({ text, alone: secret.length < LONG, inBase64: false })),
    ...[hex, hex.toUpperCase()].map((text) => ({ text, alone: false, inBase64: false })),
    ...[...new Set(base64)].map((text) => ({ text, alone: false, inBase64: true })),
  ];
}

/**
 * What all base64 texts that hold these bytes have in common, for each of the three places at which they may begin:
 *
 *     bytes   |  s  |  e  |  c  |        |  ?  |  s  |  e  |  c  |
 *     base64  | c2 | Vj | …            | x | p | z | ZW | M…        the characters that hold bits of `?` are left out
 */
function base64Cores(bytes: Buffer): string[] {
  return [0, 1, 2]
    .map((before) => {
      const text = Buffer.concat([Buffer.alloc(before), bytes])
        .toString('base64')
        .replaceAll('=', '');
      return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
    })
    .filter((core) => core.length >= SHORTEST_BASE64);
}
