import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inPython } from './python';

const PROGRAM = join(__dirname, '../../../ansible/roles/harbor_backup/files/harbor_backup.py');

describe('harbor-backup', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'backup-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  const call = (expression: string, given: unknown): unknown =>
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

  it('takes a registry whose blobs have the digests of their names', () => {
    const archive = packed('registry', { [blob]: 'a layer', 'docker/registry/v2/repositories/a/link': 'sha256:0' });
    expect(call('m.verify_registry(None, given)', archive)).toBeNull();
  });

  it('refuses one with a blob that rotted', () => {
    const archive = packed('registry', { [blob]: 'a lawyer' });
    expect(() => call('m.verify_registry(None, given)', archive)).toThrow(
      'does not have the digest that it is named by',
    );
  });

  it.each([
    ['with a secretkey', { 'keys/secretkey': '0123456789abcdef' }, true],
    ['without one', { 'core/private_key.pem': 'key' }, false],
    ['with one that is cut', { 'keys/secretkey': '0123456' }, false],
  ])('secrets %s', (_, files, good) => {
    const verify = (): unknown => call('m.verify_secret(None, given)', packed('secret', files));
    if (good) expect(verify()).toBeNull();
    else expect(verify).toThrow('secretkey is missing or has not 16 characters');
  });

  it.each([
    [1, ['20260103T000000Z']],
    [2, ['20260102T000000Z', '20260103T000000Z']],
    [7, ['20260101T000000Z', '20260102T000000Z', '20260103T000000Z']],
  ])('keeps %i', (keep, kept) => {
    const others = ['20260104T000000Z.partial', 'mine'];
    for (const day of [1, 2, 3]) mkdirSync(join(root, `2026010${day}T000000Z`));
    for (const name of others) mkdirSync(join(root, name));
    call('m.prune(given["root"], given["keep"])', { root, keep });
    expect(readdirSync(root).sort()).toEqual([...kept, ...others]);
  });

  describe('its read-only window', () => {
    // The database cannot be dumped; Harbor's configuration is a file.
    const dockerDouble = (state: string, log: string): string => `#!/bin/sh
case "$*" in
  *curl*) asked=$(cat) ;;
  *) echo 'pg_dump: connection refused' >&2; exit 1 ;;
esac
case $asked in
  *PUT*true*) echo true >${state}; echo on >>${log} ;;
  *PUT*) echo false >${state}; echo off >>${log} ;;
  *) printf '{"read_only": {"value": %s}}' "$(cat ${state})" ;;
esac
`;

    function failedBackup(before: boolean, mark: boolean): { status: number | null; stderr: string; written: string } {
      const directory = join(root, 'backups');
      mkdirSync(directory);
      const [docker, state, log] = [join(root, 'docker-double'), join(root, 'state'), join(root, 'log')];
      writeFileSync(docker, dockerDouble(state, log), { mode: 0o755 });
      writeFileSync(state, String(before));
      writeFileSync(log, '');
      if (mark) writeFileSync(join(directory, '.read-only'), '');
      writeFileSync(join(root, 'curl'), 'user = "admin:secret"');
      const config = { docker, coreContainer: 'core', databaseContainer: 'db', curlConfig: join(root, 'curl') };
      const rest = { directory, database: true, directories: { secret: root }, keep: 1 };
      writeFileSync(join(root, 'config.json'), JSON.stringify({ ...config, ...rest }));
      const { status, stderr } = spawnSync('python3', [PROGRAM, '--config', join(root, 'config.json')], {
        encoding: 'utf8',
      });
      expect(readdirSync(directory)).not.toContain('.read-only');
      return { status, stderr, written: readFileSync(log, 'utf8') };
    }

    it.each([
      ['is closed when the copy fails', false, false, 'on\noff\n'],
      ['is not closed where Harbor was read-only before', true, false, ''],
      ['is closed where a killed run left it open', true, true, 'on\noff\n'],
    ])('%s', (_, before, mark, written) => {
      expect(failedBackup(before, mark)).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('pg_dump: connection refused') as string,
        written,
      });
    });
  });
});
