import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const ACTIONLINT = process.env['BREAKWATER_ACTIONLINT'] ?? 'actionlint';

const filesIn = (folder: string, ending: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));

const WORKFLOWS = [...filesIn('examples/ci/github-actions', '.yml'), 'examples/nightly/github-actions.yml'];
const SCRIPTS = [...filesIn('examples', '.sh'), ...filesIn('scripts', '.sh'), ...filesIn('test', '.sh'), '.ci/run'];

/** What is missing is said and fails nothing. */
function describeWith(programs: readonly string[], name: string, tests: () => void): void {
  const missing = programs.filter((program) => spawnSync(program, ['--version']).status !== 0);
  if (missing.length === 0) return describe(name, tests);
  process.stderr.write(`skipped: ${name}: ${missing.join(' and ')} not found\n`);
  describe.skip(name, tests);
}

function linted(program: string, ...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: ROOT, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

describeWith([ACTIONLINT, 'shellcheck'], 'actionlint, with the run blocks by shellcheck', () => {
  it.each(WORKFLOWS)('finds nothing in %s', (file) => {
    expect(linted(ACTIONLINT, '-no-color', '-shellcheck=shellcheck', file)).toEqual({ status: 0, output: '' });
  });
});

describeWith(['shellcheck'], 'shellcheck', () => {
  it.each(SCRIPTS)('finds nothing in %s', (file) => {
    expect(linted('shellcheck', '--external-sources', '--severity=warning', file)).toEqual({ status: 0, output: '' });
  });
});
