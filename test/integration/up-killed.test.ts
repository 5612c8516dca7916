import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { UpOptions } from '../../src/app/up/options';
import type { Deployment } from '../../src/app/up/steps';
import type { Sandbox } from '../../src/sandbox';
import { startSandbox } from '../../src/sandbox';
import type { FixtureUpstream } from '../../src/upstream';
import { until } from '../support/until';
import { upInChild } from './up-child';
import { backupJson, preparedJson, projectDouble, type ProjectDouble } from './up-doubles';
import { DEPLOYMENT, NO_HARBOR, policiesFor, startUpstream, up } from './up-run';

// Each case is two whole runs; the one that is killed is a process of its own.
jest.setTimeout(120_000);

let upstream: FixtureUpstream;
let sandbox: Sandbox;
beforeAll(async () => {
  upstream = await startUpstream();
  // It is asked before and after: a Harbor whose containers are doubles keeps its version.
  sandbox = await startSandbox({ timeScale: 0.01, harborVersion: 'v2.14.4' });
});
afterAll(async () => {
  await sandbox.close();
  await upstream.close();
});

function optionsOf(over: Partial<UpOptions> = {}): UpOptions {
  return {
    ...{ policies: policiesFor(sandbox.url), overlay: [], yes: true, quiet: false, verbose: false, dryRun: false },
    ...{ destroy: false, clean: false, adoptState: false, backupMaxAge: 86_400, wait: 0, ...over },
  };
}

const UPGRADE: Deployment = { ...DEPLOYMENT, harborVersion: 'v2.15.2' };

function upgradeProject(): ProjectDouble {
  const project = projectDouble();
  project.write('backups/prod/latest.json', backupJson());
  project.write('stacks/prepared/prod.json', preparedJson('v2.14.4'));
  return project;
}

/** What a deployment leaves: what was applied, what was prepared, and no trace of a run that is not over. */
function leftIn({ directory }: ProjectDouble): unknown {
  const kept = ['lock.json', 'run.json', 'before'].filter((name) =>
    existsSync(join(directory, '.breakwater/up/prod', name)),
  );
  const prepared = readFileSync(join(directory, 'stacks/prepared/prod.json'), 'utf8');
  return { applied: readdirSync(join(directory, 'done')).sort(), prepared, kept };
}

const UNINTERRUPTED = { applied: ['edge', 'harbor', 'images'], prepared: preparedJson('v2.15.2'), kept: [] };

/** A strike is for a run in a child. If that ended before it, the next run, which is in this process, fails instead. */
const SPARED = `[ "$PPID" = ${process.pid} ] && exit 99;`;
/** `kill 0`: the program, the run and everything else in its process group, as when the machine loses power. */
const lost = (what: string, first = ''): string =>
  `case "$what" in *"${what}"*) rm -f strike-before strike-after; ${SPARED} ${first} kill -KILL 0 ;; esac\n`;
const terminated = (what: string): string =>
  `case "$what" in *"${what}"*) rm -f strike-before strike-after; ${SPARED} kill -TERM $PPID; sleep 0.3 ;; esac\n`;

const LEFT = 'container\\tharbor-core\\tid-core\\tio.breakwater.spec=1\\n';
const creates = (actions: readonly string[]): string =>
  JSON.stringify({
    format_version: '1.2',
    resource_changes: [
      { address: 'docker_container.core', mode: 'managed', change: { actions, after: { name: 'harbor-core' } } },
    ],
  });
const CORE_STACK = JSON.stringify({ resource: { docker_container: { core: { name: 'harbor-core' } } } });

