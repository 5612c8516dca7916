import fc from 'fast-check';
import { MASK, SecretMask } from '../../../src/outside/secret-mask';

const SECRET = 'S3cr&t/"pä+ss w<rd>%=\\end';
const masked = (text: string, ...secrets: string[]): string => new SecretMask(secrets).mask(text);
const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');

const html = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&#34;')
    .replaceAll('+', '&#43;');
const url = (text: string): string => [...bytes(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

/** Each encoding, and the text around the secret that is encoded with it. */
const ENCODINGS: [name: string, encode: (secret: string) => string][] = [
  ['plain', (secret) => secret],
  ['encodeURIComponent', encodeURIComponent],
  ['a form', (secret) => new URLSearchParams({ a: secret }).toString().slice(2)],
  ['every byte in lower-case percent', url],
  ['URL, twice', (secret) => encodeURIComponent(encodeURIComponent(secret))],
  ['HTML', html],
  ['HTML in HTML', (secret) => html(html(secret))],
  ['hexadecimal HTML', (secret) => [...secret].map((c) => `&#x${c.codePointAt(0)!.toString(16)};`).join('')],
  ['JSON', (secret) => JSON.stringify(secret).slice(1, -1)],
  ["Go's JSON", (secret) => JSON.stringify(secret).slice(1, -1).replaceAll('<', '\\u003c').replaceAll('&', '\\u0026')],
  ['JSON in JSON', (secret) => JSON.stringify(JSON.stringify(secret))],
  ['PHP, with escaped slashes', (secret) => JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/')],
  ['JSON in a URL', (secret) => encodeURIComponent(JSON.stringify(secret))],
  ['hex', (secret) => bytes(secret).toString('hex')],
  ['upper-case hex', (secret) => bytes(secret).toString('hex').toUpperCase()],
  ...['', 'u', 'us', 'robot$ci:', 'a-long-user-name:'].flatMap((before): [string, (secret: string) => string][] => [
    [`base64 of "${before}…"`, (secret) => bytes(`${before}${secret}`).toString('base64')],
    [`base64url of "${before}…"`, (secret) => bytes(`${before}${secret}`).toString('base64url')],
    [`base64 of "${before}…xy"`, (secret) => bytes(`${before}${secret}xy`).toString('base64')],
    [`base64 in a URL of "${before}…"`, (secret) => encodeURIComponent(bytes(`${before}${secret}`).toString('base64'))],
  ]),
  [
    'a docker configuration in a Kubernetes Secret',
    (secret) => bytes(JSON.stringify({ auth: bytes(`bot:${secret}`).toString('base64') })).toString('base64'),
  ],
];

describe('a secret', () => {
  it.each(ENCODINGS)('is masked in %s', (_name, encode) => {
    const text = encode(SECRET);
    const shown = masked(`before ${text} after`, SECRET);
    expect(shown).toContain(MASK);
    // At most what stood before it, and a padding of what stood after it.
    expect(shown).toMatch(/^before .{0,32}\[masked\].{0,6} after$/s);
  });

  it('is masked in all of these encodings, with any value and any surrounding text', () => {
    const around = fc.string({ maxLength: 6 });
    const secrets = fc.string({ minLength: 8, maxLength: 24, unit: 'grapheme' }).filter((one) => one.trim() === one);
    fc.assert(
      fc.property(secrets, fc.constantFrom(...ENCODINGS), around, around, (secret, [, encode], before, after) => {
        fc.pre(one(secret) && encode(secret) !== '');
        expect(masked(`${before} ${encode(secret)} ${after}`, secret)).toContain(MASK);
      }),
    );
  });

  it.each([
    ['S3cr&t/…', `${MASK}…`],
    ['S3cr%26…', `${MASK}…`],
    ['S3cr%2…', `${MASK}%2…`],
    [`${bytes(SECRET).toString('base64').slice(0, 9)}…`, `${MASK}…`],
  ])('is masked if it was cut: %s', (text, expected) => {
    expect(masked(text, SECRET)).toBe(expected);
  });

  it('is masked line by line where it has several, and where its line breaks were taken out', () => {
    const key =
      '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\nEFAASCBKcwggSjAgEAAoIBAQC7\n-----END PRIVATE KEY-----';
    expect(masked('x MIIEvQIBADANBgkqhkiG9w0BAQ y', key)).toBe(`x ${MASK} y`);
    expect(masked(key.replaceAll('\n', ' '), key)).toBe(MASK);
    expect(masked(JSON.stringify({ key }), key)).toBe(`{"key":"${MASK}"}`);
  });
});

describe('a short secret', () => {
  it.each([
    ['abc', 'abc', 'abc'],
    ['test', 'latest test-1 test', `latest ${MASK}-1 ${MASK}`],
    ['hunter2', 'admin:hunter2@h', `admin:${MASK}@h`],
    ['hunter2', 'xhunter2y', 'xhunter2y'],
    ['longer-one', 'xlonger-oney', `x${MASK}y`],
  ])('%s in "%s" is shown as "%s"', (secret, text, expected) => {
    expect(masked(text, secret)).toBe(expected);
  });
});

it('keeps every other text unchanged', () => {
  const text = 'nothing to hide: %41%zz &amp; &unknown; \\u0041 \\q Grüße 世界 😀';
  expect(masked(text, SECRET, 'Harbor12345')).toBe(text);
});

it('masks the longer of two that begin alike', () => {
  expect(masked('abcdefgh-ijkl', 'abcdefgh', 'abcdefgh-ijkl')).toBe(MASK);
});

it('masks values, but no keys that are plain words', () => {
  const mask = new SecretMask(['password-one', 'password']);
  expect(mask.maskDeep({ password: 'password', 'x-password-one': [1, null, 'password-one'] })).toEqual({
    password: MASK,
    [`x-${MASK}`]: [1, null, MASK],
  });
});

it('masks 2 MB with 1,000 secrets within seconds', () => {
  const mask = new SecretMask(Array.from({ length: 1000 }, (_none, i) => `S3cret-of-robot-${i}`));
  const startedAt = performance.now();
  mask.mask('FAIL proxy.docker.io B1: the layer sha256:0123456789abcdef has 17 bytes\n'.repeat(28_000));
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

function one(secret: string): boolean {
  return secret.trim().length >= 8 && !secret.includes('\n');
}
