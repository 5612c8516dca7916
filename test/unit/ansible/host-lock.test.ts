import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { busyHost, parseHostLock } from '../../../src/app/up/steps';
import { PYTHON } from './python';

const FILE = join(__dirname, '../../../ansible/roles/harbor_host/files/host_lock.py');
const directory = mkdtempSync(join(tmpdir(), 'breakwater-lock-'));
const program = join(directory, 'lock.py');
const running: ChildProcessWithoutNullStreams[] = [];

beforeAll(() => chmodSync(directory, 0o1777));
beforeEach(() => setSilence(120));
afterEach(() => void running.splice(0).forEach((child) => child.kill('SIGKILL')));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The program with its lock in a directory of this test. */
function setSilence(seconds: number): void {
  const text = readFileSync(FILE, 'utf8')
    .replace('DIRECTORIES = (', `DIRECTORIES = (${JSON.stringify(directory)}, `)
    .replace('SILENCE_SECONDS = 120', `SILENCE_SECONDS = ${seconds}`);
  writeFileSync(program, text);
}

async function hold(run: string): Promise<{ child: ChildProcessWithoutNullStreams; said: unknown }> {
  const child = spawn(PYTHON, ['-B', program, `--hold=${run}`, '--who=alice@laptop', '--environment=prod']);
  running.push(child);
  const line = await new Promise<string>((fulfil) => createInterface(child.stdout).once('line', fulfil));
  return { child, said: parseHostLock(line) };
}

function ended(child: ChildProcessWithoutNullStreams): Promise<unknown> {
  return new Promise((fulfil) => child.once('close', fulfil));
}

function ask(run: string): unknown {
  const { status, stdout, stderr } = spawnSync(PYTHON, ['-B', program, `--ask=${run}`], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout === '' ? undefined : parseHostLock(stdout);
}

const HOLDER = { run: 'one', who: 'alice@laptop', environment: 'prod' };

it('one run at a time holds it, and says who', async () => {
  const { child, said } = await hold('one');
  expect(said).toEqual({ state: 'held' });
  expect((await hold('two')).said).toMatchObject({ state: 'busy', holder: HOLDER });
  expect(ask('two')).toMatchObject({ state: 'busy', holder: HOLDER });
  expect(ask('one')).toBeUndefined();
  child.stdin.end('end\n');
  await ended(child);
  expect(ask('two')).toBeUndefined();
  expect((await hold('two')).said).toEqual({ state: 'held' });
});

it.each<[string, number, (child: ChildProcessWithoutNullStreams) => void]>([
  ['whose input ends', 120, (child) => child.stdin.end()],
  ['that is killed', 120, (child) => void child.kill('SIGKILL')],
  ['that is silent', 1, () => undefined],
])('a run %s frees it, and the next one hears of it', async (_what, seconds, end) => {
  setSilence(seconds);
  const { child } = await hold('one');
  end(child);
  await ended(child);
  expect((await hold('two')).said).toMatchObject({ state: 'held', before: HOLDER });
});

it.each([
  ['a text', 'x'],
  ['an array', '[]'],
  ['another state', '{"state":"free"}'],
  ['nothing', ''],
])('%s is not an answer', (_what, text) => expect(parseHostLock(text)).toBeUndefined());

it('a holder that cannot be read is not named', () => {
  const host = { address: 'vm', user: 'deploy', port: 22, local: false };
  expect(parseHostLock('{"state":"busy","holder":{"who":1}}')).toEqual({ state: 'busy' });
  expect(busyHost(host, undefined).message).toBe('another up works on vm');
});
