import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { judgeFit } from '../../../src/app/up/steps';
import { inPython, PYTHON } from './python';

const FILE = 'harbor_host/files/host_check.py';
type Fault = { readonly rule: string; readonly message: string; readonly hint: string };
const call = (expression: string, given: unknown): Promise<Fault[]> =>
  inPython(FILE, expression, given) as Promise<Fault[]>;
const rules = async (expression: string, given: unknown): Promise<string[]> =>
  (await call(expression, given)).map(({ rule }) => rule);

const release = (id: string, version: string): string =>
  `PRETTY_NAME="${id} ${version}"\nID=${id}\nVERSION_ID="${version}"\n`;

describe('the distribution', () => {
  it.each<[string, string, string, string[]]>([
    ['debian', '12', '', []],
    ['debian', '13', '', []],
    ['ubuntu', '22.04', '', []],
    ['ubuntu', '24.04', '', []],
    ['debian', '12', '1', ['selinux']],
    ['debian', '11', '', ['distribution']],
    ['ubuntu', '20.04', '', ['distribution']],
    ['rhel', '9.4', '1', ['distribution']],
    ['rocky', '9.4', '', ['distribution']],
    ['alpine', '3.20', '', ['distribution']],
  ])('%s %s (SELinux %j): %j', async (id, version, selinux, expected) => {
    expect(await rules('m.check_distribution(*given)', [release(id, version), selinux])).toEqual(expected);
  });

  it('of Red Hat is refused with the reason and another way', async () => {
    expect((await call('m.check_distribution(*given)', [release('almalinux', '9.4'), '']))[0]).toMatchObject({
      message: expect.stringMatching(/no Docker package, and SELinux/),
      hint: expect.stringMatching(/Debian 12 and 13, Ubuntu 22\.04 and 24\.04; .*cluster:/),
    });
  });
});

it.each<[string, string | null, string[]]>([
  ['x86_64', 'amd64', []],
  ['aarch64', 'amd64', ['architecture']],
  ['aarch64', 'arm64', []],
  ['aarch64', '', []],
])('a host of %s for images of %j: %j', async (machine, wanted, expected) => {
  expect(await rules('m.check_architecture(*given)', [machine, wanted])).toEqual(expected);
});

it.each<[number, number, string[]]>([
  [8 * 1024, 4480, []],
  [4480, 4480, []],
  [3900, 4480, []],
  [3500, 4480, ['memory']],
  [3900, 0, []],
])('%i MiB for limits of %i MiB: %j', async (mib, wanted, expected) => {
  expect(await rules('m.check_memory(*given)', [`MemTotal:       ${mib * 1024} kB\n`, wanted])).toEqual(expected);
});

it.each<[string | null, string, string | null, string[]]>([
  ['/usr/bin/docker', '/var/lib/docker', '28.2.2', []],
  ['/usr/bin/docker', '/var/lib/docker', '20.10.24+dfsg1', []],
  ['/usr/bin/docker', '/var/lib/docker', '19.03.15', ['docker-version']],
  ['/snap/bin/docker', '/var/lib/docker', '28.2.2', ['docker-snap']],
  ['/usr/bin/docker', '/var/snap/docker/common/var-lib-docker', '28.2.2', ['docker-snap']],
  [null, '/var/lib/docker', null, []],
])('docker %j on %s, version %j: %j', async (binary, root, version, expected) => {
  expect(await rules('m.check_docker(*given)', [binary, root, version])).toEqual(expected);
});

describe('the disk of the data', () => {
  const line = (target: string, kind: string): string =>
    `30 1 8:1 / ${target} rw,relatime shared:1 - ${kind} /dev/sdb1 rw`;
  const found =
    'm.check_mounts(given["paths"], m.mounts(given["info"]), given["fstab"], lambda target: target in given["units"])';
  const ask =
    (info: readonly string[], fstab = '', units: readonly string[] = []) =>
    () =>
      rules(found, { paths: ['/data', '/data/database'], info: info.join('\n'), fstab, units });

  it.each<[string, () => Promise<string[]>, string[]]>([
    ['the root file system', ask([line('/', 'ext4')]), []],
    [
      'a separate disk in fstab',
      ask([line('/', 'ext4'), line('/data', 'ext4')], 'LABEL=d /data ext4 defaults 0 2\n'),
      [],
    ],
    ['one with a unit', ask([line('/', 'ext4'), line('/data', 'xfs')], '', ['/data']), []],
    ['one that is mounted by hand', ask([line('/', 'ext4'), line('/data', 'ext4')], '# /data\n'), ['mount-not-kept']],
    [
      'one of the database alone, by hand',
      ask([line('/', 'ext4'), line('/data/database', 'ext4')]),
      ['mount-not-kept'],
    ],
    ['a ZFS dataset', ask([line('/', 'ext4'), line('/data', 'zfs')]), []],
    ['NFS', ask([line('/', 'ext4'), line('/data', 'nfs4')], 'nas:/d /data nfs4 defaults 0 0'), ['network-filesystem']],
    ['a name with a space', ask([line('/', 'ext4'), line('/da\\040ta', 'ext4')]), []],
  ])('%s', async (_what, given, expected) => {
    expect(await given()).toEqual(expected);
  });
});

it('is one program, whose lines up and Ansible read', () => {
  const script = join(__dirname, '../../../ansible/roles', FILE);
  const needs = {
    architecture: 'none',
    memory_mib: 999_999_999,
    volumes: [
      { name: 'data', path: '/nowhere/at/all', free: '900000TiB' },
      { name: 'docker', path: '', free: '0' },
    ],
  };
  const { status, stdout } = spawnSync(
    PYTHON,
    [script, `--needs=${JSON.stringify(needs)}`, '--docker=docker-is-not-here'],
    {
      encoding: 'utf8',
    },
  );
  expect(status).toBe(0);
  const problems = judgeFit(stdout, 'vm.corp.example').filter(
    ({ rule }) => !['distribution', 'selinux'].includes(rule),
  );
  expect(problems).toEqual([
    expect.objectContaining({ rule: 'architecture' }),
    expect.objectContaining({ rule: 'memory', hint: expect.stringContaining('harbor.limits') }),
    {
      rule: 'disk-space',
      message: expect.stringMatching(/^vm\.corp\.example: .* free for \/nowhere\/at\/all, and .* are required$/),
      hint: expect.stringContaining('host.free.data'),
    },
  ]);
});
