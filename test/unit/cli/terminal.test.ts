import { progressFor } from '../../../src/app/render/progress';
import type { Terminal } from '../../../src/cli/terminal/terminal';
import { paintFor } from '../../../src/app/render/paint';

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

  it('prints a line now and then elsewhere', () => {
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

describe('colour', () => {
  it('adds to the words and never replaces them', () => {
    const escapes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');
    expect(paintFor(true)('red', 'failed').replace(escapes, '')).toBe(paintFor(false)('red', 'failed'));
    expect(paintFor(true)('red', 'failed')).not.toBe('failed');
  });
});
