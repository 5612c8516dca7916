import type { Diagnostic } from '../../diagnostic';
import { findingAt, type Expanded } from '../expand/expand';

/**
 * Settings that only one object can have in Harbor, such as being the default scanner: otherwise the last write would
 * win.
 */
export function checkOnlyOne(expanded: readonly Expanded[]): Diagnostic[] {
  const first = new Map<string, Expanded>();
  return expanded.flatMap((entry) => {
    const { name, onlyOne: field } = entry.site.kind;
    if (field === undefined || (entry.object.spec as Readonly<Record<string, unknown>>)[field] !== true) return [];
    const earlier = first.get(name);
    first.set(name, earlier ?? entry);
    if (!earlier) return [];
    const { file, line, column } = earlier.object.at;
    const message = `${earlier.object.address} at ${file}:${line}:${column} sets it as well, and only one ${name} can`;
    return [findingAt(entry, { rule: 'only-one', field, message, hint: `set ${field}: true on only one of them` })];
  });
}

/**
 * Values that must be unique in Harbor. It compares them exactly, so a trailing slash makes another value for the same
 * place: Harbor accepts that, but it is probably a mistake.
 */
export function checkUnique(expanded: readonly Expanded[]): Diagnostic[] {
  const first = new Map<string, Expanded>();
  return expanded.flatMap((entry) =>
    Object.entries(entry.site.kind.unique ?? {}).flatMap(([field, answer]) => {
      const value = fieldOf(entry, field);
      if (value === undefined) return [];
      const key = `${entry.object.kind} ${field} ${value.replace(/\/+$/, '').toLowerCase()}`;
      const earlier = first.get(key);
      first.set(key, earlier ?? entry);
      return earlier ? [sharedFinding(entry, earlier, field, answer as string)] : [];
    }),
  );
}

function sharedFinding(entry: Expanded, earlier: Expanded, field: string, answer: string): Diagnostic {
  const { file, line, column } = earlier.object.at;
  const where = `${earlier.object.address} at ${file}:${line}:${column}`;
  if (fieldOf(entry, field) === fieldOf(earlier, field))
    return findingAt(entry, { rule: 'not-unique', field, message: `${where} has the same ${field}: Harbor ${answer}` });
  const message = `${where} has the same ${field} in another spelling, which Harbor treats as different`;
  return findingAt(entry, { rule: 'not-unique', severity: 'warning', field, message });
}

function fieldOf({ object }: Expanded, field: string): string | undefined {
  const value = (object.spec as Readonly<Record<string, unknown>>)[field];
  return typeof value === 'string' ? value : undefined;
}
