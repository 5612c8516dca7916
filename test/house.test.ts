import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const ROOT = resolve(__dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const manifest = JSON.parse(read('package.json')) as {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  scripts: Record<string, string>;
};

/** Runs a program of Node; what it complains about is the failure's message. Other suites go on beside it. */
async function complaintsOf(program: string, ...args: string[]): Promise<string> {
  try {
    // The compiler has few objects to collect, and collects them half as often.
    const options = { cwd: ROOT, maxBuffer: 64 << 20, env: { ...process.env, GOGC: '400' } };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(ROOT, program), ...args], options);
    return `${stdout}${stderr}`;
  } catch (error) {
    const { stdout, stderr, message } = error as Error & { stdout: string; stderr: string };
    return `${message}\n${stdout}${stderr}`;
  }
}

describe('the checks of the house', () => {
  it.each([
    ['types', 'node_modules/typescript/bin/tsc', ['-p', 'test/tsconfig.json', '--singleThreaded']],
    ['lint', 'node_modules/oxlint/bin/oxlint', ['--deny-warnings', '--format=unix']],
    ['format', 'node_modules/oxfmt/bin/oxfmt', ['--list-different', '--ignore-path', '.gitignore']],
  ])(
    '%s',
    async (_name, program, args) => {
      expect(await complaintsOf(program, ...args)).toBe('');
    },
    // The format takes most of a minute on an idle machine.
    3_600_000,
  );

  it('pins every dependency exactly', () => {
    const loose = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
      ([, range]) => !/^\d+\.\d+\.\d+$/.test(range),
    );
    expect(loose).toEqual([]);
  });

  it('gives every dependency a line in the decisions', () => {
    const decisions = read('docs/decisions/0001-dependencies.md');
    const silent = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
      (name) => !name.startsWith('@types/') && !decisions.includes(`\`${name}\``),
    );
    expect(silent).toEqual([]);
  });

  it('names no package registry in the lockfile', () => {
    expect(read('package-lock.json')).not.toMatch(/"resolved":\s*"http/);
  });

  it('runs in CI exactly the test command of the README', () => {
    expect(read('README.md')).toContain('npm ci && npm test');
    expect(read('.ci/run')).toMatch(/^npm ci && npm test$/m);
  });

  it('keeps the README short', () => {
    expect(read('README.md').split('\n').length).toBeLessThan(150);
  });

  it('links only to files that exist', () => {
    const pages = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], {
      cwd: ROOT,
      encoding: 'utf8',
    })
      .trim()
      .split('\n');
    const broken = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(#[^)]*)?\)/g)]
        .map((match) => resolve(ROOT, page, '..', match[1]!))
        .filter((target) => !exists(target))
        .map((target) => `${page}: ${target}`),
    );
    expect(broken).toEqual([]);
  });
});

function exists(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EISDIR';
  }
}
