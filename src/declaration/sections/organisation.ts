import type { JsonSchema } from '../../kinds/kind';
import { sizeSchema } from '../../kinds/support/size';
import type { SpecFields } from './spec-fields';

/** `HP023`, or a rule of an organization: `ACME001`. */
export const RULE_ID = '^[A-Z]{2,12}[0-9]{3}$';

const text: JsonSchema = { type: 'string', minLength: 1, maxLength: 255 };
const texts: JsonSchema = { type: 'array', items: text, maxItems: 1_000 };
const ceiling: JsonSchema = { oneOf: [{ type: 'integer' }, ...sizeSchema.oneOf.slice(1)] };

/** A map from kinds to requirements. A misspelled kind is an error: it would silently require nothing. */
const byKind = (kinds: Iterable<string>, more: JsonSchema): JsonSchema => ({
  type: 'object',
  propertyNames: { enum: [...kinds].sort() },
  ...more,
});

/** A misspelled field is an error, too: a ceiling would limit nothing, and no object would declare it. */
const byField = (fields: ReadonlyMap<string, readonly string[]>, of: (names: readonly string[]) => JsonSchema) => {
  const known = [...fields].filter(([, names]) => names.length > 0);
  const schemas = known.map(([kind, names]) => [
    kind,
    { description: `For each object of the kind ${kind}.`, ...of(names) },
  ]);
  return {
    type: 'object',
    properties: Object.fromEntries(schemas) as JsonSchema,
    additionalProperties: false,
  };
};

/**
 * Shared with the environment files of the stacks. A lower severity is refused where the catalogue is known (HP093):
 * the schema does not know the severity of each rule.
 */
export const severitySchema: JsonSchema = {
  description: 'Raises the severity of a rule, by its id, such as HP027: high.',
  type: 'object',
  propertyNames: { title: 'the id of a rule, such as HP037', pattern: RULE_ID, maxLength: 16 },
  additionalProperties: { enum: ['critical', 'high', 'medium', 'low'] },
};

/**
 * Requirements of an organization in addition to the catalogue, as data: nothing is executed.
 * @param kinds all kinds by name
 */
export function organisationSection(kinds: ReadonlyMap<string, SpecFields>): JsonSchema {
  const all = new Map([...kinds].map(([kind, fields]) => [kind, fields.all]));
  const numeric = new Map([...kinds].map(([kind, fields]) => [kind, fields.numeric]));
  return {
    title: 'Rules of the organization',
    description: 'Additional rules, and rules of the catalogue (`breakwater rules`) with a higher severity.',
    type: 'object',
    properties: {
      severity: severitySchema,
      allowed_upstreams: {
        ...texts,
        description: 'The only hosts that registries may be at (HP017), such as quay.io or *.example.com.',
      },
      public_projects: {
        ...texts,
        description: 'The only projects that may be public (HP024), such as proxy.quay.io or proxy.*.',
      },
      accounts: {
        description: 'Owners of accounts at upstreams (HP022), by name of the registry.',
        type: 'object',
        additionalProperties: {
          type: 'object',
          properties: {
            owner: { ...text, description: 'Person or team that is responsible.' },
            read_only: { description: 'It can read, and nothing else.', const: true },
          },
          required: ['owner', 'read_only'],
          additionalProperties: false,
        },
      },
      names: {
        ...byKind(kinds.keys(), { additionalProperties: texts }),
        description: 'By kind: the forms of names (HP049), such as project: [proxy.*].',
      },
      required: {
        ...byField(all, (names) => ({ ...texts, items: { enum: names } })),
        description: 'By kind: fields that each object declares (HP050), such as robot: [description].',
      },
      ceilings: {
        ...byField(numeric, (names) => ({
          type: 'object',
          propertyNames: { enum: names },
          additionalProperties: ceiling,
        })),
        description: 'By kind and field: the largest value (HP051), such as robot: { duration: 90 }.',
      },
    },
    additionalProperties: false,
  };
}
