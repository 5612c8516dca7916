import type { JsonSchema } from '../../kinds/kind';

/** Name of the shared definition of a secret reference. */
export const SECRET_DEFINITION = 'secret';

/** The allowed forms of a secret reference. A literal is never allowed. */
export const secretSchema: JsonSchema = {
  title: 'secret reference',
  description: 'Reference to a secret; the secret itself is never in the file.',
  type: 'object',
  properties: {
    env: {
      description: 'Name of an environment variable.',
      type: 'string',
      pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
      maxLength: 255,
    },
    file: {
      description: 'Path of a file that only its owner can read, relative to the policies directory.',
      type: 'string',
      minLength: 1,
      maxLength: 4096,
    },
    command: {
      description: 'Program and arguments; the secret is its standard output. No shell is used.',
      type: 'array',
      items: { type: 'string', maxLength: 4096 },
      minItems: 1,
      maxItems: 64,
    },
  },
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 1,
};

/** A `$ref` to the definition: a secret has the same form everywhere, and editors explain it once. */
export const secret: JsonSchema = { $ref: `#/$defs/${SECRET_DEFINITION}` };

/** `host` or `host:port`. */
export const HOST_PATTERN = '^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?$';
