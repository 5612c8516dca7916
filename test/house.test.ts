import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const manifest = JSON.parse(read('package.json')) as {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  scripts: Record<string, string>;
};

/** Both remember what they looked at by its content; lint rules that know types do not, because types are elsewhere. */
const TYPES_CACHE = 'node_modules/.cache/types.tsbuildinfo';
const CACHED = ['--cache', '--cache-strategy', 'content'];

/** Runs a tool of node_modules; what it complains about is the failure's message. */
function complaintsOf(tool: string, ...args: string[]): string {
  try {
    execFileSync(process.execPath, [join(ROOT, 'node_modules', tool), ...args], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return '';
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return `${stdout}${stderr}`;
  }
}

describe('the checks of the house', () => {
  it.each([
    ['types', 'typescript/bin/tsc', ['-p', 'test/tsconfig.json', '--incremental', '--tsBuildInfoFile', TYPES_CACHE]],
    ['lint', 'eslint/bin/eslint.js', ['.', '--max-warnings', '0']],
    ['format', 'prettier/bin/prettier.cjs', ['--check', ...CACHED, '--log-level', 'warn', '.']],
  ])(
    '%s',
    (_name, tool, args) => {
      expect(complaintsOf(tool, ...args)).toBe('');
    },
    600_000,
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
