import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretError } from '../../../../src/errors';
import type { SecretReference } from '../../../../src/secret-reference';
import { checkSecretsResolvable } from '../../../../src/declaration/secrets/secret-check';
import { createSecretResolver } from '../../../../src/declaration/secrets/secrets';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'secrets-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function fileOf(content: string, mode = 0o600): string {
  const file = join(directory, 'secret');
  writeFileSync(file, content);
  chmodSync(file, mode);
  return 'secret';
}

const PATH = process.env['PATH'] ?? '';

function resolver(env: Record<string, string> = {}) {
  return createSecretResolver({ env: { PATH, ...env }, baseDirectory: directory });
}

async function failure(reference: SecretReference, env: Record<string, string> = {}): Promise<SecretError> {
  const error: unknown = await resolver(env)(reference).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SecretError);
  return error as SecretError;
}

/** A command of this very Node, so that no test depends on what else is installed. */
function node(script: string): SecretReference {
  return { command: [process.execPath, '-e', script] };
}

describe('a secret', () => {
  it('is read from the environment unchanged', async () => {
    expect(await resolver({ TOKEN: ' a b\n' })({ env: 'TOKEN' })).toBe(' a b\n');
  });

  it.each([
    ['hunter2\n', 'hunter2'],
    ['hunter2\r\n', 'hunter2'],
    ['hunter2\n\n', 'hunter2\n'],
    [' hunter2 ', ' hunter2 '],
  ])('comes from a file: %j is %j', async (content, value) => {
    expect(await resolver()({ file: fileOf(content) })).toBe(value);
  });

  it.each([0o600, 0o400])('comes from a file of mode %o', async (mode) => {
    expect(await resolver()({ file: fileOf('x', mode) })).toBe('x');
  });

  it('comes from a command, without its line break', async () => {
    expect(await resolver()(node('console.log("hunter2")'))).toBe('hunter2');
  });

  it('comes from a command that sees the environment it was given, and starts in the directory', async () => {
    const script = 'process.stdout.write(process.env.WHO + process.cwd())';
    expect(await resolver({ WHO: 'me' })(node(script))).toMatch(/^me.*secrets-/);
  });

  it('comes from a program, not from a shell', async () => {
    const script = 'process.stdout.write(process.argv.slice(1).join("|"))';
    const reference = { command: [process.execPath, '-e', script, '$HOME', '; id', '`id`'] };
    expect(await resolver()(reference)).toBe('$HOME|; id|`id`');
  });

  it('does not wait for input', async () => {
    const script = 'process.stdin.resume().on("end", () => process.stdout.write("done"))';
    expect(await resolver()(node(script))).toBe('done');
  });

  it('is asked for once in a run', async () => {
    const commands: string[][] = [];
    const resolve = createSecretResolver({
      env: {},
      baseDirectory: directory,
      runCommand: async (command) => {
        commands.push([...command]);
        return 'x';
      },
    });
    await Promise.all([
      resolve({ command: ['a', 'b'] }),
      resolve({ command: ['a', 'b'] }),
      resolve({ command: ['a'] }),
    ]);
    expect(commands).toEqual([['a', 'b'], ['a']]);
  });
});

