import type { Json } from '../json';
import type { CheckContext, Finding } from './contract/check';
import type { Hazard, HazardContext } from './contract/hazard';
import type { ReadContext, Update, WriteContext } from './contract/io';
import type { Live, Reference, Refs } from './contract/object';
import type { Placement } from './contract/placement';
import type { ProofContext, SecretProof, WriteOnly } from './contract/secret';

export type { CheckContext, Finding } from './contract/check';
export type { Hazard, HazardContext } from './contract/hazard';
export type { ReadContext, SecretDelivery, Update, WriteContext } from './contract/io';
export type { Live, Reference, Refs, Unreadable } from './contract/object';
export type { Example, JsonSchema, Placed, Placement, PlacingContext } from './contract/placement';
export type { ProofContext, SecretProof, WriteOnly } from './contract/secret';

/** A switch that disables an object or gives it more permissions. Compared for every declared object. */
export interface GuardedField {
  /** Dotted, below the spec. */
  readonly field: string;
  /** The value that an object has if the field is not declared. */
  readonly default: Json;
}

/**
 * A robot's `resource:action` pair (`GET /permissions` lists them), or `user` if only a system administrator can do it.
 */
export type Permission = string;

/** Which permission each operation needs. The preflight of an apply compares them with what the account has. */
export interface Access {
  readonly read: Permission;
  readonly create: Permission;
  readonly update: Permission;
  readonly remove: Permission;
}

/** Cost of reading objects of a kind; `{}` is a project or its id. A test counts the calls. */
export interface Calls {
  /** Once per hundred objects, if any object of the kind is declared: `GET /labels`. */
  readonly bulk?: string;
  /** Once for each project that declares objects of this kind. */
  readonly perProject?: string;
}

/**
 * One of Harbor's resource types. Every oddity of Harbor's API is handled in its kind, but comparing is not: there is
 * one diff engine (plan/diff.ts), and it only gets specs from `normalise`. Only declared fields are compared. A spec is
 * JSON: names instead of ids, numbers in Harbor's units, secrets as references.
 * The way of a value through a kind:
 *
 *     YAML ── placement.toSpec ──► spec ── normalise ──┐
 *                                                      ├── diff ──► changed fields
 *     Harbor ── list/read ──► wire ── fromWire ──► spec┘                 │
 *                                                                        ▼
 *     Harbor ◄── create/update ◄── toWire ◄────────────────── merged spec (declared over live)
 *     YAML   ◄── placement.fromSpec ◄── spec                  (export, import)
 */
export interface Kind<Spec extends object, Wire = unknown> {
  /** Kebab-case: first part of an address, `project/proxy.docker.io`. */
  readonly name: string;
  /** One sentence for the reference page and the JSON Schema. */
  readonly about: string;
  readonly placements: readonly Placement<Spec>[];
  readonly dependsOn: readonly string[];
  /** Harbor cannot change these in place. */
  readonly replaceOn: readonly (keyof Spec & string)[];
  readonly writeOnly: readonly WriteOnly[];
  /** Compared with their defaults if they are not declared. All other undeclared fields are unmanaged. */
  readonly guarded?: readonly GuardedField[];
  /** A top-level field that at most one declared object may set to true. */
  readonly onlyOne?: keyof Spec & string;
  /** Top-level fields that must be unique, and what Harbor does otherwise: `returns 409`. */
  readonly unique?: Readonly<Partial<Record<keyof Spec & string, string>>>;
  /** Maps whose keys the user chooses: compared as a whole, so that a key that is no longer declared is removed. */
  readonly whole?: readonly (keyof Spec & string)[];
  /**
   * Fields that decide about permissions, trust and access. Export and import always write them, even with their
   * default, because an undeclared field is unmanaged and manual changes of it would not be drift. Dotted, below the
   * value at a placement; a field that the value does not have is not added.
   */
  readonly alwaysWritten?: readonly string[];
  /**
   * Fields without which the object would do more than declared (the filters of a replication, the patterns of a rule).
   * If export or import cannot write one of them, the whole object is left out. Top-level fields of the value.
   */
  readonly restrictedBy?: readonly string[];
  /**
   * True if Harbor changes the `name` of an object in place; otherwise what to do instead, shown to users who write
   * `renamed_from`.
   */
  readonly renames?: true | string;
  /** False if Harbor has no deletion, or if deleting is never right (a configuration, a quota, a retention). */
  readonly deletable: boolean;
  /**
   * Harbor creates this object together with one of another kind (a quota, the default retention of a proxy project).
   */
  readonly bornWith?: {
    readonly kind: string;
    /**
     * True: the request that creates the parent contains this object's spec (`storage_limit`); there is no separate
     * call.
     */
    readonly carried: boolean;
    /** What Harbor creates by default for such a parent, if anything. */
    spec?(parent: object): Spec | undefined;
    /**
     * The objects created together with the newest `count` parents, by identity, with one call per hundred: no single
     * object is read.
     */
    newest?(context: Pick<WriteContext, 'client'>, count: number): Promise<ReadonlyMap<string, NewBorn>>;
  };
  readonly access: Access;
  readonly calls: Calls;
  /**
   * Names of fields in Harbor's API, if they differ: `registry` is `registry_id`; '' if there is none. For the
   * reference page.
   */
  readonly harborNames?: Readonly<Record<string, string>>;
  /**
   * Top-level fields that not every supported Harbor knows, with the version that introduced them: an older one
   * silently drops them.
   */
  readonly since?: Readonly<Record<string, string>>;
  /**
   * Values of top-level fields (`type=quay`) that a later supported Harbor no longer offers, with the first version
   * without them.
   */
  readonly until?: Readonly<Record<string, string>>;
  /** How long Harbor may return the old state after a write, in milliseconds; absent: not at all. */
  readonly staleForMs?: number;
  /** Unexpected behavior of Harbor, as Markdown sentences for the reference page. */
  readonly traps?: readonly string[];
  /** Natural key, unique within the kind, never Harbor's numeric id. */
  identity(spec: Spec): string;
  /**
   * Applied to desired AND current: order of sets, Harbor's implicit defaults, spelling. Idempotent. Undeclared fields
   * stay undeclared.
   */
  normalise(spec: Spec): Spec;
  references(spec: Spec): readonly Reference[];
  /** Files that an apply writes for this object, relative to the policies directory. `field` as in a `Finding`. */
  writes?(spec: Spec): readonly { readonly file: string; readonly field: string }[];
  /**
   * Checks that the schema cannot express. Offline. `spec` is the result of `toSpec` and not normalized, so that
   * positions such as the index of an item match the file.
   */
  check?(spec: Spec, context: CheckContext): readonly Finding[];
  hazards?(context: HazardContext<Spec>): readonly Hazard[];
  /** When Harbor expires this object by itself; undefined for never. */
  ends?(live: Live<Spec>): End | undefined;
  /** Type and name of the object in Harbor's audit log; absent if it is not logged. */
  audited?(live: Live<Spec>): { readonly type: string; readonly resource: string };
  /** What Harbor does for some days with an object that is recreated under the name of a deleted one. */
  recreated?(spec: Spec): { readonly days: number; readonly effect: string } | undefined;
  /** Names under which fields are declared, if the plan compares another one: `banner_message` is `banner`. */
  readonly declaredAs?: Readonly<Record<string, string>>;
  /** How a value is shown to people, such as `500GiB` for bytes; undefined means JSON. */
  show?(field: string, value: Json): string | undefined;

