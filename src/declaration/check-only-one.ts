import type { Diagnostic } from '../diagnostic';
import { findingAt, type Expanded } from './expand';

/** What Harbor gives to one object alone, such as being the default scanner: the last one written would have it. */
export function checkOnlyOne(expanded: readonly Expanded[]): Diagnostic[] {
  const first = new Map<string, Expanded>();
  return expanded.flatMap((entry) => {
    const { name, onlyOne: field } = entry.site.kind;
    if (field === undefined || (entry.object.spec as Readonly<Record<string, unknown>>)[field] !== true) return [];
    const earlier = first.get(name);
    first.set(name, earlier ?? entry);
    if (!earlier) return [];
    const { file, line, column } = earlier.object.at;
    const message = `${earlier.object.address} at ${file}:${line}:${column} says so too, and only one ${name} can`;
    return [findingAt(entry, { rule: 'only-one', field, message, hint: `leave ${field}: true to one of them` })];
  });
}
