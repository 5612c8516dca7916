import { STEP_IDS } from './steps';

const TEXT = { type: 'string', minLength: 1 } as const;
const TEXTS = { type: 'array', items: TEXT } as const;
const HASH = { type: 'string', pattern: '^[0-9a-f]{64}$' } as const;

/** `up.json`, which `up --plan-out` writes and `up --apply` reads: JSON Schema 2020-12, for `schemaVersion` 1. */
export function upPlanSchema(): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Plan of breakwater up',
    description: 'What up would do at each step. `up --apply` does exactly this, from the same files.',
    ...object(
      {
        schemaVersion: { const: 1 },
        breakwater: about('Version of Breakwater.', TEXT),
        environment: TEXT,
        plannedAt: about('UTC', { type: 'string', format: 'date-time' }),
        inputs: about('SHA-256 of each file that the plan was made from; empty for one that does not exist.', {
          type: 'object',
          additionalProperties: { type: 'string', pattern: '^([0-9a-f]{64})?$' },
        }),
        steps: { type: 'array', minItems: 1, items: STEP },
        policies: about('SHA-256 of policies.json, the saved plan of apply.', HASH),
      },
      ['policies'],
    ),
  };
}

const CHANGE = object({
  address: about('Of the resource, as in Terraform.', TEXT),
  actions: { ...TEXTS, minItems: 1 },
  after: about('SHA-256 of the planned values, because some are sensitive.', HASH),
});

const SUMMARY = object(
  {
    created: TEXTS,
    updated: TEXTS,
    replaced: {
      type: 'array',
      items: object(
        { name: TEXT, images: about('Before and after.', { type: 'array', items: TEXT, minItems: 2, maxItems: 2 }) },
        ['images'],
      ),
    },
    destroyed: TEXTS,
    imported: TEXTS,
  },
  ['imported'],
);

const STEP = {
  ...object(
    {
      id: { enum: [...STEP_IDS] },
      state: about('runs: the step has no plan of its own; not-planned: an earlier step must be applied first.', {
        enum: ['unchanged', 'changes', 'runs', 'not-planned'],
      }),
      changes: about('With state changes.', { type: 'array', items: CHANGE }),
      summary: SUMMARY,
      why: about('Why it was not planned, or what it runs.', TEXT),
      details: about('File in the same directory, for people.', TEXT),
    },
    ['changes', 'summary', 'why', 'details'],
  ),
  // Without its changes a step could apply anything.
  if: { properties: { state: { const: 'changes' } } },
  then: { required: ['changes'] },
} as const;

/** Exactly these keys: an unknown key may have a meaning that this version must not ignore. */
function object(properties: Readonly<Record<string, object>>, optional: readonly string[] = []): object {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false };
}

function about(description: string, schema: object): object {
  return { description, ...schema };
}
