import type { Diagnostic } from '../diagnostic';
import type { JsonObject } from '../json';
import type { AnyKind, Finding, JsonSchema } from '../kinds/kind';
import type { DeclaredObject } from './declaration';

/**
 * Declared fields that a Harbor of this version does not know: it answers 200 or 201 and drops them, so a plan
 * would ask for them for ever. A field that only says what is so anyway (its default) does no harm.
 * A version that is no number (`dev`) is taken for a new one.
 */
export function fieldsTooNew(kind: AnyKind, spec: object, harborVersion: string): Finding[] {
  const declared = Object.entries(kind.since ?? {}).filter(([field]) => saysSomething(kind, field, spec as JsonObject));
  return declared
    .filter(([, since]) => isBefore(harborVersion, since))
    .map(([field, since]) => ({
      rule: 'field-too-new',
      field,
      message: `Harbor ${harborVersion.replace(/^v/, '')} accepts ${field} and drops it: it came with ${since}`,
      hint: `remove ${field}, or upgrade Harbor to ${since}`,
    }));
}

/** The same for all objects, against the version that a Harbor told. */
export function objectsTooNew(
  objects: readonly DeclaredObject[],
  kinds: readonly AnyKind[],
  harborVersion: string,
): Diagnostic[] {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]));
  return objects.flatMap(({ kind: name, spec, address, at }) => {
    const kind = byName.get(name);
    const findings = kind ? fieldsTooNew(kind, spec, harborVersion) : [];
    return findings.map(({ field: _field, ...finding }) => ({
      ...finding,
      severity: 'error' as const,
      message: `${address}: ${finding.message}`,
      at,
    }));
  });
}

function saysSomething(kind: AnyKind, field: string, spec: JsonObject): boolean {
  return spec[field] !== undefined && spec[field] !== defaultOf(kind, field);
}

function defaultOf({ placements: [placement] }: AnyKind, field: string): unknown {
  return alternatives(placement?.schema ?? {}).find((properties) => properties[field])?.[field]?.default;
}

type Properties = Readonly<Record<string, { readonly default?: unknown }>>;

/** A schedule is `none` or an object: the properties of each form that a value may have. */
function alternatives(schema: JsonSchema): Properties[] {
  const forms = [schema, ...((schema['oneOf'] ?? []) as JsonSchema[])];
  return forms.map(({ properties }) => (properties ?? {}) as Properties);
}

/** As far as both say: `2.15` stands for each of its patches. */
function isBefore(version: string, since: string): boolean {
  const found = numbers(version);
  for (const [index, wanted] of numbers(since).entries()) {
    const difference = (found[index] ?? wanted) - wanted;
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** Of `v2.16.0-c50c7ddd`: 2, 16, 0. */
function numbers(version: string): number[] {
  const [, digits = ''] = /^v?(\d+(?:\.\d+)*)/.exec(version) ?? [];
  return digits === '' ? [] : digits.split('.').map(Number);
}
