import { code, html, longestRun, prose } from '../../../../src/plan/render/markdown-words';

describe('code: a name that is shown literally', () => {
  it.each([
    ['project/a', '`project/a`'],
    ['a`b', '``a`b``'],
    ['`a', '`` `a ``'],
    ['a```', '```` a``` ````'],
    ['a\nb', '`a\\u000ab`'],
  ])('%j is %s', (text, expected) => {
    expect(code(text)).toBe(expected);
  });

  it('is cut at 300 characters, never inside a character', () => {
    expect(code('🚀'.repeat(400)).length).toBeLessThan(320);
    expect(code('🚀'.repeat(400))).not.toMatch(/\\ud83d|\\ude80/);
  });
});

describe('prose: our words around names of others', () => {
  it.each([
    ['plain words, with commas.', 'plain words, with commas.'],
    ['*bold* and _more_', '&#42;bold&#42; and &#95;more&#95;'],
    ['<b>', '&#60;b&#62;'],
    ['[a](b)', '&#91;a&#93;(b)'],
    ['a | b', 'a &#124; b'],
    ['@team', '@<!-- -->team'],
    ['see #1', 'see #<!-- -->1'],
    ['https://x', 'https:<!-- -->//x'],
    ['a & b', 'a &#38; b'],
    ['mail@', 'mail@'],
  ])('%j is %s', (text, expected) => {
    expect(prose(text)).toBe(expected);
  });
});

it.each([
  ['none', 0],
  ['a`b', 1],
  ['``` and ````', 4],
])('the longest run of backticks in %j is %i', (text, expected) => {
  expect(longestRun(text)).toBe(expected);
});

it('html escapes what ends a text or an attribute', () => {
  expect(html(`<a href="x" title='y'>&`)).toBe('&#60;a href=&#34;x&#34; title=&#39;y&#39;&#62;&#38;');
});
