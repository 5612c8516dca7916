import type { Json, JsonObject } from '../json';
import { addressOf, type AnyKind, type Placed, type Placement, type PlacingContext } from '../kinds/kind';
import type { SecretNames } from './secret-names';
import { withoutDefaults } from './without-defaults';

/** An object to write: from Harbor, or from another tool's declaration. */
export interface WritableObject {
  readonly kind: AnyKind;
  readonly spec: object;
  /** As in `Live`; empty if Harbor was not read. */
  readonly facts: JsonObject;
}

/** An object as it will be written. */
export interface PlacedObject {
  readonly address: string;
  readonly kind: AnyKind;
  readonly spec: object;
  readonly placement: Placement<object>;
  /** The names that `*` of the placement's path matches. */
  readonly names: readonly string[];
  /** Keys from the root; `[]` is one more item of a list. */
  readonly steps: readonly string[];
  readonly value: Json;
  readonly notes: Readonly<Record<string, string>>;
}

/** Reported to the user: an export that is not complete says so. */
export interface LeftOut {
  readonly address: string;
  /** Absent: the whole object. */
  readonly field?: string;
  readonly reason: string;
  /** Position in the file that was read, if known. */
  readonly line?: number;
}

/** Keys that the loader refuses everywhere. */
export const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype', '<<']);

/**
 * The position and value of an object, or why it cannot be written. The first placement that accepts the spec decides:
 * a robot of a project is refused by the one for robots of the system.
 */
export function placeObject(
  { kind, spec, facts }: WritableObject,
  names: SecretNames,
  beside: NonNullable<PlacingContext['beside']>,
): PlacedObject | LeftOut {
  const identity = kind.identity(spec);
  const address = addressOf(kind.name, identity);
  for (const placement of kind.placements as readonly Placement<object>[]) {
    const owner = placement.path.includes('*') ? [kind.name, identity] : [];
    const secret = (field: string) => names.reference(owner, address, field);
    const placed = placement.fromSpec(spec, { secret, facts, beside });
    if (!placed) continue;
    const forbidden = placed.names.find((name) => FORBIDDEN_NAMES.has(name));
    if (forbidden !== undefined) return { address, reason: `"${forbidden}" cannot be a key` };
    const notes = placed.notes ?? {};
    const { names: stars } = placed;
    const keep = new Set([...Object.keys(notes), ...decisiveFields(kind, placed)]);
    const value = withoutDefaults(placed.value, placement.schema, keep);
    return { address, kind, spec, placement, names: stars, steps: stepsWith(placement.path, stars), value, notes };
  }
  return { address, reason: 'it cannot be declared' };
}

/** A placed object has no reason. */
export function isLeftOut(placed: PlacedObject | LeftOut): placed is LeftOut {
  return 'reason' in placed;
}

/**
 * Fields about permissions, trust and access, without those that have no effect on this object. They are written even
 * with their default: an undeclared field is unmanaged, and a change by hand would not be drift.
 */
function decisiveFields({ alwaysWritten = [] }: AnyKind, { idle = [] }: Placed): string[] {
  return alwaysWritten.filter((field) => !idle.some((other) => field === other || field.startsWith(`${other}.`)));
}

function stepsWith(path: string, names: readonly string[]): string[] {
  const left = [...names];
  return path.split('.').map((step) => (step === '*' ? (left.shift() ?? '') : step));
}
