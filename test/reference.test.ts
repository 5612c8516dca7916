import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { editorSchemas, referencePages } from '../scripts/reference/pages';
import { declarationOf } from '../scripts/reference/example';
import { chart } from '../scripts/performance/chart';
import { performancePage } from '../scripts/performance/page';
import type { BenchReport } from '../scripts/performance/report';
import { clientsPages } from '../scripts/reference/clients-pages';
import { fieldsOf } from '../scripts/reference/fields';
import { assembleSchema } from '../src/declaration/schema/schema';
import { kinds } from '../src/kinds';
import type { Placement } from '../src/kinds/kind';
import { Ajv2020 } from 'ajv/dist/2020';

const DIRECTORY = resolve(__dirname, '..', 'docs', 'reference');

const examples = kinds.flatMap(({ placements }) =>
  placements.flatMap(({ path, example }) => (example ? [{ path, example }] : [])),
);

describe('docs/reference', () => {
  const pages = referencePages(kinds);

  it('contains a page for every kind, and no other', () => {
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

  it.each(kinds.map((kind) => [kind.name, kind] as const))(
    '%s: every name at Harbor is the one of an existing field',
    (_name, kind) => {
      const known = kind.placements.flatMap(({ schema }) => fieldsOf(schema).map(({ path }) => path));
      expect(Object.keys(kind.harborNames ?? {}).filter((field) => !known.includes(field))).toEqual([]);
    },
  );
});

describe('schemas', () => {
  const directory = resolve(__dirname, '..', 'schemas');
  const schemas = editorSchemas(kinds);

  it.each([...schemas.keys()])('%s is as `npm run docs` writes it', (name) => {
    expect(readdirSync(directory).sort()).toEqual([...schemas.keys()].sort());
    expect(readFileSync(join(directory, name), 'utf8')).toBe(schemas.get(name));
  });
});

describe('docs/clients', () => {
  const directory = resolve(__dirname, '..', 'docs', 'clients');
  const pages = clientsPages();

  it('contains a page for every client, and no other', () => {
    expect(readdirSync(directory).sort()).toEqual([...pages.keys()].sort());
  });

  it.each([...pages.keys()])('%s is as `npm run docs` writes it', (name) => {
    expect(readFileSync(join(directory, name), 'utf8')).toBe(pages.get(name));
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

  it('is documented for every field', () => {
    const heads = [...referencePages(kinds).values()].flatMap((page) => page.match(/^\| field \|.*$/gm) ?? []);
    expect(heads.length).toBeGreaterThan(0);
    expect(heads.filter((head) => !head.includes('| Harbor |'))).toEqual([]);
  });
});

describe.each(kinds.map((kind) => [kind.name, kind] as const))('the page of %s', (name, kind) => {
  const page = referencePages(kinds).get(`${name}.md`)!;
  const placements = kind.placements as readonly Placement<object>[];

  it.each(placements.map((placement) => [placement.path, placement] as const))(
    '%s: has every field with its default and its name at Harbor, and an example',
    (path, { schema, example }) => {
      const section = page.split(/^## /m).find((part) => part.startsWith(`\`${path}\`\n`))!;
      const cells = new Map(
        section
          .split('\n')
          .map((line) => line.split(' | '))
          .map((row) => [row[0], row] as const),
      );
      const incomplete = fieldsBelow(schema as Schema).filter(({ field, default: value }) => {
        const [, type, shown, harborName] = cells.get(`| \`${field}\``) ?? [];
        const named = harborName !== undefined && (harborName === 'none' || /^`[^`]+`$/.test(harborName));
        return !type || !named || shown !== (value === undefined ? '' : `\`${JSON.stringify(value)}\``);
      });
      expect(incomplete).toEqual([]);
      expect(example).toBeDefined();
      expect(section).toContain('```yaml\n');
    },
  );

  it('shows since when Harbor supports a field, until when a value, and the pitfalls', () => {
    const row = (field: string): string => page.split('\n').find((line) => line.startsWith(`| \`${field}\` |`)) ?? '';
    for (const [field, version] of Object.entries(kind.since ?? {})) expect(row(field)).toContain(`since ${version}`);
    for (const [value, version] of Object.entries(kind.until ?? {})) {
      const [field = '', gone = ''] = value.split('=');
      expect(row(field)).toContain(`\`${gone}\` until ${version}`);
    }
    const traps = (page.split('\n## Traps\n')[1] ?? '').split('\n').filter((line) => line.startsWith('- '));
    expect(traps.length).toBeGreaterThanOrEqual(Math.max(1, kind.traps?.length ?? 0));
  });
});

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly default?: unknown;
}

/** Read from the schema here, not by `fieldsOf`, which writes the pages: what it forgot would not be missed. */
function fieldsBelow(schema: Schema, above = ''): { readonly field: string; readonly default: unknown }[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, child]) => {
    const isSecret = child.properties?.['env'] !== undefined;
    const below = isSecret ? [] : fieldsBelow(child, `${above}${key}.`);
    const items = child.items === undefined ? [] : fieldsBelow(child.items, `${above}${key}[].`);
    return [{ field: `${above}${key}`, default: child.default }, ...below, ...items];
  });
  return [...own, ...(schema.oneOf ?? []).flatMap((one) => fieldsBelow(one, above))];
}

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

describe('what an editor shows', () => {
  it('describes every field that can be written', () => {
    const silent: string[] = [];
    const visit = (schema: HoverSchema, path: string): void => {
      for (const [key, child] of Object.entries(schema.properties ?? {})) {
        const here = `${path}.${key}`;
        const hasWords = child.description !== undefined || child.title !== undefined || child.$ref !== undefined;
        if (!hasWords && child.const === undefined) silent.push(here);
        visit(child, here);
      }
      for (const inner of [schema.items, schema.additionalProperties])
        if (typeof inner === 'object') visit(inner, `${path}.*`);
      for (const one of [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])]) visit(one, path);
    };
    visit(assembleSchema(kinds), '');
    const own = silent.filter(
      (path) => !/^\.(defaults|prune)\./.test(path) && !/\.(scheduled|type|message)$/.test(path),
    );
    expect(own).toEqual([]);
  });
});

interface HoverSchema {
  readonly description?: string;
  readonly title?: string;
  readonly $ref?: string;
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, HoverSchema>>;
  readonly items?: HoverSchema;
  readonly additionalProperties?: HoverSchema | boolean;
  readonly oneOf?: readonly HoverSchema[];
  readonly anyOf?: readonly HoverSchema[];
}

describe('the performance guide', () => {
  const guides = resolve(__dirname, '..', 'docs', 'guides');
  const measured = JSON.parse(readFileSync(join(guides, 'performance.json'), 'utf8')) as BenchReport;

  it('is as `npm run docs` writes it from the figures of a run', () => {
    expect(readFileSync(join(guides, 'performance.md'), 'utf8')).toBe(performancePage(measured));
    expect(readFileSync(join(guides, 'performance.svg'), 'utf8')).toBe(chart(measured.lines));
  });

  it('names every program that was faster', () => {
    const slow = { elapsedMs: 200, cpuMs: 1, maxRssMebibytes: 1 };
    const fast = { ...slow, elapsedMs: 100 };
    const rows = [
      { name: 'breakwater', runs: [slow] },
      { name: 'crane pull', runs: [fast] },
      { name: 'the same calls', runs: [fast] },
    ];
    const page = performancePage({ ...measured, lines: [{ id: 'x', title: 'Some work', rows }] });
    expect(page).toContain('- Some work: crane pull takes 100 ms, we take 200 ms.');
    expect(page).not.toContain('the same calls takes');
  });
});
