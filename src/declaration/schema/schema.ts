import { compact } from '../../compact';
import { isRecord } from '../../json';
import type { AnyKind, JsonSchema } from '../../kinds/kind';
import { foreignKeys, sitesOf, type Site, type Steps } from '../sections/placement-path';
import { conformanceSchema, ownSections, protectSchema, RENAMED_FROM, renamedFromSchema } from '../sections/sections';
import { SECRET_DEFINITION, secretSchema } from '../sections/parts';

type MutableSchema = Record<string, unknown>;

/** Keys in a kind's value that belong to the declaration itself, by placement. */
const OWN_KEYS: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>> = {
  'projects.*': { conformance: conformanceSchema },
};

/**
 * One JSON Schema (draft 2020-12) for a whole declaration, after overlays and defaults: the schemas of the kinds at
 * their placements, composed into one tree, and the sections without a kind. Every object is closed, so a typo is a
 * finding and editors can complete keys.
 */
export function assembleSchema(kinds: readonly AnyKind[]): JsonSchema {
  const sites = sitesOf(kinds);
  const properties = childSchemas([], sites);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Breakwater policies',
    description: 'The declared state of one Harbor.',
    type: 'object',
    properties: { ...properties, ...ownSections(sites, defaultsSection(sites)) },
    additionalProperties: false,
    $defs: { [SECRET_DEFINITION]: secretSchema },
  };
}

/** The form for editors, with an id by which other schemas can refer to it. */
export function publishedSchema(name: string, { $schema, ...schema }: JsonSchema): JsonSchema {
  return { $schema, $id: `urn:breakwater:schema:${name}`, ...schema };
}

/** Keys of the value at `steps` that belong to other kinds or to the declaration. */
export function reservedKeys(steps: Steps, sites: readonly Site[]): ReadonlySet<string> {
  return new Set([...foreignKeys(steps, sites), ...Object.keys(ownKeys(steps, true))]);
}

function ownKeys(steps: Steps, renames: boolean): Record<string, JsonSchema> {
  const isNamed = steps.at(-1) === '*';
  return compact<Record<string, JsonSchema>>({
    protect: isNamed ? protectSchema : undefined,
    [RENAMED_FROM]: isNamed && renames ? renamedFromSchema : undefined,
    ...OWN_KEYS[steps.join('.')],
  });
}

/**
 * Schema of the value at `steps`: the kind's own schema, or the container above it. Steps are those of placements:
 *
 *      projects                       a map of named projects        container
 *      projects.*                     one project                    kind `project`
 *      projects.*.members             a list                         container
 *      projects.*.members.[]          one member                     kind `project-member`
 */
function schemaAt(steps: Steps, sites: readonly Site[]): JsonSchema {
  const site = sites.find((candidate) => sameSteps(candidate.steps, steps));
  if (site) return schemaOfValue(site, sites);
  const next = nextSteps(steps, sites);
  const about = aboutContainer(steps, sites);
  if (next.includes('*')) return { ...about, ...namedMap, additionalProperties: schemaAt([...steps, '*'], sites) };
  if (next.includes('[]')) return { ...about, type: 'array', items: schemaAt([...steps, '[]'], sites) };
  return { ...about, type: 'object', properties: childSchemas(steps, sites), additionalProperties: false };
}

/** The kind's schema with the keys of other kinds below it: a project's schema does not know of its retention. */
function schemaOfValue({ kind, placement, steps }: Site, sites: readonly Site[]): JsonSchema {
  const own = rewrite(placement.schema, (inner) => closed(withSharedSecret(inner)));
  const added = { ...ownKeys(steps, kind.renames === true), ...childSchemas(steps, sites) };
  const described = { description: kind.about, ...own };
  if (Object.keys(added).length === 0) return described;
  return { additionalProperties: false, ...described, properties: { ...(own['properties'] as object), ...added } };
}

/** Names are free here; the kinds check what Harbor accepts, with a better message than a pattern gives. */
const namedMap: JsonSchema = { type: 'object', propertyNames: { minLength: 1, maxLength: 255 } };

function childSchemas(steps: Steps, sites: readonly Site[]): Record<string, JsonSchema> {
  return Object.fromEntries(foreignKeys(steps, sites).map((key) => [key, schemaAt([...steps, key], sites)]));
}

function nextSteps(steps: Steps, sites: readonly Site[]): string[] {
  const below = sites.filter((site) => site.steps.length > steps.length && startsWith(site.steps, steps));
  return below.map((site) => site.steps[steps.length] ?? '');
}

