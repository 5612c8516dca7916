import type { Diagnostic } from '../../diagnostic';
import type { JsonObject } from '../../json';
import type { AnyKind, Finding, JsonSchema } from '../../kinds/kind';
import { isBefore } from '../../release';
import type { DeclaredObject } from '../declaration';

/**
 * Declared fields that this version of Harbor does not know: it returns 200 or 201 and drops them, so a plan would show
 * the change forever. A field with its default value does no harm. A version that is not a number (`dev`) counts as
 * new.
 */
export function fieldsTooNew(kind: AnyKind, spec: object, harborVersion: string): Finding[] {
  const declared = Object.entries(kind.since ?? {}).filter(([field]) => saysSomething(kind, field, spec as JsonObject));
  return declared
    .filter(([, since]) => isBefore(harborVersion, since))
    .map(([field, since]) => ({
      rule: 'field-too-new',
      field,
      message: `Harbor ${harborVersion.replace(/^v/, '')} accepts ${field} but drops it: it needs Harbor ${since}`,
      hint: `remove ${field}, or upgrade Harbor to ${since}`,
    }));
}

/**
 * Declared values that this version of Harbor no longer offers (`type=quay`). It still accepts them, so they are
 * warnings; values that it refuses are reported by the kind's `check`.
 */
export function valuesGone({ until = {} }: AnyKind, spec: object, harborVersion: string): Finding[] {
  const declared = Object.entries(until).map(([value, version]) => ({ ...fieldAndValue(value), version }));
  return declared
    .filter(({ field, value }) => (spec as JsonObject)[field] === value)
    .filter(({ version }) => !isBefore(harborVersion, version))
    .map(({ field, value, version }) => ({
      rule: 'value-gone',
      severity: 'warning' as const,
      field,
      message: `Harbor ${harborVersion.replace(/^v/, '')} does not support ${field}: ${value} any more: it was removed in ${version}`,
    }));
}

/** Of `type=quay`. */
function fieldAndValue(text: string): { readonly field: string; readonly value: string } {
  const [field = '', value = ''] = text.split('=');
  return { field, value };
}

/** Both checks, for all objects, with the version that a Harbor reported. */
export function objectsOutOfVersion(
  objects: readonly DeclaredObject[],
  kinds: readonly AnyKind[],
  harborVersion: string,
): Diagnostic[] {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]));
  return objects.flatMap(({ kind: name, spec, address, at }) => {
    const kind = byName.get(name);
    const findings = kind ? outOfVersion(kind, spec, harborVersion) : [];
    return findings.map(({ field: _field, severity = 'error' as const, ...finding }) => ({
      ...finding,
      severity,
      message: `${address}: ${finding.message}`,
      at,
    }));
  });
}

/** Errors for fields that would be dropped, warnings for values that are no longer offered. */
export function outOfVersion(kind: AnyKind, spec: object, harborVersion: string): Finding[] {
  return [...fieldsTooNew(kind, spec, harborVersion), ...valuesGone(kind, spec, harborVersion)];
}

function saysSomething(kind: AnyKind, field: string, spec: JsonObject): boolean {
  return spec[field] !== undefined && spec[field] !== defaultOf(kind, field);
}

function defaultOf({ placements: [placement] }: AnyKind, field: string): unknown {
  return alternatives(placement?.schema ?? {}).find((properties) => properties[field])?.[field]?.default;
}

type Properties = Readonly<Record<string, { readonly default?: unknown }>>;

/** A schedule is `none` or an object: the properties of each allowed form. */
function alternatives(schema: JsonSchema): Properties[] {
  const forms = [schema, ...((schema['oneOf'] ?? []) as JsonSchema[])];
  return forms.map(({ properties }) => (properties ?? {}) as Properties);
}
