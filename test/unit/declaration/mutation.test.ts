import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { hasErrors } from '../../../src/diagnostic';
import { loadDeclaration } from '../../../src/declaration/load';
import { renderDiagnostics } from '../../../src/declaration/render/text';
import { kinds } from '../../../src/kinds';
import { policiesOnDisk, removePolicies } from './support/policies-on-disk';

afterEach(removePolicies);

const POLICIES = join(__dirname, '../../../policies');
const corpus = readdirSync(POLICIES)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readFileSync(join(POLICIES, name)));

/** What breaks parsers: structure, YAML's own signs, ends of lines, halves of characters. */
const splinter = fc
  .oneof(
    fc.constantFrom(
      '[',
      ']',
      '{',
      '}',
      ': ',
      '- ',
      '? ',
      '\n',
      '\r\n',
      '\t',
      '#',
      '&a ',
      '*a',
      '!!str ',
      '%',
      '---\n',
      '<<: ',
      '"',
      "'",
      '|\n',
      '>\n',
    ),
    fc.constantFrom(
      'null',
      '~',
      '.inf',
      '-1',
      '1e999',
      '__proto__: 1',
      '\u0000',
      '\u0085',
      '\u2028',
      '\ufeff',
      '\u{1f6a2}',
    ),
  )
  .map((text) => Buffer.from(text));
const bytes = fc.oneof(
  { weight: 3, arbitrary: splinter },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 4 }).map((some) => Buffer.from(some)) },
);

interface Mutation {
  /** Where, as a part of the whole. */
  readonly at: number;
  readonly remove: number;
  readonly insert: Buffer;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.constantFrom(0, 0, 1, 2, 20),
  insert: bytes,
});

function mutated(original: Buffer, mutations: readonly Mutation[]): Buffer {
  return mutations.reduce((text, { at, remove, insert }) => {
    const offset = Math.floor(at * text.length);
    return Buffer.concat([text.subarray(0, offset), insert, text.subarray(offset + remove)]);
  }, original);
}

describe('any mutation of a policy file', () => {
  it('either loads, or is an error with a place, and never throws', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...corpus),
        fc.array(mutation, { minLength: 1, maxLength: 6 }),
        async (original, mutations) => {
          const directory = policiesOnDisk({ 'a.yaml': mutated(original, mutations) });
          const { declaration, diagnostics, sources } = await loadDeclaration({ directory, kinds });
          expect(declaration === undefined).toBe(hasErrors(diagnostics));
          for (const { at } of diagnostics) {
            expect(at).toBeDefined();
            expect(at && at.line >= 1 && at.column >= 1 && (at.endColumn ?? Infinity) > at.column).toBe(true);
          }
          expect(renderDiagnostics(diagnostics, { sources }).replaceAll('\n', '')).not.toMatch(
            /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u,
          );
          removePolicies();
        },
      ),
      { numRuns: 600 },
    );
  }, 120_000);

  it('keeps every prototype as it was', async () => {
    const directory = policiesOnDisk({
      'a.yaml': 'registries: { a: { "__proto__": { polluted: yes } }, constructor: { prototype: { polluted: yes } } }',
    });
    const { diagnostics } = await loadDeclaration({ directory, kinds });
    expect(diagnostics.map(({ rule }) => rule)).toEqual(['forbidden-key', 'forbidden-key', 'forbidden-key']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
