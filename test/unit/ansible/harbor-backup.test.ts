import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { inPython, PYTHON } from './python';

const PROGRAM = join(__dirname, '../../../ansible/roles/harbor_backup/files/harbor_backup.py');

describe('harbor-backup', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'backup-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  const call = (expression: string, given: unknown): Promise<unknown> =>
    inPython('harbor_backup/files/harbor_backup.py', expression, given);

  function packed(name: string, files: Readonly<Record<string, string>>): string {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, name, path)), { recursive: true });
      writeFileSync(join(root, name, path), content);
    }
    const archive = join(root, `${name}.tar`);
    execFileSync('tar', ['-C', root, '-cf', archive, name]);
    return archive;
  }

  const hex = createHash('sha256').update('a layer').digest('hex');
  const blob = `docker/registry/v2/blobs/sha256/${hex.slice(0, 2)}/${hex}/data`;

  it('takes a registry whose blobs have the digests of their names', async () => {
    const archive = packed('registry', { [blob]: 'a layer', 'docker/registry/v2/repositories/a/link': 'sha256:0' });
    expect(await call('m.verify_registry(None, given)', archive)).toBeNull();
  });

  it('refuses one with a corrupt blob', async () => {
    const archive = packed('registry', { [blob]: 'a lawyer' });
    await expect(call('m.verify_registry(None, given)', archive)).rejects.toThrow(
      'does not have the digest in its name',
    );
  });

  it.each([
    ['with a secretkey', { 'keys/secretkey': '0123456789abcdef' }, true],
    ['without one', { 'core/private_key.pem': 'key' }, false],
    ['with one that is cut', { 'keys/secretkey': '0123456' }, false],
  ])('secrets %s', async (_, files, good) => {
    const verified = call('m.verify_secret(None, given)', packed('secret', files));
    if (good) expect(await verified).toBeNull();
    else await expect(verified).rejects.toThrow('secretkey is missing or does not have 16 characters');
  });

  it.each([
    [1, ['20260103T000000Z']],
    [2, ['20260102T000000Z', '20260103T000000Z']],
    [7, ['20260101T000000Z', '20260102T000000Z', '20260103T000000Z']],
  ])('keeps %i', async (keep, kept) => {
    const others = ['20260104T000000Z.partial', 'mine'];
    for (const day of [1, 2, 3]) mkdirSync(join(root, `2026010${day}T000000Z`));
    for (const name of others) mkdirSync(join(root, name));
    await call('m.prune(given["root"], given["keep"])', { root, keep });
    expect(readdirSync(root).sort()).toEqual([...kept, ...others]);
  });

  describe('its read-only window', () => {
    interface Run {
      readonly before?: boolean;
      /** A run that was killed has left its mark. */
      readonly mark?: boolean;
      /** What the double does when the database is dumped. */
      readonly dump?: string;
      /** How often Harbor does not answer when it is to take writes again. */
      readonly deaf?: number;
      readonly version?: string;
      readonly args?: readonly string[];
    }

    // Harbor's configuration is a file; `asked` holds what was put.
    const dockerDouble = ({
      dump,
      deaf,
      version,
    }: Required<Pick<Run, 'dump' | 'deaf' | 'version'>>): string => `#!/bin/sh
cd ${root}
case "$*" in
  *curl*) asked=$(cat) ;;
  *) ${dump} ;;
esac
case $asked in
  *systeminfo*) echo '{"harbor_version": "${version}"}' ;;
  *PUT*true*) echo true >state; echo on >>asked ;;
  *PUT*) echo off >>asked; [ $(grep -c off asked) -gt ${deaf} ] || { echo 'curl: (7) no answer' >&2; exit 7; }; echo false >state ;;
  *) printf '{"read_only": {"value": %s}}' "$(cat state)" ;;
esac
`;

    function run(given: Run): { status: number | null; stderr: string; asked: string; left: string[]; state: string } {
      const {
        before = false,
        mark = false,
        dump = "echo 'pg_dump: connection refused' >&2; exit 1",
        args = [],
      } = given;
      const directory = join(root, 'backups');
      mkdirSync(directory, { recursive: true });
      const docker = join(root, 'docker-double');
      const { deaf = 0, version = 'v2.15.2-080b8c32' } = given;
      writeFileSync(docker, dockerDouble({ dump, deaf, version }), { mode: 0o755 });
      writeFileSync(join(root, 'state'), String(before));
      writeFileSync(join(root, 'asked'), '');
      if (mark) writeFileSync(join(directory, '.read-only'), '');
      writeFileSync(join(root, 'curl'), 'user = "admin:secret"');
      mkdirSync(join(root, 'data/secret/keys'), { recursive: true });
      writeFileSync(join(root, 'data/secret/keys/secretkey'), '0123456789abcdef');
      const config = { docker, coreContainer: 'core', databaseContainer: 'db', curlConfig: join(root, 'curl') };
      const directories = { secret: join(root, 'data') };
      const rest = { directory, database: true, directories, keep: 1, hostname: 'harbor.corp.example' };
      writeFileSync(join(root, 'config.json'), JSON.stringify({ ...config, ...rest }));
      const { status, stderr } = spawnSync(PYTHON, [PROGRAM, '--config', join(root, 'config.json'), ...args], {
        encoding: 'utf8',
      });
      const read = (name: string): string => readFileSync(join(root, name), 'utf8');
      const left = readdirSync(directory).filter((name) => name !== '.lock');
      return { status, stderr, left, asked: read('asked'), state: read('state').trim() };
    }

    it.each([
      ['is closed when the copy fails', false, false, 'on\noff\n'],
      ['is not closed where Harbor was read-only before', true, false, ''],
      ['is closed where a killed run left it open', true, true, 'on\noff\n'],
    ])('%s', (_, before, mark, asked) => {
      expect(run({ before, mark })).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('pg_dump: connection refused') as string,
        asked,
        // Neither a mark nor what has filled the disk.
        left: [],
      });
    });

    it('is closed when the run is stopped, also twice', () => {
      const dump = 'kill -TERM $PPID; sleep 0.2; kill -TERM $PPID; exec sleep 30';
      expect(run({ dump })).toMatchObject({ status: 143, asked: 'on\noff\n', state: 'false', left: [] });
    });

    it('is closed when Harbor responds again', () => {
      expect(run({ deaf: 1 })).toMatchObject({ asked: 'on\noff\noff\n', state: 'false', left: [] });
    });

    it('is closed by --end-window after a run that was killed', () => {
      const killed = run({ dump: 'kill -KILL $PPID; exit 1' });
      expect(killed).toMatchObject({ status: null, state: 'true' });
      expect(killed.left).toEqual(['.read-only', expect.stringMatching(/^\d{8}T\d{6}Z\.partial$/)]);
      expect(run({ before: true, args: ['--end-window'] })).toMatchObject({
        status: 0,
        asked: 'off\n',
        state: 'false',
      });
      expect(run({ before: true, args: ['--end-window'] })).toMatchObject({ status: 0, asked: '', state: 'true' });
    });

    it('records the version that wrote the data, not the declared one', () => {
      const good =
        'case "$*" in *--list*) echo \'1; 0 1 TABLE DATA public project postgres\' ;; *) echo rows ;; esac; exit 0';
      const { status, left } = run({ dump: good });
      expect({ status, left: left.length }).toEqual({ status: 0, left: 2 });
      const manifest = readFileSync(join(root, 'backups/latest/backup.json'), 'utf8');
      expect(JSON.parse(manifest)).toMatchObject({ harborVersion: 'v2.15.2', verified: true });
    });

    it('is not opened for a Harbor that is no release', () => {
      expect(run({ version: 'dev' })).toMatchObject({ status: 1, asked: '', left: [] });
    });

    it('is not a backup if the dump is truncated', () => {
      const cut = `case "$*" in
    *--list*) echo '1; 0 1 TABLE DATA public project postgres' ;;
    *pg_restore*) echo 'pg_restore: error: could not read from input file: end of file' >&2; exit 1 ;;
    esac; exit 0`;
      expect(run({ dump: cut })).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('end of file') as string,
        left: [],
      });
    });
  });

  it('refuses to fill a disk that has no room for one more', async () => {
    writeFileSync(join(root, 'layer'), '');
    truncateSync(join(root, 'layer'), 2 ** 42);
    const config = { directory: root, directories: { [basename(root)]: dirname(root) } };
    await expect(call('m.check_room(given)', config)).rejects.toThrow('one more backup needs 4096.0 GiB and the dump');
  });

  it('leaves out uploads that were not finished', async () => {
    const [upload, layer] = ['repositories/a/_uploads/1/data', 'repositories/a/_layers/link'];
    packed('registry', { [upload]: 'half', [layer]: 'sha256:0' });
    const path = join(root, 'backup: one.tar');
    await call('m.pack(given["root"], "registry", given["path"])', { root, path });
    const listed = execFileSync('tar', ['--force-local', '-tf', path], { encoding: 'utf8' });
    expect(listed).toContain(layer);
    expect(listed).not.toContain('_uploads');
  });
});
