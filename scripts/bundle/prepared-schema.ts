import { join, resolve } from 'node:path';
import standaloneCode from 'ajv/dist/standalone';
import { transformSync, type Plugin } from 'esbuild';
import { assembleSchema } from '../../src/declaration/schema/schema';
import { JsonSchemaCompiler } from '../../src/json-schema/compiler';
import { isRecord } from '../../src/json';
import { kinds } from '../../src/kinds';
import type { JsonSchema } from '../../src/kinds/kind';

/** Text of a schema that gets a function of its own: V8 compiles only the functions that a declaration needs. */
const LONG = 600;
/** What says nothing about whether a value is valid. */
const ANNOTATIONS = ['$schema', 'title', 'description', 'default', 'examples'];
/** Keywords with one schema for all values below: it stays in place, because ajv's code tells each function where it is. */
const BELOW = ['additionalProperties', 'items'];

/** In the bundle, `declaration/schema/prepared` is the whole schema of the declaration, compiled by ajv. */
export function preparedSchema(): Plugin {
  const folder = resolve(__dirname, '../../src/declaration/schema');
  return {
    name: 'prepared-schema',
    setup(build) {
      build.onLoad({ filter: /declaration\/schema\/prepared\.js$/ }, ({ path }) =>
        path === join(folder, 'prepared.js') ? { contents: moduleText(), resolveDir: folder, loader: 'js' } : undefined,
      );
    },
  };
}

/** A module that exports `prepared`; what ajv's code needs of ajv is bundled with it. */
export function moduleText(): string {
  const options = { strict: false, validateSchema: false, addUsedSchema: false, validateFormats: false } as const;
  const code = { source: true, esm: true } as const;
  const compiler = new JsonSchemaCompiler({ ...options, messages: false, inlineRefs: false, code });
  const validate = standaloneCode(compiler, compiler.compile(inParts(assembleSchema(kinds))));
  const names = JSON.stringify(kinds.map(({ name }) => name));
  const text = `${validate}\nexport const prepared = { kinds: ${names}, accepts: validate };\n`;
  // ajv adds the text of each schema, of which its code uses a few.
  return transformSync(text.replace('export default validate0;', ''), {
    minify: true,
    treeShaking: true,
    format: 'esm',
  }).code;
}

/** The same schema with its long parts as definitions, each of which becomes a function. Equal parts share one. */
export function inParts({ $defs, ...schema }: JsonSchema): JsonSchema {
  const definitions: Record<string, JsonSchema> = {};
  const names = new Map<string, string>();
  const defined = (part: unknown): unknown => {
    if (!isRecord(part)) return part;
    const plain = withParts(part);
    const text = JSON.stringify(plain);
    if (text.length < LONG) return plain;
    const name = names.get(text) ?? `part${names.size}`;
    names.set(text, name);
    definitions[name] ??= yesOrNo(plain);
    return { $ref: `#/$defs/${name}` };
  };
  const withParts = (whole: JsonSchema): JsonSchema => {
    const kept = Object.entries(whole).filter(([keyword]) => !ANNOTATIONS.includes(keyword));
    return Object.fromEntries(
      kept.map(([keyword, value]) => {
        if (keyword === 'properties') return [keyword, mapValues(value as JsonSchema, defined)];
        return [keyword, BELOW.includes(keyword) && isRecord(value) ? withParts(value) : value];
      }),
    );
  };
  Object.assign(
    definitions,
    mapValues($defs as Readonly<Record<string, JsonSchema>>, (one) => yesOrNo(withParts(one))),
  );
  return { ...yesOrNo(withParts(schema)), $defs: definitions };
}

/** Below `if`, ajv's code creates no error objects: they would be half of it. */
function yesOrNo(schema: JsonSchema): JsonSchema {
  return { if: schema, else: false };
}

function mapValues<T, R>(object: Readonly<Record<string, T>>, change: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}
