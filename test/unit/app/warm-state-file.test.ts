import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStateFile } from '../../../src/app/warm/state-file';
import { UsageError } from '../../../src/errors';

const directory = (): string => mkdtempSync(join(tmpdir(), 'breakwater-'));

describe('the state file of warm', () => {
  it.each([
    ['is missing', undefined, 'a\nb\n'],
    ['has complete lines', 'x\n', 'x\na\nb\n'],
    ['ends in a part of a line', 'x\n{"har', 'x\n{"har\na\nb\n'],
  ])('that %s is continued with whole lines', async (_case, before, after) => {
    const file = join(directory(), 'state.jsonl');
    if (before !== undefined) writeFileSync(file, before);
    const state = await openStateFile(file);
    expect(state.text).toBe(before ?? '');
    state.append('a');
    state.append('b');
    expect(readFileSync(file, 'utf8')).toBe(after);
  });

  it('that cannot be read or written is reported, and not taken for an empty one', async () => {
    const folder = directory();
    await expect(openStateFile(folder)).rejects.toThrow(UsageError);
    const state = await openStateFile(join(folder, 'missing', 'state.jsonl'));
    expect(() => state.append('a')).toThrow(/^the state file .* cannot be written: /);
  });
});
