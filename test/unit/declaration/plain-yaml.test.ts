import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { limits } from '../../../src/declaration/limits';
import { parseAnyYaml } from '../../../src/declaration/parse-any';
import { plainTree } from '../../../src/declaration/plain-yaml';
import { positionOf, sourceText, type Span } from '../../../src/declaration/source-text';
import type { TreeNode } from '../../../src/declaration/tree';

const POLICIES = join(__dirname, '../../../policies');
const shipped = readdirSync(POLICIES, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.yaml'))
  .map((name): [string, string] => [name, readFileSync(join(POLICIES, name), 'utf8')]);

/** A tree with places as people see them. */
function shown(node: TreeNode): unknown {
  const at = placeOf(node.span);
  switch (node.type) {
    case 'scalar':
      return [at, node.value];
    case 'list':
      return [at, node.items.map(shown)];
    case 'map':
      return [at, [...node.entries].map(([name, { key, value }]) => [name, placeOf(key), shown(value)])];
  }
}

function placeOf(span: Span): string {
  const { line, column, endColumn } = positionOf(span);
  return `${line}:${column}-${endColumn}`;
}

/** Whatever is read at once is what the yaml package would have made of it. @returns whether it was */
function isReadTheSame(text: string): boolean {
  const source = sourceText('a.yaml', text);
  const tree = plainTree(source);
  if (!tree) return false;
  const { tree: other, diagnostics } = parseAnyYaml(source);
  expect({ text, diagnostics }).toEqual({ text, diagnostics: [] });
  expect({ text, tree: shown(tree) }).toEqual({ text, tree: other && shown(other) });
  return true;
}

it.each(shipped)('%s is read without the yaml package, and is the same', (_name, text) => {
  expect(isReadTheSame(text)).toBe(true);
});

it.each([
  'a: 1',
  '---\na: 1\n',
  'a:\nb: ~\n',
  'a:   # nothing\nb:\n- 1\n- c: 2\n  d: [x, "y", \'z\', ] # two\n-   e: 3',
  'a: [\n  b,\n  { c: d, e: [] },\n]\n',
  'a:\n  - [1,\n     2]\n  - x: {y: 1.50, z: -3}\n    w: 5GiB\n',
  '"*": { "a b": "#", c: x#y, d: 2027-03-01, e: 1:30, f: 10.0.0.1 }',
  '# first\n\na.b/c: http://x:80/y\n  # in between\n$d: ü # last',
])('is read without the yaml package, and is the same: %j', (text) => {
  expect(isReadTheSame(text)).toBe(true);
});

it.each([
  ['an anchor', 'a: &b 1'],
  ['text over several lines', 'a: |\n  b\n'],
  ['a value that goes on', 'a: b\n  c\n'],
  ['an escape', 'a: "\\n"'],
  ['a tab', 'a:\t1'],
  ['a second document', 'a: 1\n---\nb: 1'],
  ['a key twice', 'a: 1\n"a": 2'],
  ['a merge key', '<<: { a: 1 }'],
  ['a number in a rarer form', 'a: 0x10'],
  ['no map', '- a'],
  ['nothing', '# a'],
  ['nesting that may be too deep', `a: ${'['.repeat(limits.depth)}${']'.repeat(limits.depth)}`],
  ['a line further to the left', '  a: 1\n b: 2'],
  ['brackets that end to the left', 'a:\n  b: [\n1]'],
])('leaves to the yaml package: %s', (_name, text) => {
  expect(plainTree(sourceText('a.yaml', text))).toBeUndefined();
});

it('leaves what may have too many tokens to the yaml package', () => {
  const text = `a: [${'1,'.repeat(limits.lexemes / 8)}]`;
  expect(plainTree(sourceText('a.yaml', text))).toBeUndefined();
});

const character = fc.constantFrom(...`abZ019 -_.:,#"'[]{}()<>&*!|%@~?+/$=e\u00fc\u00a0`);
const word = fc.oneof(
  { weight: 1, arbitrary: fc.string({ unit: character, maxLength: 6 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'a', 'b', 'true', 'null', 'No', '~', '1', '-1', '+1', '0', '007', '1.', '.5', '1.0', '1e3', '0o7', '.inf', '5GiB',
      '"a"', "'b'", '"a b"', 'http://x', '2027-03-01', '1_000', '---', '...', '<<', '__proto__',
    ),
  },
); // prettier-ignore
const inline: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    word,
    fc
      .tuple(fc.array(tie('value'), { maxLength: 3 }), fc.constantFrom(', ', ',', ',\n   ', ' , ', ', # c\n   '))
      .map(([items, comma]) => `[${items.join(comma)}]`),
    fc
      .tuple(fc.array(fc.tuple(word, tie('value')), { maxLength: 3 }), fc.constantFrom(', ', ',\n  ', ','))
      .map(([items, comma]) => `{ ${items.map(([key, value]) => `${key}: ${value}`).join(comma)} }`),
  ),
})).value;
const content = fc.oneof(
  fc.tuple(word, inline).map(([key, value]) => `${key}: ${value}`),
  word.map((key) => `${key}:`),
  inline.map((value) => `- ${value}`),
  fc.tuple(word, inline).map(([key, value]) => `- ${key}: ${value}`),
  fc.constantFrom('- - a', '-', '# c', '', '-  a: 1', 'a : 1', ']', '}', 'b'),
);
const line = fc
  .tuple(fc.constantFrom(0, 0, 1, 2, 2, 4), content, fc.constantFrom('', '', ' ', ' # c', '#'))
  .map(([indent, text, end]) => ' '.repeat(indent) + text + end);

it('is never read differently from the yaml package', () => {
  let read = 0;
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
      if (isReadTheSame(lines.join('\n'))) read += 1;
    }),
    { numRuns: Number(process.env['PLAIN_RUNS'] ?? 4_000) },
  );
  expect(read).toBeGreaterThan(20);
});

it('is never read differently where a shipped file was changed by a few characters', () => {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    remove: fc.constantFrom(0, 1, 2),
    insert: fc.oneof(word, fc.constantFrom('\n', '\n  ', ' ', '  ', ': ', '- ', ',', '')),
  });
  let read = 0;
  fc.assert(
    fc.property(fc.constantFrom(...shipped), fc.array(change, { minLength: 1, maxLength: 3 }), ([, text], changes) => {
      const changed = changes.reduce((before, { at, remove, insert }) => {
        const offset = Math.floor(at * before.length);
        return before.slice(0, offset) + insert + before.slice(offset + remove);
      }, text);
      if (isReadTheSame(changed)) read += 1;
    }),
    { numRuns: 300 },
  );
  expect(read).toBeGreaterThan(3);
});
