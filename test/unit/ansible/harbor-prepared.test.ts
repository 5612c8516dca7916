import { createHash, createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inPython } from './python';

interface Result {
  readonly changed: boolean;
  readonly services: Readonly<Record<string, string>>;
  readonly created: readonly string[];
  readonly removed: readonly string[];
}

const uid = process.getuid!();
const FILES = [
  { from: 'config/core/env', to: 'env' },
  { from: 'config/core/app.conf', to: 'app.conf' },
  { from: 'config/trust-certificates', to: 'trust', optional: true },
];

describe('the directories of prepared files', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'prepared-'));
    mkdirSync(join(root, 'config/core'), { recursive: true });
    write('core/env', 'CORE_SECRET=a\nNO_PROXY=core,.local,127.0.0.1');
    write('core/app.conf', 'appname = Harbor\n');
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  const write = (path: string, content: string): void => {
    writeFileSync(join(root, 'config', path), content);
  };

  function converge(inUse: readonly string[] = [], files: readonly object[] = FILES, check = false): Promise<Result> {
    const params = {
      roots: { config: join(root, 'config') },
      dest: join(root, 'prepared'),
      key_file: join(root, 'key'),
      services: { core: { uid, files } },
      in_use: inUse,
    };
    return inPython('harbor_host/library/harbor_prepared.py', `m.converge(given["params"], given["check"])`, {
      params,
      check,
    }) as Promise<Result>;
  }

  it('are named by the keyed digest that the stacks put into labels', async () => {
    const { services } = await converge();
    const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
    const lines = [
      `app.conf\0${'0440'}\0${uid}:${uid}\0${sha256('appname = Harbor\n')}\n`,
      `env\0${'0400'}\0${uid}:${uid}\0${sha256('CORE_SECRET=a\nNO_PROXY=.local,127.0.0.1,core')}\n`,
    ];
    const key = readFileSync(join(root, 'key'));
    expect(key).toHaveLength(32);
    expect(services['core']).toBe(createHmac('sha256', key).update(lines.join('')).digest('hex'));
  });

  it('have the modes that the containers need, and a trust directory although there is nothing in it', async () => {
    const directory = join(root, 'prepared/core', (await converge()).services['core']!);
    const modes = readdirSync(directory).map((name) => [
      name,
      (statSync(join(directory, name)).mode & 0o777).toString(8),
    ]);
    expect(Object.fromEntries(modes)).toEqual({ env: '400', 'app.conf': '440', trust: '755' });
  });

  it('are kept if nothing changed, or only the order of NO_PROXY', async () => {
    const first = await converge();
    write('core/env', 'CORE_SECRET=a\nNO_PROXY=127.0.0.1,core,.local');
    expect(await converge()).toEqual({ changed: false, services: first.services, created: [], removed: [] });
  });

  it('are kept as long as a container mounts them', async () => {
    const old = join(root, 'prepared/core', (await converge()).services['core']!);
    write('core/env', 'CORE_SECRET=b\n');
    expect(await converge([join(old, 'env')])).toMatchObject({ created: ['core'], removed: [] });
    expect(await converge()).toMatchObject({ changed: true, created: [], removed: [old] });
  });

  it('are not made in check mode', async () => {
    expect(await converge([], FILES, true)).toMatchObject({ changed: true, created: ['core'] });
    expect(readdirSync(root)).toEqual(['config']);
  });

  it('contain one value of an env file, without the end of its line', async () => {
    write('core/env', 'OTHER=1\nPOSTGRES_PASSWORD=dbp$w=1"#2\n');
    const files = [{ from: 'config/core/env', value: 'POSTGRES_PASSWORD', to: 'password' }];
    const path = join(root, 'prepared/core', (await converge([], files)).services['core']!, 'password');
    expect(readFileSync(path, 'utf8')).toBe('dbp$w=1"#2');
  });

  it.each([
    ['a file is missing', { from: 'config/core/key', to: 'key' }, /No such file/],
    [
      'a value is missing',
      { from: 'config/core/env', value: 'POSTGRES_PASSWORD', to: 'password' },
      /no POSTGRES_PASSWORD/,
    ],
  ])('are not made if %s', async (_, file, message) => {
    await expect(converge([], [file])).rejects.toThrow(message);
    expect(readdirSync(root)).not.toContain('prepared');
  });
});
