import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { takesColour } from '../../src/cli/terminal/terminal';
import { commands } from '../../src/cli/commands';
import { cli, directoryWith } from '../support/cli';

const SHELLS = ['bash', 'zsh', 'fish'];

async function scriptOf(shell: string): Promise<string> {
  const { code, out, err } = await cli(['completion', shell]);
  expect([code, err]).toEqual([0, '']);
  return out;
}

/** Arguments with which a shell prints what it proposes, one a line. */
function askFor(shell: string, line: string, script: string, directory: string): string[] {
  const words = line.split(' ').map((word) => `'${word}'`);
  if (shell === 'fish') return ['--no-config', '-c', `source ${script}; complete -C '${line}'`];
  if (shell === 'zsh') return ['-f', join(__dirname, '../support/completions.zsh'), script, line, directory];
  const asked = `COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _breakwater`;
  return ['--norc', '-c', `source ${script}; ${asked}; printf '%s\\n' "\${COMPREPLY[@]}"`];
}

describe('breakwater completion', () => {
  it.each(SHELLS)('%s: knows every command, and the options of each', async (shell) => {
    const script = await scriptOf(shell);
    for (const { name } of commands) expect(script).toMatch(new RegExp(`(^|[\\s'])${name}([\\s':)]|$)`, 'm'));
    for (const option of ['fail-on-unmanaged', 'with-upstream', 'base-ref', 'since-failed'])
      expect(script).toContain(option);
  });

  it('refuses another shell, and lists the supported ones', async () => {
    const { code, err } = await cli(['completion', 'tcsh']);
    expect([code, err]).toEqual([1, expect.stringContaining('bash, zsh, fish')]);
  });

  it.each(SHELLS)('%s can read its script', async (shell) => {
    const file = join(directoryWith({ script: await scriptOf(shell) }), 'script');
    const { status, stderr, error } = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
    // Not everywhere is every shell; bash is.
    if (error && shell !== 'bash') process.stderr.write(`${shell} is not here: its script was not read\n`);
    else expect([status, stderr]).toEqual([0, '']);
  });

  describe.each(SHELLS)('with a real %s', (shell) => {
    const directory = directoryWith({ 'policies/a.yaml': '', 'plan.json': '' });
    const isHere = spawnSync(shell, ['-c', 'true']).status === 0;
    // Not everywhere is every shell; bash is. Debian has the others as packages: zsh, fish.
    if (!isHere && shell !== 'bash') {
      it(`reports that ${shell} is not installed`, () => {
        process.stderr.write(
          `${shell} is not installed: what it would propose was not tried (apt-get install ${shell})\n`,
        );
        expect(isHere).toBe(false);
      });
      return;
    }

    /** What the shell would propose for a line, with the cursor at its end. */
    async function proposedFor(line: string): Promise<string[]> {
      const file = join(directoryWith({ script: await scriptOf(shell) }), 'script');
      const { stdout, stderr } = spawnSync(shell, askFor(shell, line, file, directory), {
        cwd: directory,
        encoding: 'utf8',
        timeout: 60_000,
      });
      expect(stderr).toBe('');
      return [
        ...new Set(
          stdout
            .trim()
            .split('\n')
            .map((one) => one.replace(/\t.*/, '').replace(/\/$/, '')),
        ),
      ];
    }

    it.each([
      ['breakwater val', ['validate']],
      ['breakwater help val', ['validate']],
      ['breakwater plan --base', ['--base', '--base-ref']],
      ['breakwater plan --format ', ['text', 'json', 'markdown', 'sarif']],
      ['breakwater plan --format m', ['markdown']],
      ['breakwater --verbose plan --mode cr', ['create-only']],
      ['breakwater plan --policies pol', ['policies']],
      ['breakwater apply pl', ['plan.json']],
      ['breakwater inventory re', ['rewrite']],
      ['breakwater completion f', ['fish']],
      ['breakwater plan --target ', ['']],
    ])('%s', async (line, proposed) => {
      expect((await proposedFor(line)).sort()).toEqual([...proposed].sort());
    });

    it('proposes every command before one is typed', async () => {
      const all = await proposedFor('breakwater ');
      expect(commands.map(({ name }) => name).filter((name) => !all.includes(name))).toEqual([]);
    });
  });
});

describe('breakwater version', () => {
  it('prints one line, and JSON', async () => {
    expect((await cli(['version'])).out).toMatch(/^breakwater \d+\.\d+\.\d+, Node v\d+\.\d+\.\d+, \w+\/\w+\n$/);
    expect(JSON.parse((await cli(['version', '--format', 'json'])).out)).toMatchObject({ schemaVersion: 1 });
  });
});

it.each([
  [{}, true, true],
  [{}, false, false],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ FORCE_COLOR: '' }, false, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, true],
  [{ TERM: 'dumb' }, true, false],
])('colors with %j on a terminal (%s): %s', (env, isTerminal, expected) => {
  expect(takesColour(env, isTerminal)).toBe(expected);
});
