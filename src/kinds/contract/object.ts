import type { JsonObject } from '../../json';
import type { Faults } from '../../shape';

/** One object as it is in Harbor now. */
export interface Live<Spec extends object> {
  readonly identity: string;
  /** Harbor's id, where it has one that other calls need. */
  readonly id?: number;
  readonly spec: Spec;
  /** What is not declarable and yet decides what may be done: `repo_count`, `editable`, `expires_at`, a robot's full name. */
  readonly facts?: JsonObject;
  /** Harbor created it by itself and it is never declared (the membership of a project's creator): never deleted, never counted as unmanaged. */
  readonly builtIn?: boolean;
  /** Why the answer that this was read from cannot be believed: never compared, written or deleted. */
  readonly faults?: Faults;
}

/** What Harbor has, or may have, and what could not be understood. */
export interface Unreadable {
  readonly kind: string;
  /** As good as it is known: `robot/clusters`, `robot/(id 7)`, `retention/library`. */
  readonly address: string;
  readonly reason: string;
  /** Its identity is unknown: it may be any object that was not found, in `project` if that is known. */
  readonly anonymous?: true;
  readonly project?: string;
  /** What it belonged to is gone: no reason to worry. */
  readonly leftOver?: true;
}

/** One object needs another by name: for dangling names, for order, never by Harbor's numeric id. */
export interface Reference {
  readonly kind: string;
  readonly identity: string;
  /** Where in the value at the placement's path the name stands, for the position of a finding. */
  readonly field: string;
  /** Top-level field of the spec that holds the name, where that is not `field`. */
  readonly specField?: string;
  /** True where the other may exist in Harbor without being declared: an undeclared one is a warning; `usually` is not even that. */
  readonly mayBeUndeclared?: boolean | 'usually';
  /** This object lives inside the other and goes with it: a member in its project. At most one reference of a spec. */
  readonly owner?: boolean;
}

export interface Refs {
  /** Harbor's id of an object. @throws ApplyError when nothing of that name is known. */
  id(kind: string, identity: string): number;
  /** The name behind an id; undefined where the object is gone or was not read. */
  name(kind: string, id: number): string | undefined;
}