describe('an upgrade that is killed, and run again', () => {
  it('uninterrupted, ends like this', async () => {
    const project = upgradeProject();
    expect(await upInChild(project, UPGRADE, optionsOf())).toMatchObject({ code: 0 });
    expect(leftIn(project)).toEqual(UNINTERRUPTED);
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['before the playbook works', { 'strike-before': lost('playbooks/host.yml') }, 'host'],
    ['after the playbook', { 'strike-after': lost('playbooks/host.yml') }, 'host'],
    ['in terraform init', { 'strike-before': lost('stacks/images init') }, 'images'],
    ['before the images are applied', { 'strike-before': lost('stacks/images apply') }, 'images'],
    ['after the images are applied', { 'strike-after': lost('stacks/images apply') }, 'images'],
    ['in the plan of harbor', { 'strike-before': lost('stacks/harbor plan') }, 'harbor'],
    ['before harbor is applied', { 'strike-before': lost('stacks/harbor apply') }, 'harbor'],
    ['after harbor is applied', { 'strike-after': lost('stacks/harbor apply') }, 'harbor'],
    [
      'with a container that the state does not know',
      {
        'strike-before': lost('stacks/harbor apply', `printf '${LEFT}' >existing;`),
        ...{
          'stack.json': CORE_STACK,
          'plan-harbor.json': creates(['create']),
          'plan-adopted.json': creates(['delete', 'create']),
        },
        core: 'true false starting 0\ntrue false starting 0\ntrue false healthy 0\n',
      },
      'harbor',
    ],
    ['in the plan of the edge', { 'strike-before': lost('stacks/edge plan') }, 'edge'],
    ['after the edge is applied', { 'strike-after': lost('stacks/edge apply') }, 'edge'],
    ['by SIGTERM in the playbook', { 'strike-before': terminated('playbooks/host.yml') }, 'host'],
    ['by SIGTERM in the apply of harbor', { 'strike-before': terminated('stacks/harbor apply') }, 'harbor'],
  ])('%s', async (_what, files, step) => {
    const project = upgradeProject();
    for (const [name, text] of Object.entries(files)) project.write(name, text);
    const options = optionsOf();
    const killed = await upInChild(project, UPGRADE, options);
    expect(killed).toMatchObject(killed.signal === null ? { code: 143 } : { signal: 'SIGKILL' });
    await continued(project, options, step, killed.signal === null ? 'stopped' : 'was killed');
  });

  it.each<[string, NodeJS.Signals]>([
    ['before', 'SIGKILL'],
    ['health', 'SIGKILL'],
    ['apply', 'SIGKILL'],
    ['conform', 'SIGKILL'],
    ['conform', 'SIGTERM'],
  ])('in the step %s, by %s', async (step, signal) => {
    const project = upgradeProject();
    const options = optionsOf();
    const killed = await upInChild(project, UPGRADE, options, { said: new RegExp(`\\] ${step}:`), signal });
    expect(killed).toMatchObject(signal === 'SIGKILL' ? { signal } : { code: 143 });
    await continued(project, options, step, signal === 'SIGKILL' ? 'was killed' : 'stopped');
  });
});

/** The same command says where the last run was, and ends as a run that nothing has interrupted. */
async function continued(project: ProjectDouble, options: UpOptions, step: string, how: string): Promise<void> {
  const again = await up(project, sandbox.url, { deployment: UPGRADE, options });
  expect(again.err).toMatch(new RegExp(`the last run \\(.* UTC\\) ${how} in the step ${step}`));
  expect(again.err).toMatch(/the upgrade v2\.14\.4 -> v2\.15\.2 is not finished/);
  expect({ code: again.code, err: again.err }).toEqual({ code: 0, err: expect.stringContaining('conform') });
  expect(leftIn(project)).toEqual(UNINTERRUPTED);
}

