import type { Json, JsonObject } from '../../json';
import type { SecretReference } from '../../secret-reference';

export type JsonSchema = { readonly [key: string]: unknown };

/** Where objects of a kind stand in the YAML, and how what stands there becomes a spec. */
export interface Placement<Spec extends object> {
  /**
   * Keys from the root; `*` is a name chosen by the user, `[]` an item of a list:
   * `registries.*`, `projects.*.retention`, `projects.*.members.[]`, `configuration`.
   */
  readonly path: string;
  /** JSON Schema (draft 2020-12) of the value at `path`, without the keys that other kinds place below it. */
  readonly schema: JsonSchema;
  /** `defaults.<this>` is merged below every value at `path`: `project` for `projects.*`. */
  readonly defaultsKey?: string;
  /** What a person would write, for the reference page. */
  readonly example?: Example;
  /** `value` has passed `schema`; `names` are the names that the `*` stood for, outermost first. */
  toSpec(value: Json, names: readonly string[]): Spec;
  /**
   * The inverse, for export and import: what a person would have written. `toSpec` of it is, normalised, the
   * same spec again. Fields that have their schema's `default` are left out by the caller, not here (but for `alwaysWritten`). Undefined
   * where this object stands at another placement of the kind (a project's robot is none of `robots.*`).
   */
  fromSpec(spec: Spec, context: PlacingContext): Placed | undefined;
}

/** A value at a placement, and what the `*` of its path stand for, outermost first. */
export interface Example {
  readonly names: readonly string[];
  readonly value: Json;
}

/** A value and where it stands. */
export interface Placed {
  /** For the `*` of the path, outermost first. */
  readonly names: readonly string[];
  readonly value: Json;
  /**
   * Why something is a trap, by dotted field below `value`, `''` for all of it: comments in the YAML. A field
   * with a note is written even where it is Harbor's default.
   */
  readonly notes?: Readonly<Record<string, string>>;
  /** Top-level fields of the value that do not count beside the others: their defaults are left out whatever `alwaysWritten` says. */
  readonly idle?: readonly string[];
}

export interface PlacingContext {
  /** A reference to write where Harbor holds a secret and does not answer it. `field` is dotted, below the value. */
  readonly secret: (field: string) => SecretReference;
  /** As in `Live`. */
  readonly facts: JsonObject;
  /** What else is written: the spec of that object. */
  readonly beside?: (kind: string, identity: string) => object | undefined;
}
