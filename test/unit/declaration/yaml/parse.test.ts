import fc from 'fast-check';
import { Lexer, Parser } from 'yaml';
import { limits } from '../../../../src/declaration/yaml/limits';
import { parseYaml } from '../../../../src/declaration/yaml/parse';
import { sourceText } from '../../../../src/declaration/yaml/source-text';
import { valueOf } from '../../../../src/declaration/yaml/tree';

function parse(text: string) {
  return parseYaml(sourceText('a.yaml', text));
}

function findings(text: string): string[] {
  return parse(text).diagnostics.map(({ rule, at }) => `${at?.line}:${at?.column} ${rule}`);
}

function valueIn(text: string): unknown {
  const { tree, diagnostics } = parse(text);
  expect(diagnostics).toEqual([]);
  return tree && JSON.parse(JSON.stringify(valueOf(tree)));
}

describe('what is read', () => {
  it.each([
    ['words of YAML 1.1 are text', 'a: [no, yes, on, off, y]', { a: ['no', 'yes', 'on', 'off', 'y'] }],
    ['the core schema', 'a: [true, ~, 0x10, 0o17, 1.5, 017]', { a: [true, null, 16, 15, 1.5, 17] }],
    ['a sexagesimal number is text', 'a: 1:30', { a: '1:30' }],
    ['a date is text', 'a: 2027-03-01', { a: '2027-03-01' }],
    ['a key that looks like a number is a name', '123: a\ntrue: b', { '123': 'a', true: 'b' }],
    ['CRLF', 'a: 1\r\nb: |\r\n  x\r\n  y\r\n', { a: 1, b: 'x\ny\n' }],
    ['an alias stands for what was anchored', 'a: &x [1, 2]\nb: *x', { a: [1, 2], b: [1, 2] }],
    ['a document mark in front', '---\na: 1\n...\n', { a: 1 }],
    ['a key without a value', 'a:\nb: 1', { a: null, b: 1 }],
    ['a key alone', '? a', { a: null }],
  ])('%s', (_name, text, expected) => {
    expect(valueIn(text)).toEqual(expected);
  });

  it.each(['', '# only a comment\n', '---\n', '\n\n'])('%j is empty', (text) => {
    expect(valueIn(text) ?? null).toBeNull();
  });

  it('makes objects without a prototype', () => {
    const { tree } = parse('a: { b: 1 }');
    expect(Object.getPrototypeOf(tree && valueOf(tree))).toBeNull();
  });
});

