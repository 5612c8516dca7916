import { parseYaml } from '../../../../src/declaration/yaml/parse';
import { sourceText } from '../../../../src/declaration/yaml/source-text';

const told = (text: string) =>
  parseYaml(sourceText('a.yaml', text)).diagnostics.map(({ at, message }) => `${at?.line}: ${message}`);

describe('a syntax error', () => {
  it.each<[string, string, string]>([
    ['a tab', 'a:\n  b: 1\n\tc: 2\n  d: 3\n', '3: a tab in the indentation'],
    ['a tab after spaces', 'a:\n  b: 1\n \tc: 2\n', '3: a tab in the indentation'],
    ['a merge conflict', 'a:\n<<<<<<< HEAD\n  b: 1\n=======\n  b: 2\n>>>>>>> main\n', '2: a conflict marker of Git'],
    ['a no-break space', 'a:\n  b:\u00a01\n  c: 2\n', '2: an invisible character'],
    ['line ends of old systems', 'a:\r  b: 1\r  c: 2\r', '1: lines end with CR only'],
    ['a line that is not indented enough', 'a:\n   b: 1\n    c: 2\n', '2: the next line is indented deeper'],
    ['a bracket', 'a: { b: 1\nc: 2\n', '2: a { is not closed'],
    ['a list', 'a: [1, 2\nb: 1\n', '2: a [ is not closed'],
    ['a quote', 'a: "b\n', '2: a quote is not closed'],
    ['two keys in a line', 'a: b: c\n', '1: two keys in one line'],
    ['a url with a space', 'a:\n  url: https: //x\n', '2: two keys in one line'],
    ['no colon', 'a:\n  b 1\n  c: 2\n', '2: not a key with a value'],
    ['no space after the colon', 'a:\n  b:1\n  c: 2\n', '2: not a key with a value'],
    ['a value with an at sign', 'a: @b\n', '1: a value without quotes cannot start with'],
    ['an escape', 'a: "C:\\dir"\n', '1: invalid escape sequence'],
  ])('%s is named in plain words, once', (_what, text, expected) => {
    const [first = '', ...others] = told(text);
    expect(first.slice(0, expected.length)).toBe(expected);
    expect(others).toEqual([]);
  });

  it('has a hint', () => {
    const { diagnostics } = parseYaml(sourceText('a.yaml', 'a:\n\tb: 1\n'));
    expect(diagnostics[0]?.hint).toBe('replace the tab by spaces');
  });
});
