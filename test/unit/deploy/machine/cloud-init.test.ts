import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { cloudInit } from '../../../../src/deploy/machine';

interface Document {
  readonly users: { name: string; groups: string[]; ssh_authorized_keys: string[] }[];
  readonly packages: string[];
  readonly ssh_pwauth: boolean;
  readonly write_files: { path: string; content: string; permissions?: string }[];
  readonly runcmd: string[][];
}

const text = cloudInit({ user: 'deploy', sshKeys: ['ssh-ed25519 AAAA ops'], dataVolume: '/data' });
const document = parse(text) as Document;

describe('cloudInit', () => {
  it('is a cloud-config with the deploy user, its keys, Docker and unattended upgrades', () => {
    expect(text.split('\n')[0]).toBe('#cloud-config');
    expect(document.users).toEqual([
      expect.objectContaining({
        name: 'deploy',
        groups: ['docker', 'sudo'],
        ssh_authorized_keys: ['ssh-ed25519 AAAA ops'],
      }),
    ]);
    expect(document.packages).toEqual(expect.arrayContaining(['docker.io', 'python3', 'unattended-upgrades']));
    expect(document.ssh_pwauth).toBe(false);
    expect(document.write_files[0]!.content).toContain('MaxStartups 50:30:100');
  });

  it('starts no container before the data disk is mounted', () => {
    const unit = document.write_files.find(({ path }) => path.includes('docker.service.d'))!;
    expect(unit.path).toMatch(/^\/etc\/systemd\/system\/docker\.service\.d\/[^/]+\.conf$/);
    expect(unit.content).toBe('[Unit]\nRequiresMountsFor=/data\n');
  });

  it('stays below what providers take as user data, 16 KiB', () => {
    expect(Buffer.byteLength(text)).toBeLessThan(16 * 1024);
  });

  it('is the same for the same input', () => {
    expect(cloudInit({ user: 'deploy', sshKeys: ['ssh-ed25519 AAAA ops'], dataVolume: '/data' })).toBe(text);
  });
});

/** The script itself, with doubles of the programs that need a machine. */
describe('the script that mounts the data disk', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'breakwater-mount-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const script = document.write_files.find(({ path }) => path.includes('mount-harbor-data'))!;

  function double(name: string, body: string): void {
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(folder, name), 0o755);
  }

  /** @param disks lsblk's names of type disk, @param blkid what `blkid -p` exits with for each */
  function run(
    disks: readonly string[],
    labelled: string,
    blkid: string,
  ): { status: number | null; calls: string; stderr: string } {
    const log = join(folder, 'calls');
    double('lsblk', `case "$*" in *NAME,TYPE*) printf '%s disk\\n' ${disks.join(' ')} ;; *) echo one ;; esac`);
    double('blkid', `case $1 in -L) [ -z "${labelled}" ] || echo ${labelled} ;; -p) ${blkid} ;; esac`);
    for (const name of ['mkfs.ext4', 'mount', 'systemctl']) double(name, `echo ${name} "$@" >>${log}`);
    double('mountpoint', 'exit 1');
    double('sleep', 'exit 0');
    const target = join(folder, 'data');
    const fstab = join(folder, 'fstab');
    writeFileSync(fstab, '');
    const body = script.content.replaceAll('/etc/fstab', fstab).replace("target='/data'", `target='${target}'`);
    const { status, stderr } = spawnSync('sh', ['-c', body], {
      env: { PATH: `${folder}:${process.env['PATH'] ?? ''}` },
      encoding: 'utf8',
    });
    return { status, stderr, calls: existsSync(log) ? readFileSync(log, 'utf8') : '' };
  }

  /** The fstab has to be read again before docker.service can wait for the mount. */
  const mounted = () => `systemctl daemon-reload\nmount ${folder}/data\n`;

  it('is valid for sh, and is run at the first boot', () => {
    execFileSync('sh', ['-n'], { input: script.content });
    expect(script.permissions).toBe('0755');
    expect(document.runcmd).toContainEqual([script.path]);
  });

  it('formats the one empty disk, and mounts it by its label', () => {
    const { status, calls } = run(['/dev/sda', '/dev/sdb'], '', 'case $2 in */sdb) exit 2 ;; *) exit 0 ;; esac');
    expect(status).toBe(0);
    expect(calls).toBe(`mkfs.ext4 -q -L harbor-data /dev/sdb\n${mounted()}`);
    expect(readFileSync(join(folder, 'fstab'), 'utf8')).toContain(
      `LABEL=harbor-data ${folder}/data ext4 defaults,nofail`,
    );
  });

  it('never formats a disk that has the label: it is the data of another machine’s life', () => {
    const { status, calls } = run(['/dev/sdb'], '/dev/sdb', 'exit 0');
    expect({ status, calls }).toEqual({ status: 0, calls: mounted() });
  });

  it('stops if several disks are possible, or none', () => {
    const several = run(['/dev/sdb', '/dev/sdc'], '', 'exit 2');
    expect(several).toMatchObject({ status: 1, calls: '', stderr: expect.stringContaining('several empty disks') });
    const none = run(['/dev/sda'], '', 'exit 0');
    expect(none).toMatchObject({
      status: 1,
      calls: '',
      stderr: expect.stringContaining('no data disk after five minutes'),
    });
  });
});
