import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDeclaration } from '../../../src/declaration/load';
import { kinds } from '../../../src/kinds';
import type { RegistryType } from '../../../src/kinds/support/registry-type';
import { REGISTRY_TYPES } from '../../../src/kinds/support/registry-types';

const guide = readFileSync(join(__dirname, '../../../docs/guides/registries.md'), 'utf8');
/** Cells of the guide's tables, however wide the formatter made them. */
const rows = guide
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));

const escaped = (text: string): string => text.replace(/[|<*_]/g, '\\$&');

function rowOf(type: string, { title, proxies, url, account }: RegistryType): string[] {
  const key = `${escaped(account.access_key)}${account.needed ? ' (required)' : ''}`;
  return [
    '',
    `\`${type}\``,
    title,
    proxies ? 'yes' : 'no',
    escaped(url.expected),
    key,
    escaped(account.access_secret),
    '',
  ];
}

it.each(Object.entries(REGISTRY_TYPES))('the guide contains the url and account of %s', (type, known) => {
  expect(rows).toContainEqual(rowOf(type, known));
});

it('shows examples in which validate finds nothing', async () => {
  const examples = [...guide.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml]) => yaml!);
  expect(examples.length).toBeGreaterThan(1);
  for (const yaml of examples) {
    const directory = mkdtempSync(join(tmpdir(), 'breakwater-guide-'));
    try {
      writeFileSync(join(directory, 'policies.yaml'), yaml);
      expect((await loadDeclaration({ directory, kinds })).diagnostics).toEqual([]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  }
});
