import type { Position, Refusal } from '../diagnostic';
import type { Json, JsonObject } from '../json';

export type Mode = 'upsert-only' | 'create-only' | 'sync';
/** What may be deleted: whole kinds (`prune:` with mode sync), or only what left the files since the base. */
export type PruneScope = 'removed';
export type Action = 'create' | 'update' | 'replace' | 'delete';

export interface FieldChange {
  /** Dotted, below the spec: `credential.access_key`. */
  readonly path: string;
  /** Absent: the object or the field does not exist yet. */
  readonly before?: Json;
  /** Absent: it will not exist any more. A secret is its reference, never a value. */
  readonly after?: Json;
  /** Set where the row is not simply "declared differs from current". */
  readonly why?: string;
  /** Where the declared value comes from. Absent: not requested (`--explain`), or not declared. */
  readonly from?: FieldOrigin;
  /** Harbor never answers this field. */
  readonly writeOnly?: boolean;
  /** As people read it (`500GiB`), where that differs from JSON. */
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
  /** The declared fields as they were in Harbor when the plan was made (all fields for a delete or replace). */
  readonly observed: JsonObject;
};

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
  /** This change is made by that change's call (a quota by its new project's). */
  readonly carriedBy?: string;
  /** Harbor makes this object by itself together with that change's; whatever it made is then updated. */
  readonly bornOf?: string;
  /** Rules of the hazards that somebody accepted by naming this address; a new one makes the change stale. */
  readonly accepts?: readonly string[];
  /** Identity that the object still has in Harbor; this change gives it the new one. */
  readonly renamedFrom?: string;
  readonly at?: Position;
}

export interface Warning {
  readonly address?: string;
  /** Worth knowing, and no reason to worry. Absent: a warning. */
  readonly level?: 'info';
  readonly message: string;
}

/** Who did it, and when: ISO 8601, UTC. */
export interface Act {
  readonly by: string;
  readonly at: string;
}

/** Of objects that are not declared or that change, as far as Harbor's audit log knows them. */
export interface PlanHistory {
  readonly objects: readonly {
    readonly address: string;
    readonly created?: Act;
    /** One of the same name was deleted before this one is created. */
    readonly deleted?: Act;
    /** The last change of any field: the log does not say which. */
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

/** One field of an object that a plan does not change, for people who wonder. */
export interface ExplainedField {
  /** As it is declared. */
  readonly path: string;
  /** What Harbor has; of a secret its reference. */
  readonly value?: Json;
  /** As people read it (`500GiB`), where that differs from JSON. */
  readonly shown?: string;
  /** What is declared, where that differs and is left alone. */
  readonly wanted?: Json;
  /**
   * `secret`: Harbor never returns it · `undeclared`: not compared · `guarded`: not declared, compared with its default ·
   * `lost`: not declared, and the object is replaced.
   */
  readonly state: 'declared' | 'secret' | 'undeclared' | 'guarded' | 'lost';
  readonly from?: FieldOrigin;
}

/** The fields of one object that a plan leaves as they are. */
export interface ExplainedObject {
  readonly address: string;
  readonly kind: string;
  /** Whether other fields of it change. */
  readonly changes: boolean;
  readonly fields: readonly ExplainedField[];
  readonly at?: Position;
}

/** What a rule finds wrong with what the plan would do. */
export interface PlanFinding extends Refusal {
  readonly severity: 'critical' | 'high' | 'medium' | 'low';
  readonly address: string;
  /** Where it is declared. Absent: it is not, as an object that is deleted. */
  readonly at?: Position;
  /** Who answers for it, and until when. */
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
  /** It was tested, and nothing that is known here works. */
  readonly broken?: boolean;
}

/** In Harbor, and not understood: neither compared nor changed nor deleted. */
export interface UnreadableObject {
  /** As good as it is known: `robot/(id 7)` where the answer has no name. */
  readonly address: string;
  readonly reason: string;
  /** What it belonged to is gone: nothing declared can mean it. */
  readonly leftOver?: true;
}

/** In Harbor, and not declared. */
export interface UnmanagedObject {
  readonly kind: string;
  readonly address: string;
  /** `prune` names its kind: `--mode sync` deletes it, unless it is accepted or lives where nothing is declared. */
  readonly pruned?: true;
  /** The declaration before this one had it: `--prune removed` deletes it. */
  readonly removed?: true;
  /** Harbor has no delete for it: it stays as it is. */
  readonly permanent?: true;
  /** A declared object refers to it: no plan deletes it. */
  readonly inUse?: true;
  /** Harbor made it when it was installed. */
  readonly fromInstallation?: true;
  /** The reason in `unmanaged:`: never deleted, and nothing to worry about. */
  readonly accepted?: string;
  /** From Harbor's audit log, where it knows. */
  readonly created?: Act;
}

/** A kind whose undeclared objects were not looked at. */
export interface Unseen {
  readonly kind: string;
  readonly reason: string;
}

/** Declared for the first time, and in Harbor already. */
export interface Adoption {
  readonly address: string;
  /** Whether any field differs; false where all is as declared. */
  readonly changed: boolean;
  readonly at?: Position;
}

/** What would be done, as data. JSON through and through; the same input gives the same bytes. */
export interface Plan {
  readonly schemaVersion: 1;
  readonly tool: string;
  readonly declaration: string;
  readonly target: { readonly url: string; readonly harborVersion?: string };
  readonly mode: Mode;
  /** In the order of execution: dependencies first, deletes last and reversed. */
  readonly changes: readonly Change[];
  /** Anything here: nothing of this plan is applied. */
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly Warning[];
  /** What Harbor's audit log knows of these objects. Absent: it was not read. */
  readonly history?: PlanHistory;
  /** Of the rules on plans. Absent: nothing was found. */
  readonly findings?: readonly PlanFinding[];
  /** Of objects that change, and of those that `--target` names. Absent: not requested (`--explain`). */
  readonly explained?: readonly ExplainedObject[];
  /** By address. Written again with `--rotate ADDRESS`. */
  readonly notCompared: readonly NotCompared[];
  /** Absent where everything was understood. */
  readonly unreadable?: readonly UnreadableObject[];
  /** By kind and address. */
  readonly unmanaged: readonly UnmanagedObject[];
  /** Absent where every kind was looked at. */
  readonly unseen?: readonly Unseen[];
  /** Absent where the plan was not compared with an earlier declaration: nothing in Harbor says who made an object. */
  readonly adoptions?: readonly Adoption[];
  readonly summary: {
    readonly create: number;
    readonly update: number;
    readonly replace: number;
    readonly delete: number;
    readonly unchanged: number;
    /** Differs, and is left alone: by mode create-only, or because `--target` named others. */
    readonly left: number;
    /** Declared, and nothing is known about it because something could not be read. Absent: none. */
    readonly unread?: number;
    /** In Harbor, read, not declared, and not accepted by `unmanaged:`. */
    readonly unmanaged: number;
    /** Accepted by `unmanaged:`. Absent: none. */
    readonly accepted?: number;
  };
}
