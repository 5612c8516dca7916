import type { ErrorObject, Options, ValidateFunction } from 'ajv';
import type { Diagnostic } from '../../diagnostic';
import type { Json } from '../../json';
import type { AnyKind, JsonSchema } from '../../kinds/kind';
import { assembleSchema } from './schema';
import { withoutAlternatives } from './alternatives';
import { describeSchemaError, factsOf, type SchemaFacts } from './messages';
import { positionOf } from '../yaml/source-text';
import { dottedPath, locate, valueOf, type Located, type Path, type TreeNode } from '../yaml/tree';
import { prepared } from './prepared';
import { usedSchema } from './used-schema';

/** `paths` are shorter than the list of findings: an unknown key makes no value malformed. */
export interface SchemaFindings {
  readonly diagnostics: readonly Diagnostic[];
  /** Positions in the merged declaration whose value does not have the form that its kind expects. */
  readonly paths: readonly Path[];
}

/** Validates a merged declaration with the assembled schema. Reports each problem once, at its position. */
export async function validateTree(kinds: readonly AnyKind[], root: TreeNode): Promise<SchemaFindings> {
  if (!isPrepared(kinds)) return checkTree(schemaOf(kinds), root);
  const value = valueOf(root);
  return prepared!.accepts(value) ? NO_FINDINGS : findingsOf(schemaOf(kinds), root, value);
}

function isPrepared(kinds: readonly AnyKind[]): boolean {
  return prepared?.kinds.join() === kinds.map(({ name }) => name).join();
}

const assembled = new WeakMap<readonly AnyKind[], JsonSchema>();

function schemaOf(kinds: readonly AnyKind[]): JsonSchema {
  const schema = assembled.get(kinds) ?? assembleSchema(kinds);
  assembled.set(kinds, schema);
  return schema;
}

/**
 * Validates any tree with any schema, with messages that fit both. Compiling a schema takes far longer than validating:
 * a valid value needs only the part of the schema that it uses; for an invalid one, the whole schema is compiled once
 * and then reused, because it knows the other allowed values.
 */
export async function checkTree(schema: JsonSchema, root: TreeNode): Promise<SchemaFindings> {
  const value = valueOf(root);
  const isCompiled = compiled.has(schema);
  if (!isCompiled && parts.size < ENOUGH_PARTS && (await partFor(usedSchema(schema, value)))(value)) return NO_FINDINGS;
  return findingsOf(schema, root, value);
}

/** By the whole schema. */
async function findingsOf(schema: JsonSchema, root: TreeNode, value: Json): Promise<SchemaFindings> {
  const { validate, facts } = await wholeOf(schema);
  if (validate(value)) return NO_FINDINGS;
  const errors = withoutAlternatives(validate.errors ?? []);
  const findings = errors.map((error) => findingOf(error, root, facts));
  // An unknown key does not affect other keys, so its object is still checked.
  const malformed = findings.filter(({ diagnostic }) => diagnostic.rule !== 'unknown-key');
  return {
    diagnostics: unique(findings.map(({ diagnostic }) => diagnostic)),
    paths: malformed.map(({ path }) => path),
  };
}

const NO_FINDINGS: SchemaFindings = { diagnostics: [], paths: [] };

/** Compiling the whole schema takes as long as compiling this many parts. */
const ENOUGH_PARTS = 8;

/** The instances of a fleet use the same part of the schema. */
const parts = new Map<string, Promise<ValidateFunction>>();

function partFor(part: JsonSchema): Promise<ValidateFunction> {
  const key = JSON.stringify(part);
  const known = parts.get(key) ?? compile(part, {});
  parts.set(key, known);
  return known;
}

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

/** ajv is loaded on demand: most commands do not need it, and loading it takes longer than they run. */
async function compile(schema: JsonSchema, options: Options): Promise<ValidateFunction> {
  const { JsonSchemaCompiler } = await import('../../json-schema/compiler.js');
  const strictness = { strictTypes: false, strictRequired: false, validateFormats: false } as const;
  // Used once or a few times: fast compilation matters more than fast validation.
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

/**
 * An error in `defaults` appears in each object that they are merged into: it is reported once, where it is written.
 */
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
