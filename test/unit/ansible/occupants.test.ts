import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inPython, PYTHON } from './python';

const FILE = 'harbor_host/files/occupants.py';

describe('a PostgreSQL that runs on the data', () => {
  const data = mkdtempSync(join(tmpdir(), 'breakwater-occupants-'));
  const database = join(data, 'database', 'pg15');
  const pidFile = join(database, 'postmaster.pid');
  let running: ChildProcess;

  beforeAll(() => {
    mkdirSync(database, { recursive: true });
    running = spawn('sleep', ['60'], { stdio: 'ignore' });
  });
  afterAll(() => {
    running.kill('SIGKILL');
    rmSync(data, { recursive: true, force: true });
  });

  /** The host has no Docker, so that nothing but the files and the processes speak. */
  function look(): unknown[] {
    const script = join(__dirname, '../../../ansible/roles', FILE);
    const asked = ['-B', script, `--data-volume=${data}`, '--docker=docker-is-not-here'];
    const { status, stdout, stderr } = spawnSync(PYTHON, asked, { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as unknown);
  }

  it('is found by its postmaster.pid', () => {
    writeFileSync(pidFile, `${running.pid}\n${database}\n`);
    expect(look()).toEqual([
      { kind: 'database', directory: database, pid: running.pid, why: 'its postmaster.pid is live' },
    ]);
  });

  it('is found by its working directory if the file has the number of a container', () => {
    const inside = spawn('sleep', ['60'], { stdio: 'ignore', cwd: database });
    writeFileSync(pidFile, '1\n');
    const found = look();
    inside.kill('SIGKILL');
    expect(found).toMatchObject([{ kind: 'database', pid: inside.pid }]);
  });

  it.each([
    ['a number that no process has', '4194304\n'],
    ['no number', 'postmaster\n'],
    ['nothing', ''],
    ['the number of the first process, as a stopped container leaves it', '1\n'],
  ])('is not seen in a file with %s', (_what, text) => {
    writeFileSync(pidFile, text);
    expect(look()).toEqual([]);
  });

  it('is not seen without a file', () => {
    rmSync(pidFile, { force: true });
    expect(look()).toEqual([]);
  });
});

it.each([
  ['goharbor/harbor-db:v2.12.2', true],
  ['docker.io/goharbor/prepare:v2.15.2', true],
  [`mirror.corp:5000/cache/harbor-core@sha256:${'a'.repeat(64)}`, true],
  ['corp/redis-photon', true],
  ['bitnami/harbor-registryctl:2', true],
  ['redis:7', false],
  ['corp/harbor-corer:1', false],
  ['corp/my-harbor-core:1', false],
  ['traefik:v3.7.9', false],
])('%s is an image of Harbor: %s', async (image, expected) => {
  expect(await inPython(FILE, 'bool(m.HARBOR_IMAGE.search(given))', image)).toBe(expected);
});

it('sees through a symbolic link to the data', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-occupants-'));
  try {
    mkdirSync(join(folder, 'disk/database'), { recursive: true });
    symlinkSync(join(folder, 'disk'), join(folder, 'data'));
    const below = (path: string): Promise<unknown> =>
      inPython(FILE, 'm.lies_below(given[0], given[1])', [join(folder, path), join(folder, 'data')]);
    const found = await Promise.all(['disk/database', 'data', 'disk/gone', 'other'].map(below));
    expect(found).toEqual([true, true, true, false]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
