import { UsageError } from '../../../src/errors';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBoundedYaml } from '../../../src/app/bounded-yaml';
import { readFindings } from '../../../src/app/serve/scanner-findings';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bounded-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const BOMB = [
  'a: &a [x, x, x, x, x, x, x, x, x, x]',
  ...'bcdefg'.split('').map((name, i) => `${name}: &${name} [${Array(10).fill(`*${'abcdef'[i]}`).join(', ')}]`),
].join('\n');

it.each([
  ['nested too deeply', '['.repeat(1_000) + ']'.repeat(1_000), /too|more than 64 levels/],
  ['of aliases of aliases', BOMB, /alias/],
  ['too large', `a: ${'x'.repeat(2 << 20)}`, /is too large \(2\.1 MiB\)/],
  ['not YAML', 'a: [', /:1:\d+: /],
])('a file that is %s is refused before it is understood', async (_what, text, message) => {
  const file = join(directory, 'f.yaml');
  writeFileSync(file, text);
  await expect(readBoundedYaml(file, 'hint')).rejects.toThrow(UsageError);
  await expect(readFindings(file)).rejects.toThrow(message);
});

it('a file that is not there is named', async () => {
  await expect(readBoundedYaml(join(directory, 'no.yaml'), 'hint')).rejects.toThrow(
    /no\.yaml cannot be read: it does not exist/,
  );
});

it('any other text is returned unchanged', async () => {
  const file = join(directory, 'f.yaml');
  writeFileSync(file, 'listen: 127.0.0.1:0\n');
  expect(await readBoundedYaml(file, 'hint')).toBe('listen: 127.0.0.1:0\n');
});
