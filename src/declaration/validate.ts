import type { ErrorObject, Options, ValidateFunction } from 'ajv';
import type { Diagnostic } from '../diagnostic';
import type { AnyKind, JsonSchema } from '../kinds/kind';
import { assembleSchema } from './schema';
import { withoutAlternatives } from './schema-alternatives';
import { describeSchemaError, factsOf, type SchemaFacts } from './schema-messages';
import { positionOf } from './source-text';
import { dottedPath, locate, valueOf, type Located, type Path, type TreeNode } from './tree';
import { usedSchema } from './used-schema';

export interface SchemaFindings {
  readonly diagnostics: readonly Diagnostic[];
  /** Where, in the merged declaration, a value is not of the form that its kind could read. */
  readonly paths: readonly Path[];
}

/** Holds a merged declaration against the assembled schema. Says each thing once, with the place where it stands. */
export function validateTree(kinds: readonly AnyKind[], root: TreeNode): Promise<SchemaFindings> {
  return checkTree(schemaOf(kinds), root);
}

const assembled = new WeakMap<readonly AnyKind[], JsonSchema>();

function schemaOf(kinds: readonly AnyKind[]): JsonSchema {
  const schema = assembled.get(kinds) ?? assembleSchema(kinds);
  assembled.set(kinds, schema);
  return schema;
}

/**
 * Holds any tree against any schema, in the words that fit both. Compiling a schema takes far longer than checking with
 * it: what is as it should be is compared with the part of the schema that it uses, and only for what is not, the whole
 * schema is compiled, which knows what else could have been written. From then on it is the cheaper one.
 */
export async function checkTree(schema: JsonSchema, root: TreeNode): Promise<SchemaFindings> {
  const value = valueOf(root);
  const isCompiled = compiled.has(schema);
  if (!isCompiled && (await compile(usedSchema(schema, value), {}))(value)) return NO_FINDINGS;
  const { validate, facts } = await wholeOf(schema);
  if (validate(value)) return NO_FINDINGS;
  const errors = withoutAlternatives(validate.errors ?? []);
  const findings = errors.map((error) => findingOf(error, root, facts));
  // A key too many keeps nothing else from being understood, so its object is still checked for meaning.
  const malformed = findings.filter(({ diagnostic }) => diagnostic.rule !== 'unknown-key');
  return {
    diagnostics: unique(findings.map(({ diagnostic }) => diagnostic)),
    paths: malformed.map(({ path }) => path),
  };
}

const NO_FINDINGS: SchemaFindings = { diagnostics: [], paths: [] };

interface CompiledSchema {
  readonly validate: ValidateFunction;
  readonly facts: SchemaFacts;
}

/** A fleet is loaded instance by instance with the same schema. */
const compiled = new WeakMap<JsonSchema, Promise<CompiledSchema>>();

function wholeOf(schema: JsonSchema): Promise<CompiledSchema> {
  const known =
    compiled.get(schema) ??
    compile(schema, { allErrors: true, verbose: true }).then((validate) => ({ validate, facts: factsOf(schema) }));
  compiled.set(schema, known);
  return known;
}

/** ajv is loaded when it is needed: most commands start without, and it takes longer to load than they run. */
async function compile(schema: JsonSchema, options: Options): Promise<ValidateFunction> {
  const { JsonSchemaCompiler } = await import('../json-schema/compiler.js');
  const strictness = { strictTypes: false, strictRequired: false, validateFormats: false } as const;
  // Used once or a few times: code that is made twice as fast is worth more than code that runs a little faster.
  const quickly = { validateSchema: false, addUsedSchema: false, code: { optimize: false } };
  return new JsonSchemaCompiler({ ...options, ...strictness, ...quickly }).compile(schema);
}

function findingOf(error: ErrorObject, root: TreeNode, facts: SchemaFacts): { diagnostic: Diagnostic; path: Path } {
  const { at: where, ...words } = describeSchemaError(error, facts);
  const object = pathOf(error.instancePath);
  const path = where.key === undefined ? object : [...object, where.key];
  const located = locate(root, path);
  const at = positionOf(where.point === 'value' ? located.node.span : keySpan(located));
  const dotted = dottedPath(path);
  const message = dotted === '' ? words.message : `${dotted}: ${words.message}`;
  return { diagnostic: { ...words, severity: 'error', message, at, path: dotted }, path };
}

function keySpan({ key, node }: Located) {
  return key ?? node.span;
}

/** From a JSON pointer; `~1` is a slash and `~0` a tilde. */
function pathOf(pointer: string): Path {
  const steps = pointer.split('/').slice(1);
  return steps.map((step) => {
    const plain = step.replaceAll('~1', '/').replaceAll('~0', '~');
    return /^(?:0|[1-9][0-9]*)$/.test(plain) ? Number(plain) : plain;
  });
}

/** What is wrong in `defaults` is wrong again in each object that they are merged into: said once, where it stands. */
function unique(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const byPlace = new Map<string, Diagnostic>();
  for (const diagnostic of diagnostics) {
    const { file, line, column } = diagnostic.at ?? { file: '', line: 0, column: 0 };
    const place = `${file}:${line}:${column}:${diagnostic.rule}`;
    const known = byPlace.get(place);
    if (!known || diagnostic.path?.startsWith('defaults.')) byPlace.set(place, diagnostic);
  }
  return [...byPlace.values()];
}