  /** Bulk: every object of this kind in scope, in as few calls as Harbor allows. */
  list(context: ReadContext): Promise<readonly Wire[]>;
  fromWire(wire: Wire, refs: Refs): Live<Spec>;
  toWire(spec: Spec, refs: Refs): Partial<Wire>;
  /** One object, just before it is written. Undefined if it does not exist. */
  read(context: Pick<WriteContext, 'client' | 'refs'>, identity: string): Promise<Live<Spec> | undefined>;
  /**
   * Whether Harbor has an object of this name, also one that these credentials do not see. For a kind whose list leaves
   * out such objects without an error.
   */
  isTaken?(context: Pick<ReadContext, 'client'>, identity: string): Promise<boolean>;
  /** `carried` contains, by kind, the specs that the same request creates (see `bornWith.carried`). */
  create(context: WriteContext, desired: Spec, carried: ReadonlyMap<string, object>): Promise<{ readonly id?: number }>;
  update(context: WriteContext, update: Update<Spec>): Promise<void>;
  /**
   * Whether the stored secret still works, and if not, whether the declared one does. `merged` as in `Update`. Changes
   * nothing.
   */
  proveSecret?(context: ProofContext, live: Live<Spec>, merged: Spec): Promise<SecretProof>;
  /**
   * Makes Harbor test whether it can reach the declared endpoint. Changes nothing.
   * @throws BreakwaterError
   */
  ping?(context: Pick<WriteContext, 'client' | 'secret'>, spec: Spec): Promise<void | NotAsked>;
  remove(context: WriteContext, live: Live<Spec>): Promise<void>;
}

/** An object that Harbor created together with its parent in this run: its spec is `bornWith.spec`. */
export type NewBorn = Pick<Live<object>, 'id' | 'facts'>;

/** When an object stops working by itself, so that a plan can warn in time. */
export interface End {
  /** Seconds since 1970. */
  readonly atS: number;
  /** Its whole lifetime in seconds, if known. */
  readonly lifeS?: number;
  /** How to keep it alive. */
  readonly remedy: string;
  /** Field that determines it. */
  readonly field: string;
}

/** Harbor was not asked. */
export interface NotAsked {
  /** A clause, such as `it is not in Harbor yet`. */
  readonly notAsked: string;
}

/** A kind in a list of kinds. Its spec is only ever passed back to the kind that it came from. */
// oxlint-disable-next-line typescript/no-explicit-any -- the list of all kinds is existential in Spec and Wire
export type AnyKind = Kind<any, any>;

/** The part of a kind that the planner uses: pure, no I/O. */
export type KindRules = Pick<
  AnyKind,
  | 'name'
  | 'dependsOn'
  | 'replaceOn'
  | 'writeOnly'
  | 'guarded'
  | 'whole'
  | 'deletable'
  | 'bornWith'
  | 'staleForMs'
  | 'identity'
  | 'normalise'
  | 'references'
  | 'hazards'
  | 'ends'
  | 'audited'
  | 'recreated'
  | 'declaredAs'
  | 'show'
>;

/** `project/proxy.docker.io`: the name of an object in plans, reports, `--target` and errors. */
export function addressOf(kind: string, identity: string): string {
  return `${kind}/${identity}`;
}
