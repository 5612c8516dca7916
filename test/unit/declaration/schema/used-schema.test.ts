import { Ajv2020 } from 'ajv/dist/2020';
import fc from 'fast-check';
import { assembleSchema } from '../../../../src/declaration/schema/schema';
import { usedSchema } from '../../../../src/declaration/schema/used-schema';
import type { Json } from '../../../../src/json';
import { kinds } from '../../../../src/kinds';
import type { JsonSchema } from '../../../../src/kinds/kind';
import { mixedExamples, placedExamples } from '../../../support/placed-examples';

const whole = assembleSchema(kinds);
const options = { strict: false, validateSchema: false, validateFormats: false } as const;
const judgeWhole = new Ajv2020(options).compile(whole);

function judgeUsed(schema: JsonSchema, value: Json): boolean {
  return new Ajv2020(options).compile(usedSchema(schema, value))(value);
}

it.each(placedExamples)('judges the value at %s like the whole schema: %j', (_path, declaration) => {
  expect(judgeUsed(whole, declaration)).toBe(judgeWhole(declaration));
});

it('judges any mixture of them like the whole schema', () => {
  fc.assert(
    fc.property(mixedExamples(), (declaration) => judgeUsed(whole, declaration) === judgeWhole(declaration)),
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
