import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { readJournal } from '../../src/reconcile/read-journal';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { cli, directoryWith } from '../support/cli';

/** When the n-th write is met: before Harbor sees it, after Harbor did it and before the answer, after the answer. */
type Moment = 'before the effect' | 'before the answer' | 'after the answer';
type Meet = (request: { readonly n: number; readonly moment: Moment }) => void;

const MAIN = resolve(__dirname, '../../dist/src/cli/main.js');
const ENV = { HARBOR_PASSWORD: 'Harbor12345', UPSTREAM_TOKEN: 'Up-5ecret-1', ROBOT_SECRET: 'Rob0t-5ecret-1' };

let upstream: FixtureUpstream;
let sandbox: Sandbox;
let proxy: Server;
beforeAll(async () => {
  upstream = await startFixtureUpstream();
});
afterAll(() => upstream.close());
beforeEach(async () => {
  sandbox = await startSandbox({ password: ENV.HARBOR_PASSWORD, timeScale: 0.01 });
});
afterEach(async () => {
  proxy.closeAllConnections();
  proxy.close();
  await sandbox.close();
});

/** A proxy in front of the sandbox that tells of each write, at each of its moments. */
async function watched(meet: Meet): Promise<string> {
  let writes = 0;
  const forward = (from: IncomingMessage, to: ServerResponse): void => {
    const isWrite = from.method !== 'GET' && from.url?.startsWith('/api/') === true;
    const n = isWrite ? ++writes : 0;
    if (isWrite) meet({ n, moment: 'before the effect' });
    const { method, url, headers } = from;
    const onward = request(`${sandbox.url}${url}`, { method: method!, headers }, (answer) => {
      if (isWrite) meet({ n, moment: 'before the answer' });
      to.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(to).on('finish', () => isWrite && meet({ n, moment: 'after the answer' }));
    });
    onward.on('error', () => to.destroy());
    from.on('aborted', () => onward.destroy());
    from.pipe(onward);
  };
  proxy = createServer(forward).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

/** Two registries, one with a secret; a project with all that it can have; a robot. Ten writes. */
function policies(url: string): string {
  return directoryWith({
    'all.yaml': `
harbor: { url: "${url}", username: admin, password: { env: HARBOR_PASSWORD } }
registries:
  plain: { type: docker-registry, url: "${upstream.url}" }
  other: { type: docker-registry, url: "${upstream.url}", credential: { access_key: bot, access_secret: { env: UPSTREAM_TOKEN } } }
groups: { platform: { type: oidc } }
projects:
  proxy:
    registry: plain
    storage_limit: 5GiB
    retention: { schedule: "0 0 3 * * *", rules: [{ template: nDaysSinceLastPull, params: { nDaysSinceLastPull: 30 } }] }
    members: [{ group: platform, role: maintainer }]
    robots: { puller: { duration: 90, access: [{ resource: repository, action: pull }], secret: { env: ROBOT_SECRET } } }
  second: { registry: other, public: true }
`,
  });
}

function startApply(directory: string, journal: string): ChildProcess {
  const words = ['apply', '--yes', '--policies', directory, '--journal', journal, '--concurrency', '1'];
  return spawn(process.execPath, [MAIN, ...words], {
    env: { ...ENV, PATH: process.env['PATH'] },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

/** What the child says before it ends: the reason, where it ends otherwise than it should. */
async function lastWords(child: ChildProcess): Promise<string> {
  let said = '';
  child.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await once(child, 'close');
  return child.signalCode === null ? said.slice(-2_000) : child.signalCode;
}

/** The robot's token is asked for with the declared secret: 200 only if that is the one that Harbor holds. */
async function robotStatus(): Promise<number> {
  const credential = Buffer.from(`robot$proxy+puller:${ENV.ROBOT_SECRET}`).toString('base64');
  const answer = await fetch(`${sandbox.url}/service/token?service=harbor-registry`, {
    headers: { authorization: `Basic ${credential}` },
  });
  return answer.status;
}

describe('a run that is killed', () => {
  it.each<[number, Moment]>([
    [1, 'before the answer'],
    [4, 'before the effect'],
    [4, 'before the answer'],
    [8, 'before the answer'],
    [8, 'after the answer'],
    [9, 'before the effect'],
  ])('at write %i, %s: its journal records what was sent, and the next run finishes the rest', async (at, when) => {
    const running: { child?: ChildProcess } = {};
    let isKilled = false;
    const url = await watched(({ n, moment }) => {
      if (n !== at || moment !== when || isKilled) return;
      isKilled = true;
      running.child!.kill('SIGKILL');
    });
    const directory = policies(url);
    const journal = join(directory, 'journal.jsonl');
    const child = (running.child = startApply(directory, journal));
    expect([await lastWords(child), isKilled]).toEqual(['SIGKILL', true]);

    const [killed] = readJournal(readFileSync(journal, 'utf8')).runs;
    expect(killed!.end).toBeUndefined();
    // Once it has its answer, the child may have written down the next attempt by the time the signal reaches it.
    if (when === 'after the answer') expect([at, at + 1]).toContain(killed!.attempts.length);
    else expect([killed!.attempts.length, killed!.unanswered.map(({ n }) => n)]).toEqual([at, [at]]);

    const again = await cli(['apply', '--yes', '--policies', directory, '--journal', journal], ENV);
    expect(again.err).toContain('it was killed, or is still running');
    expect([again.code, again.out]).toEqual([0, expect.stringContaining('Apply:')]);
    expect((await cli(['drift', '--policies', directory], ENV)).code).toBe(0);
    expect(await robotStatus()).toBe(200);
  });

  it('by SIGTERM in the middle of a write finishes that write, and starts no other', async () => {
    const running: { child?: ChildProcess } = {};
    const url = await watched(({ n, moment }) => {
      if (n === 4 && moment === 'before the effect') running.child!.kill('SIGTERM');
    });
    const directory = policies(url);
    const journal = join(directory, 'journal.jsonl');
    const child = (running.child = startApply(directory, journal));
    const said = await lastWords(child);
    expect([child.exitCode, said]).toEqual([143, expect.stringContaining('finishing requests in progress')]);
    const [run] = readJournal(readFileSync(journal, 'utf8')).runs;
    expect(run!.unanswered).toEqual([]);
    expect(run!.end).toMatchObject({ aborted: true, outcomes: { failed: 0, unknown: 0 } });
  });
});
