import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { directoryWith } from '../support/cli';

const MAIN = resolve(__dirname, '../../dist/src/cli/main.js');

let sandbox: Sandbox;
let front: Server;
/** Creations of projects stay without an answer while it is set. */
let held: { readonly arrived: () => void } | undefined;
beforeAll(async () => {
  sandbox = await startSandbox({ password: 'Harbor12345', timeScale: 0.01 });
  front = createServer((from, to) => {
    if (held && from.method === 'POST' && from.url === '/api/v2.0/projects') return held.arrived();
    const onward = request(`${sandbox.url}${from.url}`, { method: from.method!, headers: from.headers }, (answer) => {
      to.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(to);
    });
    from.pipe(onward.on('error', () => to.destroy()));
  }).listen(0, '127.0.0.1');
  await once(front, 'listening');
});
afterAll(async () => {
  front.closeAllConnections();
  front.close();
  await sandbox.close();
});

interface Ran {
  readonly code: number | null;
  readonly err: string;
}

function start(cwd: string, ...argv: string[]): { readonly ended: Promise<Ran>; kill(): void } {
  const env = { ...process.env, HARBOR_PASSWORD: 'Harbor12345' };
  const child = spawn(process.execPath, [MAIN, ...argv], { cwd, env });
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (err += text));
  child.stdout.resume();
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, err }));
  return { ended, kill: () => child.kill('SIGKILL') };
}

function checkout(name: string): string {
  const url = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
  return directoryWith({
    'policies/a.yaml': `harbor: { url: "${url}", username: admin, password: { env: HARBOR_PASSWORD } }\nprojects: { ${name}: { public: false } }\n`,
    'policies/instances/lab.yaml': `harbor: { url: "${url}" }\n`,
  });
}

/** An apply whose first creation has no answer. */
async function stuck(cwd: string, ...argv: string[]): Promise<ReturnType<typeof start>> {
  const run = await new Promise<ReturnType<typeof start>>((fulfil) => {
    const started = start(cwd, 'apply', '--yes', ...argv);
    held = { arrived: () => fulfil(started) };
  });
  held = undefined;
  return run;
}

it('an apply refuses while another one works with its journal, and plan and drift report it', async () => {
  const cwd = checkout('busy');
  const first = await stuck(cwd);
  expect(await start(cwd, 'apply', '--yes').ended).toEqual({
    code: 6,
    err: expect.stringMatching(/\[apply-running\] another apply works with this journal: pid \d+ runs since/),
  });
  for (const command of ['plan', 'drift']) {
    const { err } = await start(cwd, command).ended;
    expect(err).toMatch(/another apply is at work \(pid \d+, since .* UTC\)/);
    expect(err).not.toMatch(/last time:/);
  }
  first.kill();
  await first.ended;
  const again = await start(cwd, 'apply', '--yes').ended;
  expect(again).toMatchObject({ code: 0, err: expect.stringMatching(/last time: .*\n.*POST .*projects.*was sent/) });
  expect(existsSync(join(cwd, '.breakwater/journal.jsonl.lock'))).toBe(false);
});

it('a lock of another machine is taken over: its holder cannot be checked', async () => {
  const cwd = checkout('moved');
  expect((await start(cwd, 'plan').ended).code).toBe(0);
  const lock = directoryWith({ 'journal.jsonl': '' });
  const held = { schemaVersion: 1, pid: 1, started: '1', host: 'elsewhere', boot: 'b', space: 's' };
  writeFileSync(join(lock, 'journal.jsonl.lock'), JSON.stringify({ ...held, since: '2026-11-28T03:14:15Z' }));
  const { code } = await start(cwd, 'apply', '--yes', '--journal', join(lock, 'journal.jsonl')).ended;
  expect(code).toBe(0);
});

it('one Harbor of several has one journal, alone and with --all', async () => {
  const cwd = checkout('of-many');
  const first = await stuck(cwd, '--all');
  first.kill();
  await first.ended;
  const { err } = await start(cwd, 'plan', '--instance', 'lab').ended;
  expect(err).toMatch(/last time: .*\n.*POST .*projects.*was sent/);
  expect((await start(cwd, 'apply', '--yes', '--instance', 'lab').ended).code).toBe(0);
  expect(readFileSync(join(cwd, '.breakwater/journal-lab.jsonl'), 'utf8').match(/"type":"run"/g)).toHaveLength(2);
  expect(existsSync(join(cwd, '.breakwater/journal.jsonl'))).toBe(false);
});
