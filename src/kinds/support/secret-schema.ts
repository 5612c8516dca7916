import type { JsonSchema } from '../kind';

/** Schema of a secret: a reference, never the secret itself. */
export function secretSchema(description: string): JsonSchema {
  return {
    description,
    type: 'object',
    properties: {
      env: { type: 'string' },
      file: { type: 'string' },
      command: { type: 'array', items: { type: 'string' } },
    },
    minProperties: 1,
    maxProperties: 1,
  };
}