describe('what is refused', () => {
  it.each([
    ['brackets', '['.repeat(5000), 'too-deep'],
    ['braces', '{a: '.repeat(5000), 'too-deep'],
    ['dashes on one line', '- '.repeat(5000), 'too-deep'],
    ['question marks', '? '.repeat(5000), 'too-deep'],
    ['maps on one line', 'a: '.repeat(5000), 'too-deep'],
    ['indentation', Array.from({ length: 100 }, (_, i) => `${' '.repeat(i)}a:\n`).join(''), 'too-deep'],
    ['lists by indentation', Array.from({ length: 100 }, (_, i) => `${' '.repeat(i)}-\n`).join(''), 'too-deep'],
    ['aliases', `a: &a 1\nb: [${'*a,'.repeat(101)}]`, 'too-many-aliases'],
    ['a directive', '%YAML 1.1\n---\na: no', 'yaml-directive'],
    ['a tag', 'a: !!str 1', 'yaml-tag'],
    ['an own tag', 'a: !include b', 'yaml-tag'],
    ['a merge key', 'a: &a {b: 1}\nc:\n  <<: *a', 'merge-key'],
    ['__proto__', 'a: { __proto__: { b: 1 } }', 'forbidden-key'],
    ['constructor', 'constructor: 1', 'forbidden-key'],
    ['prototype', '- prototype: 1', 'forbidden-key'],
    ['a second document', 'a: 1\n---\nb: 1', 'multiple-documents'],
    ['a second document after an end', 'a: 1\n...\n---\nb: 1', 'multiple-documents'],
    ['the same key again', 'a: 1\n"a": 2', 'duplicate-key'],
    ['infinity', 'a: .inf', 'wrong-type'],
    ['no number', 'a: .nan', 'wrong-type'],
    ['an alias of nothing', 'a: *b', 'yaml-syntax'],
    ['an alias of what it is in', 'a: &a [*a]', 'yaml-syntax'],
    ['a map as a key', '? {a: b}\n: c', 'yaml-syntax'],
    ['a tab as indentation', 'a:\n\tb: 1', 'yaml-syntax'],
    ['a bracket that is never closed', 'a: [1, 2', 'yaml-syntax'],
  ])('%s', (_name, text, rule) => {
    const { tree, diagnostics } = parse(text);
    expect(tree).toBeUndefined();
    expect(diagnostics.map((diagnostic) => diagnostic.rule)).toContain(rule);
    expect(diagnostics.every(({ at }) => at !== undefined && at.line >= 1 && at.column >= 1)).toBe(true);
  });

  it('reports where', () => {
    expect(findings('a: 1\nb:\n  c: 1\n  c: 2\n')).toEqual(['4:3 duplicate-key']);
    expect(findings('a: 1\nb: !x 1\n')).toEqual(['2:4 yaml-tag']);
    expect(findings('a: |\n  text\nb: !x 1\n')).toEqual(['3:4 yaml-tag']);
  });

  it('names both positions of a duplicate key', () => {
    expect(parse('a: 1\nb: 2\na: 3').diagnostics[0]?.message).toBe('duplicate key "a", first at a.yaml:1:1');
  });

  it('counts what aliases expand to, not how they are written', () => {
    const levels = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`);
    expect(findings(['a0: &a0 [x]', ...levels].join('\n'))).toEqual(['6:10 too-many-aliases']);
  });

  it('counts depth through aliases', () => {
    const deep = (inner: string) => '['.repeat(40) + inner + ']'.repeat(40);
    expect(findings(`a: &a ${deep('1')}\nb: &b ${deep('*a')}`)).toEqual(['2:47 too-deep']);
  });

  it('reports the first syntax error: the others follow from it', () => {
    expect(findings(`a: [${','.repeat(1000)}]`)).toEqual(['1:6 yaml-syntax']);
  });

  it('gives errors their stack traces back', () => {
    const before = Error.stackTraceLimit;
    parse('a: [');
    expect(Error.stackTraceLimit).toBe(before);
  });

  it('finds a duplicate among 40,000 keys', () => {
    const keys = Array.from({ length: 40_000 }, (_, i) => `key${i}: 1\n`).join('');
    expect(findings(`${keys}key7: 2\n`)).toEqual(['40001:1 duplicate-key']);
  });
});

describe('nesting', () => {
  const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

  it.each([
    [limits.depth - 1, 0],
    [limits.depth + 10, 1],
  ])('%i levels: %i findings', (levels, count) => {
    expect(parse(`a: ${nested(levels)}`).diagnostics).toHaveLength(count);
  });

  /** Deepest nesting of collections in what the library would compose. */
  function depthOf(text: string): number {
    const tokens = [...new Parser().parse(text)];
    const walk = (value: unknown, depth: number): number => {
      if (typeof value !== 'object' || value === null) return depth;
      const own = depth + ('items' in value ? 1 : 0);
      return Math.max(own, ...Object.values(value).map((inner) => walk(inner, own)));
    };
    return walk(tokens, 0);
  }

  const piece = fc.constantFrom(
    '- ',
    '? ',
    ': ',
    'a: ',
    'a',
    '[',
    ']',
    '{',
    '}',
    ',',
    '\n',
    ' ',
    '  ',
    '"',
    '|\n',
    '&x ',
    '# c\n',
  );

  it('is never more than was counted while reading', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 300 }), (pieces) => {
        const text = pieces.join('');
        const refused = parse(text).diagnostics.some(({ rule }) => rule === 'too-deep');
        expect(refused || depthOf(text) <= limits.depth + 2).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('asks the lexer for no more than it needs', () => {
    const lex = jest.spyOn(Lexer.prototype, 'lex');
    parse('['.repeat(500_000));
    const generator = lex.mock.results[0]?.value as Generator<string>;
    expect(generator.next().done).toBe(true);
    lex.mockRestore();
  });
});
