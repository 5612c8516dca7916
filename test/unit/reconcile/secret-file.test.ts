import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ApplyError } from '../../../src/errors';
import type { SecretDelivery } from '../../../src/kinds/kind';
import { checkSecretFile, writeSecretFile } from '../../../src/reconcile/secret-file';

const delivery: SecretDelivery = {
  robot: 'proxy+puller',
  file: 'secrets/puller.json',
  as: 'plain',
  username: 'robot$proxy+puller',
  secret: 'Canary-5eCr3t',
  name: 'puller',
};
const auth = Buffer.from('robot$proxy+puller:Canary-5eCr3t').toString('base64');
const config = {
  auths: { 'harbor.example.com:8443': { username: delivery.username, password: delivery.secret, auth } },
};

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'breakwater-'));
});
afterEach(() => rm(directory, { recursive: true }));

const write = (over: Partial<SecretDelivery> = {}): Promise<string> =>
  writeSecretFile({ ...delivery, ...over }, { directory, registry: 'harbor.example.com:8443' });

describe('writeSecretFile', () => {
  it.each<[SecretDelivery['as'], (text: string) => unknown, unknown]>([
    ['plain', (text) => text, 'Canary-5eCr3t\n'],
    ['dockerconfigjson', (text) => JSON.parse(text) as unknown, config],
    [
      'kubernetes-secret',
      (text) => {
        const { data, ...rest } = parse(text) as { data: Record<string, string> };
        return { ...rest, config: JSON.parse(Buffer.from(data['.dockerconfigjson']!, 'base64').toString()) as unknown };
      },
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'puller' },
        type: 'kubernetes.io/dockerconfigjson',
        config,
      },
    ],
  ])('writes %s', async (as, read, expected) => {
    const file = await write({ as });
    expect(read(await readFile(file, 'utf8'))).toEqual(expected);
  });

  it('lets only their owner read file and folder, also over a file that everybody could read', async () => {
    await chmod(await write(), 0o644);
    const file = await write();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(directory, 'secrets'))).mode & 0o777).toBe(0o700);
    expect(await readdir(join(directory, 'secrets'))).toEqual(['.puller.json.breakwater', 'puller.json']);
  });

  it('leaves no trace of the secret next to it', async () => {
    await write();
    const mark = await readFile(join(directory, 'secrets/.puller.json.breakwater'), 'utf8');
    expect(mark).not.toContain(delivery.secret);
    expect((await stat(join(directory, 'secrets/.puller.json.breakwater'))).mode & 0o777).toBe(0o600);
  });

  it.each<[string, () => Promise<void>, Partial<SecretDelivery>]>([
    ['a link', () => symlink(join(directory, 'target'), join(directory, 'link')), { file: 'link' }],
    ['a folder', async () => void (await mkdir(join(directory, 'folder'))), { file: 'folder' }],
    ['a path that leads out', async () => {}, { file: '../puller.json' }],
    ['an absolute path', async () => {}, { file: join(tmpdir(), 'puller.json') }],
    [
      'a path that leads out through a link',
      () => symlink(tmpdir(), join(directory, 'out')),
      { file: 'out/puller.json' },
    ],
  ])('does not write to %s, and does not reveal the secret', async (_case, prepare, over) => {
    await prepare();
    const error = await write(over).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApplyError);
    expect(String(error)).not.toContain(delivery.secret);
  });
});

describe('what is in the file already', () => {
  const file = (): string => join(directory, 'a.yaml');
  const check = (robot = delivery.robot): Promise<void> =>
    checkSecretFile('a.yaml', robot, { directory, registry: 'harbor.example.com:8443' });

  it.each(['projects: { p: {} }\n', '{"auths":{"other":{"username":"robot$proxy+other"}}}', '\u0000'.repeat(9)])(
    'stays if someone else wrote it: %j',
    async (text) => {
      await writeFile(file(), text);
      await expect(check()).rejects.toThrow(/a\.yaml: the file was not written by breakwater/);
      await expect(write({ file: 'a.yaml' })).rejects.toThrow(ApplyError);
      expect(await readFile(file(), 'utf8')).toBe(text);
      expect(await readdir(directory)).toEqual(['a.yaml']);
    },
  );

  it.each<SecretDelivery['as']>(['plain', 'dockerconfigjson', 'kubernetes-secret'])(
    'is written again where it is ours, as %s',
    async (as) => {
      await write({ file: 'a.yaml', as });
      await check();
      await write({ file: 'a.yaml', as, secret: 'Another-5eCr3t' });
      await check();
    },
  );

  it.each<SecretDelivery['as']>(['dockerconfigjson', 'kubernetes-secret'])(
    'is recognized as %s of the same robot also without the mark, with any prefix',
    async (as) => {
      await write({ file: 'a.yaml', as, username: 'bot$proxy+puller' });
      await rm(join(directory, '.a.yaml.breakwater'));
      await check();
      await expect(check('puller2')).rejects.toThrow(/was not written by breakwater/);
    },
  );

  it('stays if someone changed it after us', async () => {
    await write({ file: 'a.yaml' });
    await writeFile(file(), 'changed by hand\n');
    await expect(check()).rejects.toThrow(/was not written by breakwater/);
  });

  it('may be empty', async () => {
    await check();
    await writeFile(file(), '');
    await check();
  });

  it('makes no folder if the path leads out', async () => {
    await symlink(tmpdir(), join(directory, 'out'));
    const path = 'out/breakwater-not-made/puller.json';
    await expect(checkSecretFile(path, 'puller', { directory, registry: 'r' })).rejects.toThrow(/leads out of/);
    await expect(stat(join(tmpdir(), 'breakwater-not-made'))).rejects.toThrow(/ENOENT/);
  });
});
