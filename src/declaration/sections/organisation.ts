import type { JsonSchema } from '../../kinds/kind';
import { sizeSchema } from '../../kinds/support/size';
import type { SpecFields } from './spec-fields';

/** `HP023`, or a rule of an organization: `ACME001`. */
export const RULE_ID = '^[A-Z]{2,12}[0-9]{3}$';

const text: JsonSchema = { type: 'string', minLength: 1, maxLength: 255 };
const texts: JsonSchema = { type: 'array', items: text, maxItems: 1_000 };
const ceiling: JsonSchema = { oneOf: [{ type: 'integer' }, ...sizeSchema.oneOf.slice(1)] };

/**
 * A map from kinds to requirements. A misspelled kind is an error, because it would silently require nothing, and a
 * misspelled field, because it would limit nothing or be missing in every object.
 */
const byKind = (kinds: Iterable<readonly [kind: string, of: JsonSchema]>): JsonSchema => {
  const properties = Object.fromEntries(kinds);
  return { type: 'object', propertyNames: { enum: Object.keys(properties).sort() }, properties };
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
  const all = [...kinds];
  const limited = all.filter(([, { numeric }]) => numeric.length > 0);
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
        ...byKind(all.map(([kind]) => [kind, texts])),
        description: 'By kind: the forms of names (HP049), such as project: [proxy.*].',
      },
      required: {
        ...byKind(all.map(([kind, fields]) => [kind, { ...texts, items: { enum: fields.all } }])),
        description: 'By kind: fields that each object declares (HP050), such as robot: [description].',
      },
      ceilings: {
        ...byKind(
          limited.map(([kind, { numeric }]) => [
            kind,
            { type: 'object', propertyNames: { enum: numeric }, additionalProperties: ceiling },
          ]),
        ),
        description: 'By kind and field: the largest value (HP051), such as robot: { duration: 90 }.',
      },
    },
    additionalProperties: false,
  };
}
