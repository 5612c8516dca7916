import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDirectory, makeDirectorySync } from '../../src/make-directory';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'breakwater-directory-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ways: [string, (path: string, options?: { mode: number }) => Promise<void>][] = [
  ['makeDirectory', makeDirectory],
  ['makeDirectorySync', async (path, options) => makeDirectorySync(path, options)],
];

describe.each(ways)('%s', (_name, make) => {
  it('makes a folder and those above it, each with the mode', async () => {
    const path = join(folder, 'a', 'b', 'c');
    await make(path, { mode: 0o700 });
    for (const one of [path, join(folder, 'a')]) expect(statSync(one).mode & 0o777).toBe(0o700);
  });

  it('does not change an existing folder, also when several create it at once', async () => {
    const path = join(folder, 'a', 'b');
    await Promise.all([make(path), make(path), make(path)]);
    await make(path);
    expect(existsSync(path)).toBe(true);
  });

  it('is refused if a file is in the way', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(make(join(folder, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(make(join(folder, 'file', 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it('ends if the system makes no folders', async () => {
    expect(execFileSync('stat', ['-f', '-c', '%T', '/proc']).toString().trim()).toBe('proc');
    await expect(make('/proc/breakwater/report')).rejects.toThrow('no directory can be created at /proc/breakwater');
  });
});
