import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CATALOGUE, catalogue } from '../../../src/conformance';

const ROOT = join(__dirname, '../../../src/conformance');

/** Every file that holds a check, with the id that it declares. */
const FILES = ['checks', 'scenarios'].flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name !== 'index.ts')
    .flatMap((name) => {
      const [, id] = /^ {2}id: '([A-Z]\d+[a-z]?)',$/m.exec(readFileSync(join(ROOT, folder, name), 'utf8')) ?? [];
      return id === undefined ? [] : [{ name, id }];
    }),
);

const numbered = (letter: string, last: number): string[] =>
  Array.from({ length: last }, (_none, at) => `${letter}${at + 1}`);

const SCENARIOS = numbered('S', 15).flatMap((id) => (id === 'S4' ? ['S4a', 'S4b', 'S4c'] : [id]));
const FRONT = [...numbered('T', 6), ...numbered('A', 8)];
const SERVED = [...numbered('M', 12), ...numbered('B', 7), ...numbered('D', 6)];
const GUARDED = [...numbered('W', 3), ...numbered('V', 5), 'X1'];

it.each([...FRONT, ...SERVED, ...GUARDED, ...SCENARIOS])(
  '%s has exactly one file, named after it, and is in the catalogue once',
  (id) => {
    const own = FILES.filter((file) => file.id === id);
    expect(own.map(({ name }) => name)).toEqual([expect.stringMatching(new RegExp(`^${id.toLowerCase()}-`))]);
    expect(CATALOGUE.filter((check) => check.id === id)).toHaveLength(1);
  },
);

it('contains every file exactly once', () => {
  const ids = CATALOGUE.map(({ id }) => id);
  expect([...ids].sort()).toEqual(FILES.map(({ id }) => id).sort());
  expect(new Set(ids).size).toBe(ids.length);
});

it.each(catalogue().map((entry) => [entry.id, entry] as const))('%s describes itself completely', (_id, entry) => {
  expect(Object.entries(entry).filter(([, words]) => String(words).trim() === '')).toEqual([]);
});
