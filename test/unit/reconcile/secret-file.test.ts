import { mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ApplyError } from '../../../src/errors';
import type { SecretDelivery } from '../../../src/kinds/kind';
import { writeSecretFile } from '../../../src/reconcile/secret-file';

const delivery: SecretDelivery = {
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

  it('keeps file and folder to their owner, also over a file that was open to all', async () => {
    await mkdir(join(directory, 'secrets'), { mode: 0o700 });
    await writeFile(join(directory, 'secrets/puller.json'), 'old', { mode: 0o644 });
    const file = await write();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(directory, 'secrets'))).toEqual(['puller.json']);
  });

  it.each<[string, () => Promise<void>, Partial<SecretDelivery>]>([
    ['a link', () => symlink(join(directory, 'target'), join(directory, 'link')), { file: 'link' }],
    ['a folder', async () => void (await mkdir(join(directory, 'folder'))), { file: 'folder' }],
    ['a path that leads out', async () => {}, { file: '../puller.json' }],
    [
      'a path that leads out through a link',
      () => symlink(tmpdir(), join(directory, 'out')),
      { file: 'out/puller.json' },
    ],
  ])('does not write to %s, and does not tell the secret', async (_case, prepare, over) => {
    await prepare();
    const error = await write(over).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApplyError);
    expect(String(error)).not.toContain(delivery.secret);
  });
});
