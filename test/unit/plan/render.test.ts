import { escapeControls } from '../../../src/escape-controls';
import { printableJson } from '../../../src/plan/render/printable';
import { renderMarkdown } from '../../../src/plan/render/markdown';
import { renderText } from '../../../src/plan/render/text';
import { declare, plan } from '../../support/declare';

describe('escapeControls', () => {
  it.each([
    ['an escape sequence', 'a\u001b[2Jb', 'a\\u001b[2Jb'],
    ['a line break', 'a\nb\r', 'a\\u000ab\\u000d'],
    ['C1 and DEL', '\u009b\u007f', '\\u009b\\u007f'],
    ['what turns text round', 'a\u202eb\u2066', 'a\\u202eb\\u2066'],
    ['separators', '\u2028\u2029', '\\u2028\\u2029'],
    ['what cannot be seen', 'a\u200bb\ufeff', 'a\\u200bb\\ufeff'],
    ['a lone surrogate', 'a\ud800b', 'a\\ud800b'],
    ['nothing of ordinary text', 'grüße, 你好 🚀 "x"', 'grüße, 你好 🚀 "x"'],
  ])('shows %s', (_case, text, shown) => {
    expect(escapeControls(text)).toBe(shown);
  });
});

describe('printableJson', () => {
  it('cuts long values, and distinguishes two of them', () => {
    const [a, b] = ['a', 'b'].map((last) => printableJson('x'.repeat(5_000) + last));
    expect(a).toMatch(/^"x{50,}… \(5003 characters, sha256 [0-9a-f]{8}\)$/);
    expect(a).not.toBe(b);
  });

  it('names a secret by its reference, and of a command only the program', () => {
    expect(printableJson({ command: ['vault', 'read', 'secret/path'] })).toBe('(secret: command vault)');
  });

  it('names a nested secret, too', () => {
    const headers = { 'https://x': { command: ['vault', 'read', 'secret/path'] }, plain: 1 };
    expect(printableJson(headers)).toBe('{"https://x":"secret: command vault","plain":1}');
    expect(printableJson([headers])).not.toContain('secret/path');
  });
});

describe('renderText', () => {
  it('changes no word when it adds colors', () => {
    const made = plan(declare({ box: [{ name: 'x', open: true }] }), { box: [{ name: 'x', open: false }] });
    const painted = renderText(made, (style, text) => `<${style}>${text}</${style}>`);
    expect(painted).toContain('<update>~</update> <bold>box/x</bold>');
    expect(painted.replace(/<\/?[a-z]+>/g, '')).toBe(renderText(made));
  });
});

describe('renderMarkdown', () => {
  const boxes = (count: number): { name: string; open: boolean }[] =>
    Array.from({ length: count }, (_, i) => ({ name: `box-${i}`, open: true }));

  it.each([1, 10, 1_000, 3_000])('stays below the limit of a comment with %i updates that differ', (count) => {
    const found = { box: boxes(count).map((box) => ({ ...box, open: false, tags: [] })) };
    const made = plan(declare({ box: boxes(count).map((box) => ({ ...box, open: false, tags: [box.name] })) }), found);
    const text = renderMarkdown(made);
    expect(text.length).toBeLessThanOrEqual(65_536);
    const shown = text.match(/<details>/g)?.length ?? 0;
    const left = Number(/\*\*(\d+) of \d+ entries are not shown/.exec(text)?.[1] ?? 0);
    expect(shown + left).toBe(count);
    expect(text.match(/<\/details>/g)).toHaveLength(shown);
  });

  it('reports what it cut from the bottom, and never cuts a delete before an update', () => {
    const found = { box: [...boxes(40).map((box) => ({ ...box, tags: [] })), { name: 'old' }] };
    const declared = boxes(40).map((box) => ({ ...box, tags: [box.name] }));
    const made = plan(declare({ box: declared }, { prune: ['box'] }), found, { mode: 'sync' });
    const text = renderMarkdown(made, { maxLength: 3_000 });
    expect(text.length).toBeLessThanOrEqual(3_000);
    expect(text.indexOf('<details open><summary>Delete <code>box/old</code>')).toBeLessThan(text.indexOf('Update'));
    expect(text).toMatch(/> \[!IMPORTANT\]\n> \*\*\d+ of 41 entries are not shown\*\* \(\d+ update\)/);
  });

  it('warns if a delete itself does not fit', () => {
    const made = plan(declare({ shelf: [{ name: 's' }] }, { prune: ['box'] }), { box: boxes(2) }, { mode: 'sync' });
    const text = renderMarkdown(made, { maxLength: 700 });
    expect(text).toMatch(/> \[!CAUTION\]\n> \*\*\d+ of \d+ entries are not shown\*\* \(\d DESTRUCTIVE/);
  });

  it('links each place below the base', () => {
    const text = renderMarkdown(plan(declare({ box: [{ name: 'x' }] })), { linkBase: 'https://git.example.com/o/r/' });
    expect(text).toContain('<a href="https://git.example.com/o/r/policies/test.yaml#L1">');
  });

  it('folds the same change of many objects into one entry, and counts many creates by kind', () => {
    const found = { box: boxes(50).map((box) => ({ ...box, open: false })) };
    expect(renderMarkdown(plan(declare({ box: boxes(50) }), found))).toContain(
      'Update <code>box/box-0</code> and 49 more (1 field)',
    );
    const created = boxes(50).map((box) => ({ ...box, tags: [`tag of ${box.name}`] }));
    expect(renderMarkdown(plan(declare({ box: created })))).toMatch(/^Create \*\*50 box\*\*: `box-0`, /m);
  });

  it('keeps every value inside its code fence', () => {
    const text = renderMarkdown(plan(declare({ box: [{ name: 'x', tags: ['```', '`````\n# out'] }] })));
    expect(text).toContain('``````diff\n');
    expect(text).not.toMatch(/^# out/m);
  });

  it.each([
    ['a mention', '@everyone', /(?<!<code>[^<]*)@everyone/],
    ['a tag', '<img src=x>', /<img/],
    ['a link', '[a](https://evil)', /\]\(https:/],
    ['an issue', '#1', /[^&]#1\b/],
  ])('lets a name be no %s', (_case, name, forbidden) => {
    const declaration = declare({ shelf: [{ name: 'a' }], box: [{ name, shelf: 'a' }] }, { protect: [`box/${name}`] });
    const found = { shelf: [{ name: 'a' }], box: [{ name }] };
    const text = renderMarkdown(plan(declaration, found));
    const outsideCode = text.replace(/(`+)[^`][\s\S]*?\1/g, '').replace(/<code>[^<]*<\/code>/g, '');
    expect(outsideCode).not.toMatch(forbidden);
  });
});