describe('no secret', () => {
  it.each<[string, () => SecretReference, string, RegExp]>([
    ['an unset variable', () => ({ env: 'GONE' }), 'SECRET_UNSET', /^the environment variable GONE is not set$/],
    ['an empty variable', () => ({ env: 'EMPTY' }), 'SECRET_UNSET', /^the environment variable EMPTY is empty$/],
    ['no file', () => ({ file: 'gone' }), 'SECRET_UNREADABLE', /gone cannot be read: it does not exist$/],
    ['a directory', () => ({ file: '.' }), 'SECRET_UNREADABLE', /is not a regular file$/],
    ['an empty file', () => ({ file: fileOf('\n') }), 'SECRET_UNREADABLE', /^file secret is empty$/],
    ['a file for the group', () => ({ file: fileOf('x', 0o640) }), 'SECRET_PERMISSIONS', /has mode 0640, .*chmod 600/],
    ['a file for the world', () => ({ file: fileOf('x', 0o604) }), 'SECRET_PERMISSIONS', /has mode 0604/],
    [
      'a file of 64 KiB and more',
      () => ({ file: fileOf('x'.repeat(65_537)) }),
      'SECRET_UNREADABLE',
      /more than 65536 bytes$/,
    ],
    [
      'no program',
      () => ({ command: ['no-such-program-anywhere'] }),
      'SECRET_COMMAND',
      /could not be started \(ENOENT\)$/,
    ],
    ['a failure', () => node('process.exit(3)'), 'SECRET_COMMAND', /failed with exit code 3$/],
    ['a signal', () => node('process.kill(process.pid, "SIGTERM")'), 'SECRET_COMMAND', /was killed by SIGTERM$/],
    ['too much', () => node('process.stdout.write("x".repeat(70000))'), 'SECRET_COMMAND', /more than 65536 bytes$/],
    ['no output', () => node(''), 'SECRET_COMMAND', /is empty$/],
  ])('%s', async (_name, reference, code, message) => {
    const error = await failure(reference(), { EMPTY: '' });
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it('of a command that takes too long, even if it ignores SIGTERM', async () => {
    const resolve = createSecretResolver({ env: { PATH }, baseDirectory: directory, commandTimeoutMs: 300 });
    const stubborn = node('process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)');
    await expect(resolve(stubborn)).rejects.toThrow(/took too long$/);
  });

  it('in what a link points to, when others may read that', async () => {
    fileOf('x', 0o644);
    symlinkSync('secret', join(directory, 'link'));
    expect((await failure({ file: 'link' })).code).toBe('SECRET_PERMISSIONS');
  });

  it('in a named pipe, which is not waited for', async () => {
    execFileSync('mkfifo', ['-m', '600', join(directory, 'pipe')]);
    expect((await failure({ file: 'pipe' })).message).toMatch(/is not a regular file$/);
  });

  it('and only the first words of the output', async () => {
    const { message } = await failure(
      node('console.error("denied\\u001b[2J" + "x".repeat(500)); console.error("canary"); process.exit(1)'),
    );
    expect(message).toMatch(/failed with exit code 1: denied\\u001b\[2Jx+…$/);
    expect(message).not.toContain('canary');
    expect(message.length).toBeLessThan(400);
  });

  it('and neither arguments nor output anywhere in the error', async () => {
    const reference = {
      command: [process.execPath, '-e', 'console.log("canary-out"); process.exit(1)', 'canary-argument'],
    };
    const error = await failure(reference);
    expect(JSON.stringify([error.message, error.stack, error.cause])).not.toContain('canary');
  });
});

describe('checkSecretsResolvable', () => {
  const at = { file: 'a.yaml', line: 1, column: 2 };
  const declared = (reference: SecretReference) => ({ reference, path: 'pilots.p.licence', at });

  it.each<[string, () => SecretReference, object, string[]]>([
    ['nothing about what is there', () => ({ env: 'SET' }), {}, []],
    ['a warning about what is unset', () => ({ env: 'GONE' }), {}, ['warning secret-unset']],
    ['an error where it is needed', () => ({ env: 'GONE' }), { severity: 'error' }, ['error secret-unset']],
    ['a warning about a missing file', () => ({ file: 'gone' }), {}, ['warning secret-unreadable']],
    [
      'an error about a file that others can read',
      () => ({ file: fileOf('x', 0o644) }),
      {},
      ['error secret-permissions'],
    ],
    ['nothing about commands, which are not run', () => node('process.exit(1)'), {}, []],
    [
      'what a command says, when asked to',
      () => node('process.exit(1)'),
      { runCommands: true },
      ['warning secret-command'],
    ],
  ])('reports %s', async (_name, reference, options, expected) => {
    const resolve = resolver({ SET: 'x' });
    const found = await checkSecretsResolvable([declared(reference())], { resolve, ...options });
    expect(found.map(({ severity, rule }) => `${severity} ${rule}`)).toEqual(expected);
    expect(found.every((finding) => finding.at === at && finding.message.startsWith('pilots.p.licence: '))).toBe(true);
  });
});
