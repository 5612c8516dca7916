import type { Position, Refusal } from '../diagnostic';
import type { Json, JsonObject } from '../json';

/**
 *      mode          creates   updates   replaces, deletes
 *      upsert-only   yes       yes       no: a plan that needs them is refused (the default)
 *      create-only   yes       no        no
 *      sync          yes       yes       yes, but deletes only kinds in `prune:`
 */
export type Mode = 'upsert-only' | 'create-only' | 'sync';
/**
 * What may be deleted: whole kinds (`prune:` with mode sync), or only what was removed from the files since the base.
 */
export type PruneScope = 'removed';
/** `replace` is a delete and a create: for fields that Harbor cannot change in place. */
export type Action = 'create' | 'update' | 'replace' | 'delete';

/** One row of the plan. */
export interface FieldChange {
  /** Dotted, below the spec: `credential.access_key`. */
  readonly path: string;
  /** Absent: the object or the field does not exist yet. */
  readonly before?: Json;
  /** Absent: it will not exist any more. A secret is its reference, never a value. */
  readonly after?: Json;
  /** Set if the row is not simply "declared differs from current". */
  readonly why?: string;
  /** Where the declared value comes from. Absent: not requested (`--explain`), or not declared. */
  readonly from?: FieldOrigin;
  /** Harbor never returns this field. */
  readonly writeOnly?: boolean;
  /** The value for people (`500GiB`), if it differs from JSON. */
  readonly shown?: {
    readonly before?: string;
    readonly after?: string;
    /** The name under which it is declared. */
    readonly path?: string;
  };
}

/** The live object must still look like this just before the write. `null`: it must not exist. */
export type Precondition = null | {
  /** SHA-256 of the canonical JSON of `observed`, `sha256:<hex>`. */
  readonly hash: string;
  /** The declared fields as they were in Harbor when the plan was created (all fields for a delete or replace). */
  readonly observed: JsonObject;
};

/** One object that will be written. The order of the list is the order of execution. */
export interface Change {
  readonly action: Action;
  readonly kind: string;
  readonly identity: string;
  readonly address: string;
  readonly fields: readonly FieldChange[];
  /** The declared spec; absent for a delete. */
  readonly desired?: JsonObject;
  readonly precondition: Precondition;
  /** Addresses of changes in this plan that must have succeeded before. */
  readonly dependsOn: readonly string[];
  /** The request of that change also makes this one (a quota is part of its new project's request). */
  readonly carriedBy?: string;
  /** Harbor creates this object together with that change's; it is then updated. */
  readonly bornOf?: string;
  /** Rules of the hazards that were accepted by naming this address; a new hazard makes the change stale. */
  readonly accepts?: readonly string[];
  /** Current identity of the object in Harbor; this change renames it. */
  readonly renamedFrom?: string;
  readonly at?: Position;
}

/** Never stops a plan. */
export interface Warning {
  readonly address?: string;
  /** A note instead of a warning. Absent: a warning. */
  readonly level?: 'info';
  readonly message: string;
}

/** Who did it, and when: ISO 8601, UTC. */
export interface Act {
  readonly by: string;
  readonly at: string;
}

/** Objects that are not declared or that change, as far as Harbor's audit log knows them. */
export interface PlanHistory {
  readonly objects: readonly {
    readonly address: string;
    readonly created?: Act;
    /** An object with the same name was deleted before this one is created. */
    readonly deleted?: Act;
    /** The last change of any field: the log does not record which one. */
    readonly changed?: Act;
  }[];
  /** Why the log could not be read: nothing is known. */
  readonly problem?: string;
}

/** Where a declared value comes from. */
export interface FieldOrigin {
  readonly source: 'declared' | 'defaults' | 'overlay';
  readonly at: Position;
}

/** One unchanged field of an object, for users who ask why. */
export interface ExplainedField {
  /** Dotted, below the spec, with the name under which the field is declared. */
  readonly path: string;
  /** Harbor's value; for a secret its reference. */
  readonly value?: Json;
  /** The value for people (`500GiB`), if it differs from JSON. */
  readonly shown?: string;
  /** The declared value, if it differs and is not changed. */
  readonly wanted?: Json;
  /**
   * `secret`: Harbor never returns it · `undeclared`: not compared · `guarded`: not declared, compared with its default ·
   * `lost`: not declared, and the object is replaced.
   */
  readonly state: 'declared' | 'secret' | 'undeclared' | 'guarded' | 'lost';
  readonly from?: FieldOrigin;
}

