import { Ajv2020 } from 'ajv/dist/2020';
import fc from 'fast-check';
import { assembleSchema } from '../../../../src/declaration/schema/schema';
import { usedSchema } from '../../../../src/declaration/schema/used-schema';
import type { Json } from '../../../../src/json';
import { kinds } from '../../../../src/kinds';
import type { JsonSchema } from '../../../../src/kinds/kind';
import { kitted } from '../../../kinds/kits';

const whole = assembleSchema(kinds);
const options = { strict: false, validateSchema: false, validateFormats: false } as const;
const judgeWhole = new Ajv2020(options).compile(whole);

function judgeUsed(schema: JsonSchema, value: Json): boolean {
  return new Ajv2020(options).compile(usedSchema(schema, value))(value);
}

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

it.each(examples)('judges the value at %s like the whole schema: %j', (path, value) => {
  const declaration = placed(path, value);
  expect(judgeUsed(whole, declaration)).toBe(judgeWhole(declaration));
});

it('judges any mixture of them like the whole schema', () => {
  const key = fc.constantFrom('registries', 'projects', 'robots', 'x', 'constructor', '__proto__', 'defaults');
  const part = fc.constantFrom(...examples).map(([path, value]) => placed(path, value));
  const strange = fc.dictionary(key, fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>);
  const merged = fc.tuple(part, part, strange).map((parts) => Object.assign({}, ...parts) as Json);
  fc.assert(
    fc.property(merged, (declaration) => judgeUsed(whole, declaration) === judgeWhole(declaration)),
    { numRuns: 150 },
  );
});

it('follows maps, lists and nested objects, and keeps schemas below other keywords', () => {
  const anything = { type: 'string' } as const;
  const schema: JsonSchema = {
    properties: { list: { items: { properties: { a: anything, b: anything } } }, unused: anything },
    additionalProperties: { properties: { c: anything, d: anything }, oneOf: [{ properties: { e: anything } }] },
  };
  expect(usedSchema(schema, { list: [{ a: '' }, {}], other: { d: '' }, constructor: { c: '' } })).toEqual({
    properties: { list: { items: { properties: { a: anything } } } },
    additionalProperties: { properties: { c: anything, d: anything }, oneOf: [{ properties: { e: anything } }] },
  });
});
