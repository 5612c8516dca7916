import type { JsonSchema } from '../kinds/kind';
import { isRecord } from '../json';
import type { Client } from './client';

/**
 * The schema of policies including the names and options of all clients, for completion in editors.
 * The declaration's own schema cannot contain them, because `clients` is a room that may not be imported there.
 * Without the expected structure the schema is returned unchanged.
 */
export function withClientOptions(schema: JsonSchema, clients: readonly Client[]): JsonSchema {
  const { properties } = schema;
  const section = isRecord(properties) ? properties['clients'] : undefined;
  const each = isRecord(section) ? section['additionalProperties'] : undefined;
  if (!isRecord(properties) || !isRecord(section) || !isRecord(each) || !isRecord(each['properties'])) return schema;
  const client = { ...(each['properties']['client'] as object), enum: clients.map(({ name }) => name) };
  const refined = { ...each, properties: { ...each['properties'], client }, allOf: clients.map(optionsOf) };
  return { ...schema, properties: { ...properties, clients: { ...section, additionalProperties: refined } } };
}

/** Options that another client has are refused. */
function optionsOf({ name, options }: Client): object {
  return {
    if: { properties: { client: { const: name } }, required: ['client'] },
    then: { properties: { options: { type: 'object', properties: options, additionalProperties: false } } },
  };
}
