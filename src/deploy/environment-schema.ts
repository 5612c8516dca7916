import { edgeSchema } from './edge';
import { harborSchema } from './harbor/harbor-schema';
import { hostSchema } from './host-schema';

/** One JSON Schema (draft 2020-12) of a file of stacks/environments. Every object is closed. */
export const environmentSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Breakwater environment',
  description: 'What is deployed where: one Harbor.',
  type: 'object',
  properties: {
    harbor: harborSchema,
    host: hostSchema,
    edge: edgeSchema,
    sample: { description: 'This file is an example: it is synthesised, never deployed.', const: true },
  },
  required: ['harbor'],
  additionalProperties: false,
} as const;
