import { environmentSchema } from '../../src/deploy/environment-schema';
import type { JsonSchema } from '../../src/kinds/kind';
import { fieldsOf, type Field } from './fields';
import { code, table, text } from './markdown';

/** The keys of a file in stacks/environments, a section each. */
export function environmentPage(): string {
  const { properties, required } = environmentSchema;
  const sections = Object.entries<JsonSchema>(properties);
  const rows = sections.map(([key, { description }]) => [
    `[${code(key)}](#${key})${(required as readonly string[]).includes(key) ? '; **required**' : ''}`,
    text(String(description)),
  ]);
  return [
    '<!-- Written by npm run docs from src/deploy. -->',
    '# Environment',
    'The keys of a file in [stacks/environments](../../stacks/environments): one file describes one Harbor. `breakwater schema --environment` prints the same as JSON Schema, for completion in editors. What is made of it, in which order: [deploy](../guides/deploy.md).',
    table(['key', 'what it is'], rows),
    'The file contains no secrets. Unknown keys are errors, with their line and a suggestion.',
    ...sections.flatMap(([key, schema]) => sectionOf(key, schema)),
    '',
  ].join('\n\n');
}

function sectionOf(key: string, schema: JsonSchema): string[] {
  const { oneOf, ...own } = schema;
  const fields = fieldsOf(withMaps(own)).filter(({ path }) => path !== '');
  const known = new Set(fields.map(({ path }) => path));
  return [
    `## ${code(key)}`,
    text(String(schema['description'])),
    ...(fields.length === 0 ? [] : [fieldTable(fields)]),
    ...titled(oneOf).flatMap((one) => alternativeOf(one, known)),
  ];
}

/** Alternatives without a title only exclude fields, which messages name. */
function titled(oneOf: unknown): JsonSchema[] {
  const all = Array.isArray(oneOf) ? (oneOf as JsonSchema[]) : [];
  return all.filter(({ title }) => typeof title === 'string');
}

function alternativeOf(schema: JsonSchema, known: ReadonlySet<string>): string[] {
  const more = fieldsOf(schema).filter(({ path }) => !known.has(path));
  return [`### ${code(String(schema['title']))}`, more.length === 0 ? 'Nothing more.' : fieldTable(more)];
}

/** Objects that differ only by name, such as the limits by service, are one row. */
function withMaps(schema: JsonSchema): JsonSchema {
  const entries = Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>);
  const shapes = new Set(entries.map(([, child]) => JSON.stringify(child['properties'] ?? null)));
  if (entries.length > 1 && shapes.size === 1 && !shapes.has('null')) return mapOf(schema, entries);
  const properties = Object.fromEntries(entries.map(([name, child]) => [name, withMaps(child)]));
  return entries.length === 0 ? schema : { ...schema, properties };
}

function mapOf({ properties: _alike, ...schema }: JsonSchema, entries: readonly [string, JsonSchema][]): JsonSchema {
  const names = entries.map(([name]) => name).join(', ');
  const { description: _own, ...additionalProperties } = entries[0]![1];
  return { ...schema, description: `${String(schema['description'])} \`*\` is ${names}.`, additionalProperties };
}

function fieldTable(fields: readonly Field[]): string {
  const rows = fields.map(({ path, type, required, default: fallback, about }) => [
    code(path),
    text(type) + (required ? '; **required**' : ''),
    fallback === undefined ? '' : code(fallback),
    text(about),
  ]);
  return table(['key', 'type', 'default', 'what it is'], rows);
}