/** The fields of one object that a plan does not change. */
export interface ExplainedObject {
  readonly address: string;
  readonly kind: string;
  /** Whether other fields of it change. */
  readonly changes: boolean;
  readonly fields: readonly ExplainedField[];
  readonly at?: Position;
}

/** A finding of a rule about the effect of the plan. */
export interface PlanFinding extends Refusal {
  readonly severity: 'critical' | 'high' | 'medium' | 'low';
  readonly address: string;
  /** Where it is declared. Absent for an undeclared object, such as a deleted one. */
  readonly at?: Position;
  /** The owner, and the last day. */
  readonly waived?: { readonly owner: string; readonly expires: string; readonly reason: string };
}

/** Critical and high findings without a waiver. */
export function openFindings({ findings = [] }: Pick<Plan, 'findings'>): PlanFinding[] {
  return findings.filter(({ severity, waived }) => !waived && (severity === 'critical' || severity === 'high'));
}

/** A declared secret that cannot be compared with Harbor's. Never a change. */
export interface NotCompared {
  readonly address: string;
  /** Dotted, below the spec. */
  readonly field: string;
  readonly reason: string;
  /** It was tested, and no known secret works. */
  readonly broken?: boolean;
}

/** An object in Harbor that could not be understood: neither compared nor changed nor deleted. */
export interface UnreadableObject {
  /** As far as known: `robot/(id 7)` if the response has no name. */
  readonly address: string;
  readonly reason: string;
  /** Its parent is deleted: no declared object can be meant. */
  readonly leftOver?: true;
}

/** An object in Harbor that is not declared. */
export interface UnmanagedObject {
  readonly kind: string;
  readonly address: string;
  /** `prune` includes its kind: `--mode sync` deletes it, unless it is accepted or its parent is not declared. */
  readonly pruned?: true;
  /** The previous declaration contained it: `--prune removed` deletes it. */
  readonly removed?: true;
  /** Harbor cannot delete it: it stays unchanged. */
  readonly permanent?: true;
  /** A declared object refers to it: no plan deletes it. */
  readonly inUse?: true;
  /** Harbor created it at installation. */
  readonly fromInstallation?: true;
  /** The reason in `unmanaged:`: never deleted and not reported as a problem. */
  readonly accepted?: string;
  /** From Harbor's audit log, if known. */
  readonly created?: Act;
}

/** A kind whose undeclared objects were not read. */
export interface Unseen {
  readonly kind: string;
  readonly reason: string;
}

/** Declared for the first time, but already in Harbor. */
export interface Adoption {
  readonly address: string;
  /** Whether any field differs; false if everything is as declared. */
  readonly changed: boolean;
  readonly at?: Position;
}

/** The planned changes, as pure JSON data; the same input gives the same bytes. */
export interface Plan {
  readonly schemaVersion: 1;
  readonly tool: string;
  readonly declaration: string;
  readonly target: { readonly url: string; readonly harborVersion?: string };
  readonly mode: Mode;
  /** In the order of execution: dependencies first, deletions last and reversed. */
  readonly changes: readonly Change[];
  /** If not empty, no part of this plan is applied. */
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly Warning[];
  /** Entries of Harbor's audit log for these objects. Absent: it was not read. */
  readonly history?: PlanHistory;
  /** From the rules on plans. Absent: no findings. */
  readonly findings?: readonly PlanFinding[];
  /** For objects that change, and those that `--target` names. Absent: not requested (`--explain`). */
  readonly explained?: readonly ExplainedObject[];
  /** Sorted by address. Rewritten with `--rotate ADDRESS`. */
  readonly notCompared: readonly NotCompared[];
  /** Absent if everything was understood. */
  readonly unreadable?: readonly UnreadableObject[];
  /** By kind and address. */
  readonly unmanaged: readonly UnmanagedObject[];
  /** Absent if every kind was read. */
  readonly unseen?: readonly Unseen[];
  /** Absent if the plan was not compared with an earlier declaration: Harbor does not record who manages an object. */
  readonly adoptions?: readonly Adoption[];
  readonly summary: {
    readonly create: number;
    readonly update: number;
    readonly replace: number;
    readonly delete: number;
    readonly unchanged: number;
    /** Differs, but is not changed: because of mode create-only, or because `--target` named others. */
    readonly left: number;
    /** Declared, but unknown because something could not be read. Absent: none. */
    readonly unread?: number;
    /** In Harbor, read, not declared, and not accepted by `unmanaged:`. */
    readonly unmanaged: number;
    /** Accepted by `unmanaged:`. Absent: none. */
    readonly accepted?: number;
  };
}
