import type { ConformanceEvent } from '../../../src/conformance';
import { conformanceReporter } from '../../../src/cli/render/conformance';
import { describeError, errorAsJson } from '../../../src/cli/render/error';
import { commonWords } from '../../../src/cli/render/events';
import { progressFor } from '../../../src/cli/render/progress';
import { paintFor, type Terminal } from '../../../src/cli/terminal';
import { ApplyError, HarborApiError, NetworkError, PlanRefusedError, UsageError } from '../../../src/errors';

function terminal(more: Partial<Terminal> = {}): Terminal & { readonly said: string[] } {
  const said: string[] = [];
  const err = (text: string): void => void said.push(text);
  const clearLine = (): void => void said.push('<clear>');
  const fixed = { env: {}, cwd: '.', live: false, colour: false, columns: 60 };
  return { ...fixed, out: err, err, clearLine, said, ...more };
}

describe('progress', () => {
  it('redraws one line on a terminal, and no line twice', () => {
    const screen = terminal({ live: true });
    const progress = progressFor(screen, false);
    progress.stage('reading');
    progress.step(1, 4, 'kinds');
    progress.step(1, 4, 'kinds');
    progress.line('kept');
    progress.end();
    expect(screen.said).toEqual([
      'reading\n',
      '<clear>',
      `  [======${' '.repeat(18)}] 1/4 kinds`,
      '<clear>',
      '  kept\n',
    ]);
  });

  it('fits into the columns, and shows that something was cut', () => {
    const screen = terminal({ live: true, columns: 40 });
    progressFor(screen, false).step(2, 2, 'a'.repeat(60));
    expect(screen.said[1]).toHaveLength(39);
    expect(screen.said[1]).toMatch(/…$/);
  });

  it('says something now and then elsewhere', () => {
    let now = 0;
    const log = terminal();
    const progress = progressFor(log, false, () => now);
    progress.stage('reading');
    progress.step(1, 9, 'a');
    now = 5_000;
    progress.step(2, 9, 'b\u0007');
    progress.step(3, 9, 'c');
    expect(log.said).toEqual(['reading\n', expect.stringMatching(/^ {2}2\/9 b/)]);
    expect(log.said.join('')).not.toContain('\u0007');
  });

  it('is silent with --quiet', () => {
    const log = terminal();
    const progress = progressFor(log, true);
    progress.stage('x');
    progress.line('y');
    expect(log.said).toEqual([]);
  });
});

describe('events', () => {
  const wordsOn = (quiet = false) => {
    const log = terminal();
    return { log, words: commonWords({ terminal: log, progress: progressFor(log, quiet), quiet }) };
  };
  const finding = { rule: 'r', severity: 'warning', message: 'odd' } as const;

  it.each([
    [true, false, 1],
    [true, true, 0],
    [false, true, 1],
  ])('findings in files that can be used (%s), with --quiet (%s): told %i times', (usable, quiet, times) => {
    const { log, words } = wordsOn(quiet);
    words.findings({ type: 'findings', diagnostics: [finding], sources: new Map(), usable });
    expect(log.said).toHaveLength(times);
  });

  it('say what an earlier run left behind, a sentence a line', () => {
    const { log, words } = wordsOn();
    words['killed-run']({ type: 'killed-run', sentences: ['project/a was being created', 'nothing else'] });
    expect(log.said).toEqual(['  last time: project/a was being created\n', '  last time: nothing else\n']);
  });

  it.each([
    [undefined, '  no answer\n'],
    ['eu', '  eu: no answer\n'],
  ])('of the instance %s name it', (instance, expected) => {
    const { log, words } = wordsOn();
    words['not-proven']({ type: 'not-proven', message: 'no answer', ...(instance !== undefined && { instance }) });
    expect(log.said).toEqual([expected]);
  });
});

describe('a proof while it lasts', () => {
  const check = (id: string, status: string, message = '') =>
    ({ type: 'check-finished', done: 1, total: 3, result: { id, project: 'p', status, message } }) as ConformanceEvent;

  it.each([
    [[check('M1', 'pass')], ['  ✓ p\n']],
    [
      [check('M1', 'pass'), check('M2', 'fail', 'a page\nin two lines')],
      ['  FAIL p M2: a page\n', '  ✗ p: M2\n'],
    ],
    [[check('M1', 'skip')], ['  · p: nothing was proven\n']],
    [[check('M1', 'error', 'not run: stopped')], ['  ✗ p: M1\n']],
  ])('says of %# what is wrong at once, and a line for the project', (events, expected) => {
    const log = terminal();
    const reporter = conformanceReporter(progressFor(log, false, () => 0));
    for (const event of events) reporter.on(event);
    reporter.on({ type: 'project-finished', project: 'p' });
    expect(log.said).toEqual(expected);
  });
});

describe('an error', () => {
  const api = (more: object) =>
    new HarborApiError('POST /projects: 500', { method: 'POST', url: 'u', status: 500, requestId: 'r-1', ...more });

  it.each<[string, unknown, string[]]>([
    [
      'with a hint',
      new UsageError('no such rule', 'did you mean HP001?'),
      ['no such rule', 'hint: did you mean HP001?'],
    ],
    ['of the network', new NetworkError('GET u: refused', 'NETWORK_REFUSED', 'u', 'is it up?'), ['hint: is it up?']],
    ['of Harbor', api({ harborCode: 'UNKNOWN' }), ["hint: Harbor's log has details: request id r-1"]],
    ['of somebody else, perhaps', api({}), ['hint: check that the URL is a Harbor; if it is']],
    ['of the guard', new PlanRefusedError('refused', [{ rule: 'x', message: 'm', hint: 'a' }]), ['hint: [x] m — a']],
    ['that is ours', new TypeError('x is undefined'), ['error: x is undefined', 'This is a bug in Breakwater']],
    ['that is none', 'thrown text', ['error: thrown text']],
  ])('%s', (_case, error, parts) => {
    const text = describeError(error, false);
    for (const part of parts) expect(text).toContain(part);
    expect(text.endsWith('\n')).toBe(true);
  });

  it('tells its cause with --verbose only', () => {
    const error = new ApplyError('it failed', 'project/p', { cause: new Error('the disk is full') });
    expect(describeError(error, false)).not.toContain('the disk is full');
    expect(describeError(error, true)).toContain('cause: the disk is full');
  });

  it.each([
    [new UsageError('no', 'hint'), { code: 'USAGE', message: 'no', hints: ['hint'] }],
    [new Error('ours'), { code: 'INTERNAL', message: 'ours' }],
  ])('is one document for programs: %s', (error, expected) => {
    expect(JSON.parse(errorAsJson(error))).toEqual({ schemaVersion: 1, error: expected });
  });
});

describe('colour', () => {
  it('adds to the words and never stands for them', () => {
    const escapes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');
    expect(paintFor(true)('red', 'failed').replace(escapes, '')).toBe(paintFor(false)('red', 'failed'));
    expect(paintFor(true)('red', 'failed')).not.toBe('failed');
  });
});
