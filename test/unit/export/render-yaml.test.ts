import fc from 'fast-check';
import { parse } from 'yaml';
import { renderYaml } from '../../../src/export/render-yaml';
import { nodeOf, type YamlMap } from '../../../src/export/yaml-node';
import type { Json } from '../../../src/json';

function rendered(value: Json, notes: Readonly<Record<string, string>> = {}): string {
  return renderYaml(nodeOf(value, notes) as YamlMap);
}

const nasty = fc.constantFrom(
  ...[
    '',
    ' ',
    'yes',
    'No',
    'null',
    '~',
    '1',
    '1.0',
    '0x1f',
    '.inf',
    '- a',
    'a: b',
    'a #b',
    '#a',
    '*',
    '**',
    '&a',
    '!a',
  ],
  ...['@a', '`', '%', '|', '>', "it's", '"', '\\', 'a\nb', 'a\nb\n', '\n', 'a\n\nb', ' a\nb', 'a \nb', '\t', '\u2028'],
  ...['\ufeff', '\u0085', '[a', '{a', 'a,b', 'a]', '?', '? a', '---', '...', ':', 'a:', 'a: ', '1GiB', '=', '<<', 'é'],
);
const text = fc.oneof(nasty, fc.string(), fc.string({ unit: 'binary-ascii' }), fc.string({ unit: 'grapheme' }));
const scalar = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null));
const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 6, noNullPrototype: true }),
  ),
}));
const document = fc.dictionary(text, value, { minKeys: 1, maxKeys: 5, noNullPrototype: true });

describe('the written YAML', () => {
  it('is read back as the same value', () => {
    fc.assert(
      fc.property(document, (json) => {
        expect(parse(rendered(json), { uniqueKeys: false })).toEqual(json);
      }),
      { numRuns: 500 },
    );
  });

  it('has the same value with and without comments', () => {
    fc.assert(
      fc.property(document, fc.stringMatching(/^[a-z:#' ]{1,20}(\n[a-z]{1,9})?$/), (json, note) => {
        const notes = Object.fromEntries(Object.keys(json).map((key) => [key, note]));
        expect(parse(rendered(json, notes), { uniqueKeys: false })).toEqual(json);
      }),
    );
  });

  it.each<[string, Json, string]>([
    ['short objects on a line', { groups: { platform: { type: 'oidc' } } }, 'groups:\n  platform: { type: oidc }\n'],
    [
      'an empty line around tall ones',
      { projects: { a: { b: 1 }, c: { d: 'x'.repeat(120) }, e: {} } },
      `projects:\n  a: { b: 1 }\n\n  c:\n    d: ${'x'.repeat(120)}\n\n  e: {}\n`,
    ],
    [
      'certificates line by line',
      { r: { q: { ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' } } },
      'r:\n  q:\n    ca: |-\n      -----BEGIN CERTIFICATE-----\n      AAAA\n      -----END CERTIFICATE-----\n',
    ],
    [
      'bare texts that no parser reads as something else',
      { a: { b: '5GiB', c: 'https://x.y/z', d: '0 0 3 * * *', e: 'no', f: '0123', g: '*' } },
      "a:\n  b: 5GiB\n  c: https://x.y/z\n  d: 0 0 3 * * *\n  e: 'no'\n  f: '0123'\n  g: '*'\n",
    ],
    [
      'long lists an item a line',
      { a: { b: [{ c: 'x'.repeat(60) }, { c: 'y'.repeat(60) }] } },
      `a:\n  b:\n    - { c: ${'x'.repeat(60)} }\n    - { c: ${'y'.repeat(60)} }\n`,
    ],
  ])('has %s', (_what, json, expected) => {
    expect(rendered(json)).toBe(expected);
  });

  it('puts a comment above its value, which then has its own line', () => {
    expect(rendered({ robots: { ci: { duration: -1, disable: true } } }, { 'robots.ci.duration': 'For good.' })).toBe(
      'robots:\n  ci:\n    # For good.\n    duration: -1\n    disable: true\n',
    );
  });
});
