import type { ImageReference } from '../reference';
import { byRegistry, countByStatus, type Inventory } from '../report';
import { STATUSES } from '../cache';
import { jsonWithList } from './json-pieces';

/**
 * One JSON document; its schema is `inventorySchema`. In pieces, so that a large tree never becomes one string in
 * memory.
 */
export function* renderJson(inventory: Inventory, version: string): Iterable<string> {
  const { references, problems, skipped, files } = inventory;
  const document = {
    schemaVersion: 1,
    tool: { name: 'breakwater', version },
    summary: { files, references: references.length, ...countByStatus(references) },
    registries: byRegistry(references),
    references: [],
    problems,
    skipped,
  };
  yield* jsonWithList(document, 'references', references, flat);
}

/** Line and column next to the file, as in other tools. */
function flat({ place, range, file, ...rest }: ImageReference): object {
  return { file, ...place, ...(range && { startByte: range.start, endByte: range.end }), ...rest };
}

const TEXT = { type: 'string' } as const;
const COUNT = { type: 'integer', minimum: 0 } as const;
const FROM_ONE = { type: 'integer', minimum: 1 } as const;

/** JSON Schema 2020-12 of what `inventory scan --format json` prints. */
export function inventorySchema(): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Breakwater inventory',
    description: 'Image references of source trees or clusters, and whether they are pulled through the cache.',
    ...object({
      schemaVersion: { const: 1 },
      tool: object({ name: TEXT, version: TEXT }),
      summary: object({
        files: COUNT,
        references: COUNT,
        ...Object.fromEntries(STATUSES.map((status) => [status, COUNT])),
      }),
      registries: list(object({ registry: TEXT, total: COUNT, past: COUNT })),
      references: list(REFERENCE),
      problems: list(object({ file: TEXT, message: TEXT }, { line: FROM_ONE, column: FROM_ONE })),
      skipped: { type: 'object', additionalProperties: COUNT },
    }),
  };
}

const REFERENCE = object(
  {
    file: TEXT,
    format: TEXT,
    written: TEXT,
    mutable: { type: 'boolean' },
    confidence: { enum: ['high', 'medium', 'low'] },
    status: { enum: STATUSES },
  },
  {
    line: FROM_ONE,
    column: FROM_ONE,
    endColumn: FROM_ONE,
    startByte: COUNT,
    endByte: COUNT,
    reference: { ...TEXT, description: 'The full name; absent if it is not known from the file.' },
    registry: TEXT,
    repository: TEXT,
    tag: TEXT,
    digest: TEXT,
    openTag: { ...TEXT, description: 'The variable that contains the tag, if it has no value in the file.' },
    project: { ...TEXT, description: 'The project that serves it, or could.' },
    target: { ...TEXT, description: 'Its name in the cache.' },
    why: TEXT,
  },
);

function object(required: object, optional: object = {}): object {
  return {
    type: 'object',
    properties: { ...required, ...optional },
    required: Object.keys(required),
    additionalProperties: false,
  };
}

function list(items: object): object {
  return { type: 'array', items };
}
