import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { referencePages } from '../scripts/reference/pages';
import { declarationOf } from '../scripts/reference/example';
import { fieldsOf } from '../scripts/reference/fields';
import { assembleSchema } from '../src/declaration/schema';
import { kinds } from '../src/kinds';
import { Ajv2020 } from 'ajv/dist/2020';

const DIRECTORY = resolve(__dirname, '..', 'docs', 'reference');

const examples = kinds.flatMap(({ placements }) =>
  placements.flatMap(({ path, example }) => (example ? [{ path, example }] : [])),
);

describe('docs/reference', () => {
  const pages = referencePages(kinds);

  it('holds a page for every kind, and no other', () => {
    expect(readdirSync(DIRECTORY).sort()).toEqual([...pages.keys()].sort());
  });

  it.each([...pages.keys()])('%s is as `npm run docs` writes it', (name) => {
    expect(readFileSync(join(DIRECTORY, name), 'utf8')).toBe(pages.get(name));
  });

  it('has examples that can be declared', () => {
    const validate = new Ajv2020({ strict: false }).compile(assembleSchema(kinds));
    const refused = examples
      .map(({ path, example }) => declarationOf(path, example))
      .filter((declaration) => !validate(declaration));
    expect(refused).toEqual([]);
    expect(examples.length).toBeGreaterThan(0);
  });

  it.each(kinds.map((kind) => [kind.name, kind] as const))("%s: Harbor's names are of fields it has", (_name, kind) => {
    const known = kind.placements.flatMap(({ schema }) => fieldsOf(schema).map(({ path }) => path));
    expect(Object.keys(kind.harborNames ?? {}).filter((field) => !known.includes(field))).toEqual([]);
  });
});

describe('the column of versions', () => {
  const rowOf = (page: string, field: string): string =>
    referencePages(kinds)
      .get(page)!
      .split('\n')
      .find((line) => line.startsWith(`| \`${field}\` |`))!;

  it.each([
    ['project.md', 'public', '| all |'],
    ['project.md', 'max_upstream_conn', '| since 2.14 |'],
    ['project.md', 'proxy_cache_local_on_not_found', '| since 2.15.1 |'],
    ['project.md', 'proxy_cache_filter_pattern', '| since 2.16 |'],
    ['registry.md', 'type', '| `quay` until 2.14, `gitlab` until 2.14, `dtr` until 2.14 |'],
  ])('%s, %s: %s', (page, field, expected) => {
    expect(rowOf(page, field)).toContain(expected);
  });

  it('stands beside every field', () => {
    const heads = [...referencePages(kinds).values()].flatMap((page) => page.match(/^\| field \|.*$/gm) ?? []);
    expect(heads.length).toBeGreaterThan(0);
    expect(heads.filter((head) => !head.includes('| Harbor |'))).toEqual([]);
  });
});

describe('fieldsOf', () => {
  const field = (schema: object): object[] => fieldsOf({ type: 'object', properties: { a: schema } });

  it.each([
    [
      { type: 'integer', minimum: 1, maximum: 10, default: 3 },
      { type: 'integer, 1 to 10', default: '3' },
    ],
    [{ type: 'string', maxLength: 8 }, { type: 'string, at most 8 characters' }],
    [{ enum: ['x', 1] }, { type: 'one of "x", 1' }],
    [{ type: 'array', items: { type: 'string' } }, { type: 'list of string' }],
    [{ oneOf: [{ const: 'none' }, { type: 'integer' }] }, { type: '"none" or integer' }],
    [{ type: ['string', 'object'] }, { type: 'string or object' }],
    [{ type: 'object', additionalProperties: { type: 'boolean' } }, { type: 'map of boolean' }],
    [{ properties: { env: {}, file: {}, command: {} } }, { type: 'secret reference' }],
    [{ type: 'boolean', description: 'words' }, { about: 'words' }],
  ])('%j', (schema, expected) => {
    expect(field(schema)).toEqual([expect.objectContaining({ path: 'a', ...expected })]);
  });

  it('goes down into objects, lists, maps and alternatives', () => {
    const inner = { type: 'object', properties: { b: { type: 'string' } }, required: ['b'] };
    const paths = [
      inner,
      { type: 'array', items: inner },
      { type: 'object', additionalProperties: inner },
      { oneOf: [{ const: 'none' }, inner] },
    ].map((schema) => field(schema).at(-1));
    expect(paths).toEqual(
      ['a.b', 'a[].b', 'a.*.b', 'a.b'].map((path) => expect.objectContaining({ path, required: true })),
    );
  });
});
