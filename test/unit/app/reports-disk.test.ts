import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareReports } from '../../../src/app/reports';
import { ownCause } from '../../../src/conformance/cause/own-error';
import { diskFault } from '../../../src/outside/disk-fault';

const failed = (code: string, more: object = {}): Error =>
  Object.assign(new Error(`${code}: failed`), { code, ...more });

describe('a disk of this machine', () => {
  it.each([
    ['ENOSPC', 'this machine has no space left on its disk', /free space/],
    ['EROFS', 'this machine has a read-only file system there', /mount it writable/],
    ['EMFILE', 'this machine allows no more open files', /ulimit/],
  ])('that fails with %s is no bug of ours and no fault of Harbor', (code, words, action) => {
    expect(ownCause(failed(code))).toMatchObject({
      kind: 'own-disk',
      party: 'this machine',
      words,
      whatToDo: expect.stringMatching(action),
    });
  });

  it('is not what refuses a connection', () => {
    expect(diskFault(failed('EACCES', { address: '10.0.0.1' }))).toBeUndefined();
    expect(diskFault(failed('ECONNREFUSED'))).toBeUndefined();
    expect(ownCause(failed('ECONNREFUSED'))).toMatchObject({ kind: 'internal-error' });
  });

  it('is tried before a run begins, and nothing is left behind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'breakwater-disk-'));
    try {
      await prepareReports(join(folder, 'out'));
      expect(readdirSync(join(folder, 'out'))).toEqual(['history']);
      writeFileSync(join(folder, 'file'), '');
      await expect(prepareReports(join(folder, 'file'))).rejects.toThrow(/no report can be written to .*file/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
