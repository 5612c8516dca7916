import { Ajv2020 } from 'ajv/dist/2020';
import fc from 'fast-check';
import { assembleSchema } from '../../../src/declaration/schema';
import type { Json, JsonObject } from '../../../src/json';
import { isOfForm } from '../../../src/json-schema/is-of-form';
import { kinds } from '../../../src/kinds';
import { kitted } from '../../kinds/kits';

const whole = assembleSchema(kinds);
const options = { strict: false, validateSchema: false, validateFormats: false } as const;
const judgeWhole = new Ajv2020(options).compile(whole);

/** The value where a placement puts it: `projects.*.members[]` in a map, a list. */
function placed(path: string, value: Json): Json {
  const steps = path.split('.').flatMap((step) => (step.endsWith('[]') ? [step.slice(0, -2), '[]'] : [step]));
  return steps.reduceRight<Json>(
    (inner, step) => (step === '[]' ? [inner] : { [step === '*' ? 'x' : step]: inner }),
    value,
  );
}

const examples = kitted.flatMap(({ kit }) =>
  Object.entries(kit.places).flatMap(([path, { valid, invalid }]) => [
    ...valid.map((value) => [path, value] as const),
    ...invalid.map(([value]) => [path, value] as const),
  ]),
);

it.each(examples)('judges what stands at %s as ajv does: %j', (path, value) => {
  const declaration = placed(path, value);
  expect(isOfForm(whole, declaration)).toBe(judgeWhole(declaration));
});

it('judges any mixture of them as ajv does', () => {
  const key = fc.constantFrom('registries', 'projects', 'robots', 'x', 'constructor', '__proto__', 'defaults');
  const part = fc.constantFrom(...examples).map(([path, value]) => placed(path, value));
  const strange = fc.dictionary(key, fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>);
  const merged = fc
    .tuple(part, part, strange)
    .map((parts) => Object.fromEntries(parts.flatMap((one) => Object.entries(one as JsonObject))) as Json);
  fc.assert(
    fc.property(merged, (declaration) => isOfForm(whole, declaration) === judgeWhole(declaration)),
    { numRuns: 2_000 },
  );
});

const values: readonly Json[] = [
  null, true, 0, 1, 1.5, -3, '', 'a', 'ab', '\u{1f6a2}', 'a\nb', [], [1], [1, 'a'], [[]], {}, { a: 1 }, { a: 1, b: 'x' },
  { b: null }, { ab: [] },
]; // prettier-ignore

it.each([
  { type: 'integer' },
  { type: ['string', 'null'] },
  { enum: [1, 'a', null, true] },
  { const: 'ab' },
  { minimum: 1, maximum: 1.5 },
  { minLength: 1, maxLength: 1 },
  { pattern: '^.$' },
  { minItems: 1, maxItems: 1 },
  { items: { type: 'integer' } },
  { minProperties: 1, maxProperties: 1 },
  { required: ['a'] },
  { properties: { a: { type: 'integer' }, b: { type: 'string' } } },
  { properties: { a: {} }, additionalProperties: false },
  { properties: { a: {} }, additionalProperties: { type: 'string' } },
  { additionalProperties: true },
  { propertyNames: { maxLength: 1 } },
  { dependentRequired: { b: ['a'] } },
  { oneOf: [{ type: 'object' }, { required: ['a'] }, { type: 'integer' }] },
  { items: { $ref: '#/$defs/one' }, $defs: { one: { type: 'string' } } },
])('judges by %j as ajv does', (schema) => {
  const judge = new Ajv2020(options).compile(schema);
  for (const value of values) expect([value, isOfForm(schema, value)]).toEqual([value, judge(value)]);
});

it.each([
  { uniqueItems: true },
  { patternProperties: { a: {} } },
  { enum: [{ a: 1 }] },
  { $ref: 'https://example.com/schema' },
])('does not say that something is of the form of a schema that it does not understand: %j', (schema) => {
  expect(isOfForm({ items: { ...schema } }, [{ a: 1 }])).toBe(false);
});
