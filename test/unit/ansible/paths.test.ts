import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PYTHON } from './python';

const FILE = join(__dirname, '../../../ansible/roles/harbor_host/files/paths.py');

describe('what is on the host', () => {
  let folder: string;
  const at = (name: string): string => join(folder, name);
  const uid = process.getuid!();

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'breakwater-paths-'));
    writeFileSync(at('file'), 'text');
    writeFileSync(at('other'), 'text');
    mkdirSync(at('a directory'));
    symlinkSync(at('file'), at('link'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('is printed for each path, with a checksum where one was asked', () => {
    const names = ['file', 'other', 'a directory', 'link', 'absent', 'absent/below'];
    const asked = ['file', 'a directory', 'link', 'absent'];
    const given = (list: string[]): string => JSON.stringify(list.map(at));
    const said = execFileSync(PYTHON, [FILE, `--paths=${given(names)}`, `--sha256=${given(asked)}`], {
      encoding: 'utf8',
    });
    const found = JSON.parse(said) as Record<string, unknown>;
    const file = { exists: true, isdir: false, isreg: true, uid };
    expect(names.map((name) => found[at(name)])).toEqual([
      { ...file, sha256: createHash('sha256').update('text').digest('hex') },
      file,
      { exists: true, isdir: true, isreg: false, uid },
      { exists: true, isdir: false, isreg: false, uid },
      { exists: false },
      { exists: false },
    ]);
  });

  it('is an error if it cannot be known', () => {
    const below = at('file/below');
    const { status, stdout, stderr } = spawnSync(PYTHON, [FILE, `--paths=${JSON.stringify([at('file'), below])}`]);
    expect({ status, out: String(stdout), err: String(stderr) }).toEqual({
      status: 1,
      out: '',
      err: `${below}: Not a directory\n`,
    });
  });
});
