import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const filesOf = (...patterns: string[]): string[] =>
  execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--deduplicate', '--', ...patterns], {
    cwd: ROOT,
    encoding: 'utf8',
  })
    .trim()
    .split('\n')
    .filter((file) => existsSync(join(ROOT, file)));

describe('docs/harbor-behavior.md', () => {
  const FACT = /^- \*\*(\d+\.\d+)\*\* (.*)$/gm;
  const facts = [...read('docs/harbor-behavior.md').matchAll(FACT)].map((match) => ({
    number: match[1]!,
    text: match[2]!,
  }));
  const sources = filesOf('src', 'test', 'stacks', 'ansible', 'scripts', 'docs', ':!test/fidelity/recordings');

  it('numbers its facts without gaps', () => {
    const expected = facts.map(({ number }, index) => {
      const [section, item] = number.split('.').map(Number) as [number, number];
      const before = facts[index - 1]?.number.split('.').map(Number);
      const follows = before === undefined || (before[0] === section ? before[1] === item - 1 : item === 1);
      return follows ? number : `${number} does not follow ${before?.join('.')}`;
    });
    expect(facts.map(({ number }) => number)).toEqual(expected);
    expect(facts.length).toBeGreaterThan(50);
  });

  it('gives the source of each fact', () => {
    expect(facts.filter(({ text }) => !/Source: \[[^\]]+\]\([^)]+\)/.test(text))).toEqual([]);
  });

  it('has every fact that a comment cites', () => {
    const numbers = new Set(facts.map(({ number }) => number));
    const cited = sources.flatMap((file) =>
      [...read(file).matchAll(/harbor-behavior\.md (\d+\.\d+)/g)].map((match) => ({ file, number: match[1]! })),
    );
    expect(cited.filter(({ number }) => !numbers.has(number))).toEqual([]);
    expect(cited.length).toBeGreaterThan(100);
  });

  it('is the only collection of facts that comments cite', () => {
    const cited = sources.flatMap((file) =>
      [...read(file).matchAll(/(?<![\w./-])([\w.-]+\.md)[ ,]\d+(\.\d+)?/g)].map((match) => `${file}: ${match[0]}`),
    );
    expect(cited.filter((one) => !one.includes(': harbor-behavior.md'))).toEqual([]);
  });
});
