import type { Json, JsonObject } from '../../json';
import type { SecretReference } from '../../secret-reference';

/** Draft 2020-12, and only keywords that the validation of the declaration uses. */
export type JsonSchema = { readonly [key: string]: unknown };

/** Where objects of a kind are written in YAML, and how they become a spec. */
export interface Placement<Spec extends object> {
  /**
   * Keys from the root; `*` is a name chosen by the user, `[]` an item of a list:
   * `registries.*`, `projects.*.retention`, `projects.*.members.[]`, `configuration`.
   */
  readonly path: string;
  /** JSON Schema (draft 2020-12) of the value at `path`, without the keys for kinds that are placed below it. */
  readonly schema: JsonSchema;
  /** `defaults.<this>` is merged below every value at `path`: `project` for `projects.*`. */
  readonly defaultsKey?: string;
  /** A realistic example for the reference page. */
  readonly example?: Example;
  /** `value` has passed `schema`; `names` are the names that `*` matched, outermost first. */
  toSpec(value: Json, names: readonly string[]): Spec;
  /**
   * The inverse, for export and import: the value that a person would write. After normalization, `toSpec` of it is the
   * same spec. The caller, not this function, leaves out fields with their schema's `default` (except for
   * `alwaysWritten`). Undefined if this object belongs to another placement of the kind (a project's robot is not part
   * of `robots.*`).
   */
  fromSpec(spec: Spec, context: PlacingContext): Placed | undefined;
}

/** A value at a placement, and the names that `*` of its path matches, outermost first. */
export interface Example {
  readonly names: readonly string[];
  readonly value: Json;
}

/** A value and its position. */
export interface Placed {
  /** For the `*` of the path, outermost first. */
  readonly names: readonly string[];
  readonly value: Json;
  /**
   * Notes about unexpected behavior, by dotted field below `value`, `''` for all of it: comments in the YAML. A field
   * with a note is written even if it has Harbor's default.
   */
  readonly notes?: Readonly<Record<string, string>>;
  /**
   * Top-level fields of the value that have no effect here: their defaults are left out whatever `alwaysWritten` says.
   */
  readonly idle?: readonly string[];
}

/** What an export knows about the object that it writes. */
export interface PlacingContext {
  /** A reference to write if Harbor has a secret that it does not return. `field` is dotted, below the value. */
  readonly secret: (field: string) => SecretReference;
  /** As in `Live`. */
  readonly facts: JsonObject;
  /** The spec of another object that is written, too. */
  readonly beside?: (kind: string, identity: string) => object | undefined;
}