/** A container has no schema of its own: it is described by the kind directly in it, or the first one further below. */
function aboutContainer(steps: Steps, sites: readonly Site[]): JsonSchema {
  const below = sites.filter(({ steps: path }) => path.length > steps.length && startsWith(path, steps));
  const site = below.find(({ steps: path }) => path.length === steps.length + 1) ?? below[0];
  return site ? { title: steps.at(-1), description: site.kind.about } : {};
}

function startsWith(steps: Steps, prefix: Steps): boolean {
  return prefix.every((step, i) => step === steps[i]);
}

function sameSteps(a: Steps, b: Steps): boolean {
  return a.length === b.length && startsWith(a, b);
}

/** `defaults.project` may contain any part of a project; missing keys are checked where they are used. */
function defaultsSection(sites: readonly Site[]): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  for (const { placement, steps } of sites) {
    if (placement.defaultsKey === undefined) continue;
    const earlier = properties[placement.defaultsKey];
    const schema = ofMany(partial(schemaAt(steps, sites)));
    properties[placement.defaultsKey] = earlier ? common(earlier, schema) : schema;
  }
  return {
    title: 'Defaults',
    description: 'Defaults for every object of the kind; values of the object win.',
    type: 'object',
    properties,
    additionalProperties: false,
  };
}

/** Two objects cannot have had the same name. */
function ofMany(schema: JsonSchema): JsonSchema {
  if (!isRecord(schema['properties'])) return schema;
  const { [RENAMED_FROM]: _one, ...properties } = schema['properties'];
  return { ...schema, properties };
}

/** Defaults for objects with two placements can only contain keys that both allow. */
function common(a: JsonSchema, b: JsonSchema): JsonSchema {
  const known = isRecord(b['properties']) ? b['properties'] : {};
  const shared = Object.entries(isRecord(a['properties']) ? a['properties'] : {}).filter(([key]) => key in known);
  return { ...a, properties: Object.fromEntries(shared) };
}

/**
 * Nothing is required, in maps and lists at any depth; alternatives keep what distinguishes them: without `required`,
 * every branch of a `oneOf` would match.
 */
function partial(schema: JsonSchema): JsonSchema {
  const { required: _required, ...rest } = schema;
  const relaxed: MutableSchema = { ...rest };
  const { properties, items, additionalProperties } = schema;
  if (isRecord(properties))
    relaxed['properties'] = mapValues(properties, (value) => (isRecord(value) ? partial(value) : value));
  if (isRecord(items)) relaxed['items'] = partial(items);
  if (isRecord(additionalProperties)) relaxed['additionalProperties'] = partial(additionalProperties);
  return relaxed;
}

/** `additionalProperties: false` for every object that lists its properties and does not mention others. */
function closed(schema: JsonSchema): JsonSchema {
  return isRecord(schema['properties']) &&
    schema['type'] === 'object' &&
    !('additionalProperties' in schema) &&
    !('unevaluatedProperties' in schema)
    ? { ...schema, additionalProperties: false }
    : schema;
}

/** A kind describes its secrets itself; in the assembled schema they share one definition. */
function withSharedSecret(schema: JsonSchema): JsonSchema {
  return isSecretSchema(schema) ? secretAt(schema) : schema;
}

function secretAt({ description }: JsonSchema): JsonSchema {
  return compact({ $ref: `#/$defs/${SECRET_DEFINITION}`, description });
}

/** Whether this schema is a secret reference: `env`, `file` and `command`, together or as alternatives. */
function isSecretSchema(schema: JsonSchema): boolean {
  const alternatives = [schema['oneOf'], schema['anyOf']].find(Array.isArray) ?? [schema];
  const keys = (alternatives as unknown[]).flatMap((branch) =>
    isRecord(branch) && isRecord(branch['properties']) ? Object.keys(branch['properties']) : [],
  );
  return keys.length === 3 && ['env', 'file', 'command'].every((key) => keys.includes(key));
}

/** Applies `change` to every schema inside `schema`, outermost first. */
function rewrite(schema: JsonSchema, change: (schema: JsonSchema) => JsonSchema): JsonSchema {
  const changed = change(schema);
  return mapValues(changed, (value, keyword) => {
    if (Array.isArray(value)) return value.map((item: unknown) => (isRecord(item) ? rewrite(item, change) : item));
    if (!isRecord(value)) return value;
    const named =
      keyword === 'properties' ||
      keyword === '$defs' ||
      keyword === 'dependentSchemas' ||
      keyword === 'patternProperties';
    return named
      ? mapValues(value, (inner) => (isRecord(inner) ? rewrite(inner, change) : inner))
      : rewrite(value, change);
  });
}

function mapValues(object: JsonSchema, change: (value: unknown, key: string) => unknown): JsonSchema {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
}
