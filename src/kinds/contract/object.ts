import type { JsonObject } from '../../json';
import type { Faults } from '../../shape';

/** The current state of one object in Harbor. */
export interface Live<Spec extends object> {
  readonly identity: string;
  /** Harbor's id, if other calls need it. */
  readonly id?: number;
  readonly spec: Spec;
  /**
   * Data that cannot be declared but affects what may be done: `repo_count`, `editable`, `expires_at`, a robot's full
   * name.
   */
  readonly facts?: JsonObject;
  /**
   * Harbor created it by itself and it is never declared (the membership of a project's creator): never deleted, never
   * counted as unmanaged.
   */
  readonly builtIn?: boolean;
  /** Why the response that this was read from is not reliable: never compared, written or deleted. */
  readonly faults?: Faults;
}

/** Something in Harbor, or possibly in Harbor, that could not be understood. */
export interface Unreadable {
  readonly kind: string;
  /** As far as known: `robot/clusters`, `robot/(id 7)`, `retention/library`. */
  readonly address: string;
  readonly reason: string;
  /** Its identity is unknown: it may be any object that was not found, in `project` if that is known. */
  readonly anonymous?: true;
  readonly project?: string;
  /** Its parent is deleted, so it does not matter. */
  readonly leftOver?: true;
}

/** A reference from one object to another by name, never by Harbor's numeric id: for missing names and for order. */
export interface Reference {
  readonly kind: string;
  readonly identity: string;
  /** Path of the name in the value at the placement, for the position of a finding. */
  readonly field: string;
  /** Top-level field of the spec with the name, if it is not `field`. */
  readonly specField?: string;
  /**
   * True if the other object may exist in Harbor without being declared: then an undeclared one is a warning; with
   * `usually` not even that.
   */
  readonly mayBeUndeclared?: boolean | 'usually';
  /**
   * This object belongs to the other and is deleted with it: a member in its project. At most one reference of a spec.
   */
  readonly owner?: boolean;
}

/** Ids and names of objects that this run has read or created. Specs have names only; the API needs ids. */
export interface Refs {
  /**
   * Harbor's id of an object.
   * @throws ApplyError if no object has that name
   */
  id(kind: string, identity: string): number;
  /** The name for an id; undefined if the object does not exist or was not read. */
  name(kind: string, id: number): string | undefined;
}
