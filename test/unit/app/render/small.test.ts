import { cautionMarkdown } from '../../../../src/app/render/caution';
import { checkedAsText, pinnedAsText } from '../../../../src/app/render/images';
import { initialisedAsJson, initialisedAsText } from '../../../../src/app/render/initialised';
import { progressLine } from '../../../../src/app/render/progress-line';
import { provenText } from '../../../../src/app/render/proven';
import { canaryNote, sandboxNote, scannerNote } from '../../../../src/app/render/serving';

describe('a line of progress', () => {
  const bar = (filled: number): string => `[${'='.repeat(filled)}${' '.repeat(24 - filled)}]`;
  it.each([
    ['at the start', 0, 4, `  ${bar(0)} 0/4 a`],
    ['in between', 1, 4, `  ${bar(6)} 1/4 a`],
    ['at the end', 4, 4, `  ${bar(24)} 4/4 a`],
    ['with more than was expected', 5, 4, `  ${bar(24)} 5/4 a`],
    ['without a total', 3, 0, `  ${bar(0)} 3/0 a`],
  ])('%s', (_case, done, total, expected) => {
    expect(progressLine(done, total, 'a', 80)).toBe(expected);
  });

  it.each([
    [36, 36, 'abc'],
    [35, 35, 'a…'],
  ])('with %i columns has %i characters', (columns, length, end) => {
    const line = progressLine(1, 4, 'abc', columns);
    expect([line.length, line.endsWith(end)]).toEqual([length, true]);
  });
});

it('a drill has a line for each check', () => {
  expect(provenText([{ what: 'a' }, { what: 'b', problem: 'not there' }])).toBe('ok     a\nFAILED b: not there\n');
});

it('a caution is an alert, in which names are literal', () => {
  expect(cautionMarkdown([' no <b> ', 'two'])).toBe('> [!CAUTION]\n> no &#60;b&#62;  \n> two  \n');
});

describe('the note of a server', () => {
  const sandbox = { harborVersion: 'v2.15.2' } as Parameters<typeof sandboxNote>[0];
  const standIns = { upstreams: 2, images: 1, environment: 'e.env', overlay: 'o.yaml' } as typeof sandbox.standIns;

  it.each([
    ['that keeps its data', '/data', 'Ctrl-C stops it'],
    ['that forgets', undefined, 'Ctrl-C stops it and deletes all data'],
  ])('a sandbox %s', (_case, data, end) => {
    expect(sandboxNote(sandbox, data)).toBe(`a stand-in for Harbor v2.15.2, not a real one; log in as admin; ${end}`);
  });

  it('a sandbox with upstreams shows the commands to try', () => {
    expect(
      sandboxNote({ ...sandbox, standIns } as typeof sandbox, '/data')
        .split('\n')
        .slice(1),
    ).toEqual([
      '2 upstreams with 1 image; in another terminal:',
      '  . e.env',
      '  breakwater apply --overlay o.yaml',
      '  breakwater conform --overlay o.yaml',
    ]);
  });

  it.each([
    [canaryNote(undefined), 'never misbehaves'],
    [canaryNote('http://c'), 'commands on http://c need the bearer token'],
    [scannerNote(undefined), 'needs no credential'],
    [scannerNote('Bearer'), 'needs Bearer credentials'],
  ])('%j', (note, expected) => {
    expect(note).toContain(expected);
  });
});

describe('a new repository', () => {
  it.each([
    ['here', { directory: '.', written: ['a'], kept: [] }, ['written:', 'a', 'next:', 'npm install']],
    ['elsewhere', { directory: 'x', written: [], kept: ['b'] }, ['kept unchanged:', 'b', 'next:', 'cd x']],
  ])('%s', (_case, done, first) => {
    const lines = initialisedAsText(done).split('\n');
    expect(
      lines
        .map((line) => line.trim())
        .filter(Boolean)
        .slice(0, 4),
    ).toEqual(first);
  });

  it('is one document for programs', () => {
    expect(JSON.parse(initialisedAsJson({ directory: '.', written: ['a'], kept: [] }))).toMatchObject({
      directory: '.',
      written: ['a'],
      secrets: [],
      leftOut: [],
    });
  });
});

describe('pinned images', () => {
  const pinned = { release: 'v2.15.2', file: 'images.yaml', platform: 'linux/amd64', problems: [] };
  const image = (before?: string) => ({ id: 'core', image: 'core@b', ...(before !== undefined && { before }) });

  it.each([
    ['new', [image()], true, ['Harbor v2.15.2: 1 image for linux/amd64, written to images.yaml', '(new)']],
    ['changed', [image('core@a')], true, ['written to images.yaml', '(was core@a)']],
    ['unchanged', [image('core@b')], false, ['images.yaml is unchanged', '(unchanged)']],
  ])('%s', (_case, images, written, [head, row]) => {
    const lines = pinnedAsText({ ...pinned, images, written })
      .trimEnd()
      .split('\n');
    expect([lines[0]?.endsWith(head ?? ''), lines[1]?.endsWith(row ?? '')]).toEqual([true, true]);
  });

  it('that could not be resolved come first, without control characters', () => {
    const problems = [{ id: 'core', image: 'core:v2', problem: 'gone\u001b[2J' }];
    const lines = pinnedAsText({ ...pinned, images: [image()], problems, written: false }).split('\n');
    expect(lines[0]).toBe('Harbor v2.15.2: 1 image could not be resolved for linux/amd64; nothing was written');
    expect(lines[1]).toBe('  core           core:v2: gone [2J');
  });

  it.each([
    [undefined, 'newer releases are not known: the registry does not list the tags of harbor-core'],
    [[], 'no newer release is listed'],
    [['v2.16.0', 'v2.17.0'], 'newer releases: v2.16.0, v2.17.0'],
  ])('that were checked, with %j', (newer, expected) => {
    const pins = [
      { release: 'v2.15.2', id: 'core', image: 'core@a', outcome: 'same' },
      { release: 'v2.15.2', id: 'db', image: 'db@a', outcome: 'moved', detail: 'now db@b' },
    ] as Parameters<typeof checkedAsText>[0]['pins'];
    const checked = { file: 'images.yaml', pins, advisories: [], ...(newer && { newer }) };
    expect(checkedAsText(checked as Parameters<typeof checkedAsText>[0])).toBe(
      `images.yaml: 1 of 2 pins match their tags\n  moved      v2.15.2 db: db@a: now db@b\n${expected}\n`,
    );
  });
});
