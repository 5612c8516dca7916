import { compileFunction } from 'node:vm';
import { Ajv2020 } from 'ajv/dist/2020';
import { buildSync } from 'esbuild';
import fc from 'fast-check';
import { moduleText } from '../../../scripts/bundle/prepared-schema';
import { assembleSchema } from '../../../src/declaration/schema/schema';
import type { PreparedSchema } from '../../../src/declaration/schema/prepared';
import { kinds } from '../../../src/kinds';
import { mixedExamples, placedExamples } from '../../support/placed-examples';

const options = { strict: false, validateSchema: false, validateFormats: false } as const;
const judgeWhole = new Ajv2020(options).compile(assembleSchema(kinds));

/** As in the bundle. */
function prepared(): PreparedSchema {
  const stdin = { contents: moduleText(), resolveDir: __dirname };
  const { outputFiles } = buildSync({ stdin, bundle: true, write: false, format: 'cjs' });
  const module = { exports: {} as { readonly prepared: PreparedSchema } };
  compileFunction(outputFiles[0]!.text, ['module'])(module);
  return module.exports.prepared;
}

const { accepts, kinds: names } = prepared();

it('is that of all kinds', () => {
  expect(names).toEqual(kinds.map(({ name }) => name));
});

it.each(placedExamples)('judges the value at %s like the whole schema: %j', (_path, declaration) => {
  expect(accepts(declaration)).toBe(judgeWhole(declaration));
});

it('judges any mixture of them like the whole schema', () => {
  fc.assert(
    fc.property(mixedExamples(), (declaration) => accepts(declaration) === judgeWhole(declaration)),
    { numRuns: 3_000 },
  );
});

it('creates no error objects, which would be half of it', () => {
  expect(/schemaPath:"#\/properties/.test(moduleText())).toBe(false);
});
