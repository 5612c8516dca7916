import type { ConformanceEvent } from '../../../../src/conformance';
import { demoWords } from '../../../../src/app/render/demo-events';
import { commonWords } from '../../../../src/app/render/events';
import { inventoryWords } from '../../../../src/app/render/inventory-events';
import { plain } from '../../../../src/app/render/paint';
import { proofWords } from '../../../../src/app/render/proof-events';
import { upWords } from '../../../../src/app/render/up-events';
import type { ChangeResult } from '../../../../src/reconcile/result';

const wordsWith = (quiet = false) => commonWords({ paint: plain, quiet });
const finding = { rule: 'r', severity: 'warning', message: 'odd' } as const;

describe('events', () => {
  it.each([
    [true, false, 1],
    [true, true, 0],
    [false, true, 1],
  ])('findings in files that can be used (%s), with --quiet (%s): shown %i times', (usable, quiet, times) => {
    const told = wordsWith(quiet).findings({
      type: 'findings',
      diagnostics: [finding],
      sources: new Map(),
      usable,
    });
    expect(told).toHaveLength(times);
  });

  it('say what an earlier run left behind, a sentence a line', () => {
    const sentences = ['project/a was being created', 'nothing else'];
    expect(wordsWith()['killed-run']({ type: 'killed-run', sentences })).toEqual([
      { to: 'line', text: 'last time: project/a was being created' },
      { to: 'line', text: 'last time: nothing else' },
    ]);
  });

  it.each([
    [undefined, 'no answer'],
    ['eu', 'eu: no answer'],
  ])('of the instance %s name it', (instance, text) => {
    const event = { type: 'not-proven', message: 'no answer', ...(instance !== undefined && { instance }) } as const;
    expect(wordsWith()['not-proven'](event)).toEqual([{ to: 'line', text }]);
  });

  it.each([
    [0, 'warming 1 image (state: s)'],
    [2, 'warming 1 image, 2 done by earlier runs (state: s)'],
  ])('of warming say what %i earlier runs did', (earlier, text) => {
    const event = { type: 'warming', images: 1, earlier, state: 's' } as const;
    expect(wordsWith().warming(event)).toEqual([{ to: 'stage', text }]);
  });

  it.each([
    ['ok', []],
    ['failed', [{ to: 'line', text: 'failed: project/a' }]],
  ] as const)('of a change that is %s', (outcome, more) => {
    const result = { address: 'project/a', outcome } as ChangeResult;
    const event = { type: 'change-finished', result, done: 1, total: 3 } as const;
    expect(wordsWith().reconcile({ type: 'reconcile', event })).toEqual([
      { to: 'step', done: 1, total: 3, text: 'changes (project/a)' },
      ...more,
    ]);
  });
});

describe('results on the way', () => {
  it.each([
    [true, 'a.yaml: 2 edits\n'],
    [false, '--- a.yaml\n'],
  ])('a rewritten file (written: %s) is on stdout, and the doubt about it is not', (write, text) => {
    const file = { file: 'a.yaml', edits: 2, diff: '--- a.yaml\n', isApproximate: true, refusals: [] };
    expect(inventoryWords.rewritten({ type: 'rewritten', file, write })).toEqual([
      { to: 'err', text: 'a.yaml: no matching record: names are restored in their short form\n' },
      { to: 'out', text },
    ]);
  });

  it.each([
    ['text', 'out'],
    ['json', 'err'],
  ])('with --format %s the steps of the demo are on std%s', (format, to) => {
    const event = { type: 'demo-validated', policies: 'policies', objects: 1 } as const;
    expect(demoWords(format)['demo-validated'](event)).toMatchObject([{ to, text: expect.stringContaining('[1/6]') }]);
  });

  it('a program that failed shows its last lines without what they would do to a terminal', () => {
    const event = { type: 'tool-failed', program: 'cdktf', code: 1, lines: ['no\u001b[2J'], log: 'up.log' } as const;
    const [told] = upWords['tool-failed'](event);
    expect(told).toMatchObject({ to: 'err', text: expect.stringContaining('everything it printed: up.log') });
    expect(told?.text).not.toContain('\u001b');
  });
});

describe('a proof while it lasts', () => {
  const check = (id: string, status: string, message = '') =>
    ({ type: 'check-finished', done: 1, total: 3, result: { id, project: 'p', status, message } }) as ConformanceEvent;

  it.each([
    [[check('M1', 'pass')], ['✓ p']],
    [
      [check('M1', 'pass'), check('M2', 'fail', 'a page\nin two lines')],
      ['FAIL p M2: a page', '✗ p: M2'],
    ],
    [[check('M1', 'skip')], ['· p: nothing was verified']],
    [[check('M1', 'error', 'not run: stopped')], ['✗ p: M1']],
  ])('reports at once what is wrong with %#, and a line for the project', (events, expected) => {
    const words = proofWords();
    const told = [...events, { type: 'project-finished', project: 'p' } as const].flatMap(words);
    expect(told.filter(({ to }) => to === 'line').map(({ text }) => text)).toEqual(expected);
  });
});
