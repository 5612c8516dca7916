import { printable } from './printable';

/** One encoding of a secret in a text. */
export interface Form {
  readonly text: string;
  /** For a short secret: only if it is a separate word. */
  readonly alone: boolean;
  /** Base64 that contains more than the secret: the characters at its ends contain some of its bits. */
  readonly inBase64: boolean;
}

/** Harbor's own minimum. Shorter values are also parts of words. */
const LONG = 8;
/** Minimum for one line of a secret with several lines, such as a private key. */
const LONG_LINE = 16;
const SHORTEST_BASE64 = 4;

/**
 * Text that is encoded character by character is decoded before the search (`unescaped`); these are the other forms.
 */
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