describe('an upgrade that stopped after new containers may have started', () => {
  async function begun(): Promise<ProjectDouble> {
    const project = upgradeProject();
    project.write('strike-before', lost('stacks/harbor apply'));
    expect(await upInChild(project, UPGRADE, optionsOf())).toMatchObject({ signal: 'SIGKILL' });
    return project;
  }

  it('keeps the report from before, and does not go back without the backup', async () => {
    const project = await begun();
    const before = readFileSync(join(project.directory, '.breakwater/up/prod/before/report.json'), 'utf8');
    project.write('fails/harbor', '');
    const again = await up(project, sandbox.url);
    expect(again.err).toMatch(/the report from before the upgrade is kept/);
    expect(again.err).not.toMatch(/\] before:/);
    expect(again.err).toMatch(
      /to go back to v2\.14\.4, restore the backup of .* UTC \(docs\/guides\/upgrade\.md, Rollback\)/,
    );
    expect(readFileSync(join(project.directory, '.breakwater/up/prod/before/report.json'), 'utf8')).toBe(before);

    const back = { deployment: { harborVersion: 'v2.14.4' } };
    expect(await up(project, NO_HARBOR, back)).toMatchObject({
      code: 6,
      err: expect.stringMatching(/\[half-migrated\] .* v2\.14\.4 cannot read it then.*--running-version v2\.14\.4/),
    });
    project.write('stacks/prepared/prod.json', preparedJson('v2.14.4'));
    const restored = { ...back, options: { runningVersion: 'v2.14.4', only: 'edge' } };
    expect(await up(project, NO_HARBOR, restored)).toMatchObject({ code: 0 });
  });

  it('is continued days later with the backup that it began with, while Harbor is down', async () => {
    const project = await begun();
    const file = join(project.directory, '.breakwater/up/prod/run.json');
    const old = (text: string): string => text.replaceAll(/\d{4}-\d\d-\d\d(?=T)/g, '2026-01-02');
    project.write('.breakwater/up/prod/run.json', old(readFileSync(file, 'utf8')));
    // Not a day older than a run that began at any time of the second.
    project.write('backups/prod/latest.json', backupJson({ takenAt: '2026-01-01T23:59:59Z' }));
    const only = { options: { only: 'harbor' } };
    expect(await up(project, NO_HARBOR, only)).toMatchObject({ code: 0 });
    // A Harbor that runs was pushed to since.
    expect(await up(project, sandbox.url, only)).toMatchObject({
      code: 6,
      err: expect.stringMatching(/\[backup\].* hours old/),
    });
  });
});

it('an upgrade that stopped before can go back by declaring the old version again', async () => {
  const project = upgradeProject();
  project.write('strike-before', lost('stacks/images apply'));
  expect(await upInChild(project, UPGRADE, optionsOf())).toMatchObject({ signal: 'SIGKILL' });
  project.write('prepared-by-host.json', preparedJson('v2.14.4'));
  const back = await up(project, sandbox.url, { deployment: { harborVersion: 'v2.14.4' } });
  expect(back).toMatchObject({ code: 0, err: expect.stringMatching(/to go back, declare v2\.14\.4 again/) });
  expect(existsSync(join(project.directory, '.breakwater/up/prod/run.json'))).toBe(false);
});

const UP = '.breakwater/up/prod';

