import { declarationFrom } from '../../../src/declaration/load';
import { assembleSchema } from '../../../src/declaration/schema/schema';
import { sourceText } from '../../../src/declaration/yaml/source-text';
import type { LoadResult } from '../../../src/declaration/declaration';
import type { Json } from '../../../src/json';
import { kinds } from '../../../src/kinds';
import type { JsonSchema } from '../../../src/kinds/kind';

type Step = string | number;

/** What nobody means to write, and YAML lets everybody write. */
const ODD: Readonly<Record<string, Json>> = {
  'a map': { level: 'high' },
  'an empty map': {},
  'a list': ['a', { b: 1 }],
  'a list of nothing': [null],
  'a large number': 1e300,
  nothing: null,
  true: true,
  'an empty text': '',
  'a huge text': 'x'.repeat(10_000),
  'a text of signs': '\u0000\u001b[2J{{[(%\\',
  'a deep nest': nested(40),
};

function nested(levels: number): Json {
  return levels === 0 ? 'deep' : levels % 2 === 0 ? [nested(levels - 1)] : { a: nested(levels - 1) };
}

const schema = assembleSchema(kinds);

/** Every place where something may stand; a name is `x`, an item the first. */
function placesIn(part: JsonSchema, path: readonly Step[]): (readonly Step[])[] {
  const { properties, items, additionalProperties, $ref } = part as Record<string, JsonSchema | undefined>;
  const branches = ([part['oneOf'], part['anyOf'], part['allOf']].filter(Array.isArray).flat() as JsonSchema[]) ?? [];
  const referred = $ref === undefined ? [] : [(schema['$defs'] as Record<string, JsonSchema>)['secret'] as JsonSchema];
  return [
    path,
    ...Object.entries(properties ?? {}).flatMap(([key, inner]) => placesIn(inner as JsonSchema, [...path, key])),
    ...(typeof items === 'object' ? placesIn(items, [...path, 0]) : []),
    ...(typeof additionalProperties === 'object' ? placesIn(additionalProperties, [...path, 'x']) : []),
    ...[...branches, ...referred].flatMap((branch) => placesIn(branch, path)),
  ];
}

const places = [...new Map(placesIn(schema, []).map((path) => [JSON.stringify(path), path])).values()];

/** `value` at `path`, in a document in which everything that leads there is right. */
function documentWith(base: Json, path: readonly Step[], value: Json): Json {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (typeof step === 'number') {
    const [first = null, ...others] = Array.isArray(base) ? (base as Json[]) : [];
    return [documentWith(first, rest, value), ...others];
  }
  const map = typeof base === 'object' && base !== null && !Array.isArray(base) ? (base as Record<string, Json>) : {};
  return { ...map, [step]: documentWith(map[step] ?? null, rest, value) };
}

/** What the reference shows, with the names that `placesIn` takes. */
const examples = kinds
  .flatMap((kind) => kind.placements)
  .reduce<Json>((document, { path, example }) => {
    if (!example) return document;
    const steps = path.split('.').map((step) => (step === '*' ? 'x' : step === '[]' ? 0 : step));
    return documentWith(document, steps, {
      ...(typeof example.value === 'object' ? example.value : {}),
    });
  }, {});

const check = (document: Json): Promise<LoadResult> => {
  const source = sourceText('a.yaml', JSON.stringify(document, null, 1));
  return declarationFrom({ policies: [source], overlays: [], diagnostics: [] }, '/policies', kinds);
};

/** The example of the section that `path` leads into, and of what it may refer to. */
function baseOf([section = '']: readonly Step[]): Json {
  const { [section]: own = null } = examples as Record<string, Json>;
  return own === null ? {} : { [section]: own };
}

/** What a place takes whole: any map, or any map of texts. */
const FREE = /(?:extra_attrs|oidc_extra_redirect_parms|clients\.x\.(?:registries|options))(?:\.x)?$/;

/** One JSON line a key: the line of a value is known by the mark in it. */
function linesOf(document: Json, mark: string): number[] {
  const lines = JSON.stringify(document, null, 1).split('\n');
  const marked = lines.findIndex((line) => line.includes(mark)) + 1;
  return [marked - 1, marked];
}

it('has a place for every field of every kind', () => {
  expect(places.length).toBeGreaterThan(500);
  expect(places.map((path) => path.join('.'))).toEqual(
    expect.arrayContaining(['projects.x.severity', 'projects.x.members.0.role', 'registries.x.credential.access_key']),
  );
});

describe.each(Object.entries(ODD))('%s', (_name, odd) => {
  it('is always a finding, at any position', async () => {
    const pointless: string[] = [];
    for (const path of places) {
      const where = path.join('.');
      const { diagnostics } = await check(documentWith(baseOf(path), path, odd)).catch((error: unknown) => {
        throw new Error(`${where}: ${String((error as Error).stack)}`);
      });
      for (const { at, message } of diagnostics)
        if (at === undefined || at.line < 1) pointless.push(`${where}: ${message}`);
    }
    expect(pointless).toEqual([]);
  }, 120_000);
});

it('a map in place of a string is a finding at its line', async () => {
  const mark = 'odd-mark';
  const missed: string[] = [];
  for (const path of places.filter((path) => path.length > 0 && !FREE.test(path.join('.')))) {
    const document = documentWith(baseOf(path), path, { [mark]: 'high' });
    const { diagnostics } = await check(document);
    const errors = diagnostics.filter(({ severity }) => severity === 'error').map(({ at }) => at?.line ?? 0);
    const lines = linesOf(document, mark);
    if (!errors.some((line) => lines.includes(line))) missed.push(path.join('.'));
  }
  expect(missed).toEqual([]);
}, 120_000);

it('keeps all other findings', async () => {
  const { diagnostics } = await check({
    projects: { p: { severity: { level: 'high' }, public: 'yes' }, q: { registry: 'nowhere' } },
    schedules: { gc: { cron: 'never' } },
  });
  expect(diagnostics.map(({ rule, at }) => `${at?.line} ${rule}`)).toEqual([
    '4 not-one-of',
    '7 wrong-type',
    '10 dangling-reference',
    '15 bad-cron',
  ]);
});