describe('two runs on one environment', () => {
  it('are one after the other', async () => {
    const project = projectDouble();
    project.write('waits/images', '');
    const first = up(project, NO_HARBOR, { options: { only: 'images' } });
    await until(() => existsSync(join(project.directory, 'applying')));
    const refused = {
      code: 6,
      err: expect.stringMatching(/\[up-running\] another up works on this environment: pid \d+ runs since/),
    };
    expect(await up(project, NO_HARBOR, { options: { only: 'images' } })).toMatchObject(refused);
    expect(await up(project, NO_HARBOR, { options: { only: 'images', dryRun: true } })).toMatchObject(refused);
    expect(await up(project, NO_HARBOR, { options: { destroy: true } })).toMatchObject(refused);
    project.remove('waits/images');
    expect(await first).toMatchObject({ code: 0 });
    expect(await up(project, NO_HARBOR, { options: { only: 'images' } })).toMatchObject({ code: 0 });
  });

  it('if the other one is on another machine, the file to remove is named', async () => {
    const project = projectDouble();
    const other = {
      schemaVersion: 1,
      pid: 1,
      started: '1',
      host: 'elsewhere',
      boot: 'b',
      space: 's',
      since: '2026-11-28T03:14:15Z',
    };
    project.write('.breakwater/up/prod/lock.json', JSON.stringify(other));
    expect(await up(project, NO_HARBOR, { options: { only: 'images' } })).toMatchObject({
      code: 6,
      err: expect.stringMatching(
        /pid 1 on elsewhere since 2026-11-28 03:14 UTC; .*\n?.*rm \S*\.breakwater\/up\/prod\/lock\.json/,
      ),
    });
  });

  it('a program that outlived its run is waited for', async () => {
    const project = projectDouble();
    project.write(
      'strike-before',
      `case "$what" in *"stacks/images apply"*) rm strike-before; ${SPARED} until grep -q "\\"pid\\": $$," ${UP}/run.json; do sleep 0.1; done; kill -KILL $PPID; sleep 600 ;; esac\n`,
    );
    const killed = upInChild(project, UPGRADE, optionsOf({ only: 'images' }));
    const lock = join(project.directory, UP, 'lock.json');
    await until(() => existsSync(lock));
    const { pid: ofRun } = JSON.parse(readFileSync(lock, 'utf8')) as { pid: number };
    await until(() => hasEnded(ofRun));
    const { code, err } = await up(project, NO_HARBOR, { options: { only: 'images' } });
    const pid = Number(/its terraform still works \(pid (\d+)\)/.exec(err)?.[1]);
    expect({ code, err }).toEqual({
      code: 6,
      err: expect.stringMatching(/\[program-running\] the run of .* was killed/),
    });
    process.kill(-pgidOf(pid), 'SIGKILL');
    await killed;
    await until(() => hasEnded(pid));
    const again = await up(project, NO_HARBOR, { options: { only: 'images' } });
    expect({ code: again.code, err: again.err }).toEqual({ code: 0, err: expect.any(String) });
  });
});

describe('two checkouts that deploy to one host', () => {
  /** Both see the same directory of locks. */
  function checkouts(): { mine: ProjectDouble; theirs: ProjectDouble } {
    const [mine, theirs] = [projectDouble(), projectDouble()];
    mine.write('stacks/prepared/prod.json', preparedJson('v2.15.2'));
    mkdirSync(join(mine.directory, 'host'));
    chmodSync(join(mine.directory, 'host'), 0o1777);
    symlinkSync(join(mine.directory, 'host'), join(theirs.directory, 'host'));
    return { mine, theirs };
  }

  const images = { options: { only: 'images' } };

  it('wait for each other', async () => {
    const { mine, theirs } = checkouts();
    theirs.write('waits/images', '');
    const first = up(theirs, NO_HARBOR, { ...images, env: { USER: 'alice' } });
    await until(() => existsSync(join(theirs.directory, 'applying')));
    const refused = {
      code: 6,
      err: expect.stringMatching(
        /\[host-busy\] another up works on vm\.corp\.internal: alice@\S+, environment prod, since .* UTC[^]*Ctrl-C[^]*sudo kill \d+/,
      ),
    };
    expect(await up(mine, NO_HARBOR, images)).toMatchObject(refused);
    expect(await up(mine, NO_HARBOR, { options: { ...images.options, dryRun: true } })).toMatchObject(refused);
    expect(await up(mine, NO_HARBOR, { options: { destroy: true } })).toMatchObject(refused);
    expect(mine.started().filter((line) => !line.startsWith('ssh '))).toEqual([]);
    theirs.remove('waits/images');
    expect(await first).toMatchObject({ code: 0 });
    const { code, err } = await up(mine, NO_HARBOR, images);
    expect({ code, err }).toEqual({ code: 0, err: expect.not.stringMatching(/was killed/) });
  });

  it('a run that was killed frees the host, and the next one reports it', async () => {
    const { mine, theirs } = checkouts();
    theirs.write('strike-before', lost('stacks/images apply'));
    expect(await upInChild(theirs, UPGRADE, optionsOf({ only: 'images' }))).toMatchObject({ signal: 'SIGKILL' });
    const again = await up(mine, NO_HARBOR, images);
    expect(again).toMatchObject({
      code: 0,
      err: expect.stringMatching(/the last up on vm\.corp\.internal was killed or lost its connection: unknown@/),
    });
  });

  /** Ends the program on the host, and ssh with it, until the run has seen that. */
  const disconnect = (what: string, then = ''): string =>
    `case "$what" in *"${what}"*) rm -f strike-before; pid=$(sed 's/.*"pid": \\([0-9]*\\).*/\\1/' host/breakwater-up.json);
      ssh=$(cut -d' ' -f5 /proc/$pid/stat); kill -KILL -$ssh;
      for i in $(seq 600); do test -e /proc/$ssh || break; sleep 0.1; done; ${then} ;; esac\n`;

  it('a run that lost its connection takes the lock again before its next step', async () => {
    const { mine } = checkouts();
    mine.write('strike-before', disconnect('stacks/images apply'));
    const { code, err } = await up(mine, NO_HARBOR, { options: { from: 'images', to: 'harbor' } });
    expect({ code, err }).toEqual({ code: 0, err: expect.not.stringMatching(/was killed/) });
    const holds = mine.started().filter((line) => line.includes('--hold='));
    expect(holds).toHaveLength(2);
  });

  it('stops before its next step if another one took the host meanwhile', async () => {
    const { mine, theirs } = checkouts();
    theirs.write('waits/images', '');
    mine.write(
      'strike-before',
      disconnect(
        'stacks/images apply',
        'touch lost; for i in $(seq 600); do test ! -e goes-on || break; sleep 0.1; done',
      ),
    );
    const first = up(mine, NO_HARBOR, { options: { from: 'images', to: 'harbor' } });
    await until(() => existsSync(join(mine.directory, 'lost')));
    const second = up(theirs, NO_HARBOR, images);
    await until(() => existsSync(join(theirs.directory, 'applying')));
    mine.write('goes-on', '');
    expect(await first).toMatchObject({
      code: 6,
      err: expect.stringMatching(/stopped before harbor; earlier steps are done[^]*\[host-busy\]/),
    });
    theirs.remove('waits/images');
    expect(await second).toMatchObject({ code: 0 });
  });

  it('a host that cannot keep a lock is a note', async () => {
    const { mine } = checkouts();
    mine.write('no-lock', 'sh: 1: exec: python3: not found');
    const { code, err } = await up(mine, NO_HARBOR, images);
    expect({ code, err: err.replace(/\s+/g, ' ') }).toEqual({
      code: 0,
      err: expect.stringContaining('no lock on vm.corp.internal (sh: 1: exec: python3: not found): a run from another'),
    });
  });
});

/** Gone, or a zombie that waits for its parent: a signal is sent at once and works a little later. */
function hasEnded(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return ['Z', 'X'].includes(stat.slice(stat.lastIndexOf(')') + 2)[0]!);
  } catch {
    return true;
  }
}

function pgidOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
}

it('starts nothing if it cannot record what it does', async () => {
  const project = projectDouble();
  const record = '.breakwater/up/prod/run.json';
  project.write(`${record}/x`, '');
  const refused = await up(project, NO_HARBOR, { options: { only: 'images' } });
  expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/run\.json is not a regular file/) });
  expect(project.started().filter((line) => !line.startsWith('ssh '))).toEqual([]);
  project.remove(record);
  expect(await up(project, NO_HARBOR, { options: { only: 'images' } })).toMatchObject({ code: 0 });
});
