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

/** A switch that turns an object off, or gives it more power. Compared on every declared object. */
export interface GuardedField {
  /** Dotted, below the spec. */
  readonly field: string;
  /** What an object has that does not declare the field. */
  readonly default: Json;
}

/** A robot's `resource:action` pair (`GET /permissions` lists them), or `user` where no robot may and only a system administrator can. */
export type Permission = string;

export interface Access {
  readonly read: Permission;
  readonly create: Permission;
  readonly update: Permission;
  readonly remove: Permission;
}

/** What reading objects of a kind costs; `{}` stands for a project or its id. A test counts them. */
export interface Calls {
  /** Once for each hundred objects, where anything of the kind is declared: `GET /labels`. */
  readonly bulk?: string;
  /** Once for each project that declares objects of this kind. */
  readonly perProject?: string;
}

/**
 * One of Harbor's resource types. Every oddity of Harbor's API has its one home here; the comparing does not:
 * there is one diff engine (plan/diff.ts), and it sees only `normalise`d specs. Only declared fields are
 * compared. A spec is JSON: names instead of ids, numbers in Harbor's units, secrets as references.
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
  /** Compared with their defaults where they are not declared. All other undeclared fields are unmanaged. */
  readonly guarded?: readonly GuardedField[];
  /** A top-level field that at most one declared object may set to true. */
  readonly onlyOne?: keyof Spec & string;
  /** Top-level fields that no two objects may share, and what Harbor does where they do: `answers 409`. */
  readonly unique?: Readonly<Partial<Record<keyof Spec & string, string>>>;
  /** Maps whose keys the user chooses: compared as a whole, so that a key which is no longer declared goes away. */
  readonly whole?: readonly (keyof Spec & string)[];
  /**
   * Fields that decide who may do what, what is trusted and what is let through. Export and import write them also
   * where they have their default, because an undeclared field is unmanaged and a change of it by hand no drift.
   * Dotted, below the value at a placement; a field that the value does not have is not made up.
   */
  readonly alwaysWritten?: readonly string[];
  /**
   * Fields without which the object would do more than it was told to (the filters of a replication, the patterns of a
   * rule). Where export or import cannot write one of them, the whole object is left out. Top-level fields of the value.
   */
  readonly restrictedBy?: readonly string[];
  /** True where Harbor changes the `name` of an object in place; otherwise what to do instead, for anyone who writes `renamed_from`. */
  readonly renames?: true | string;
  /** False where Harbor has no delete, or where deleting is never right (a configuration, a quota, a retention). */
  readonly deletable: boolean;
  /** Harbor makes this object together with one of another kind (a quota, the silent retention of a proxy project). */
  readonly bornWith?: {
    readonly kind: string;
    /** True: the parent's create call takes this object's spec along (`storage_limit`), no call of its own. */
    readonly carried: boolean;
    /** What Harbor makes by itself for such a parent, if anything. */
    spec?(parent: object): Spec | undefined;
    /** What it made together with the newest `count` parents, by identity, in a call for each hundred: no object is read. */
    newest?(context: Pick<WriteContext, 'client'>, count: number): Promise<ReadonlyMap<string, NewBorn>>;
  };
  readonly access: Access;
  readonly calls: Calls;
  /** Names that fields have in Harbor's API, where they differ: `registry` is `registry_id`; '' where it has none. For the reference page. */
  readonly harborNames?: Readonly<Record<string, string>>;
  /** Top-level fields that not every supported Harbor knows, and the version that brought them: an older one drops them silently. */
  readonly since?: Readonly<Record<string, string>>;
  /** Values of top-level fields (`type=quay`) that a later supported Harbor does not offer any more, and the first without. */
  readonly until?: Readonly<Record<string, string>>;
  /** How long Harbor may go on answering with what was there before a write, in milliseconds; absent: not at all. */
  readonly staleForMs?: number;
  /** Unexpected behavior of Harbor, as Markdown sentences for the reference page. */
  readonly traps?: readonly string[];
  /** Natural key, unique within the kind, never Harbor's numeric id. */
  identity(spec: Spec): string;
  /** Applied to desired AND current: order of sets, Harbor's silent defaults, spelling. Idempotent. Keeps undeclared fields undeclared. */
  normalise(spec: Spec): Spec;
  references(spec: Spec): readonly Reference[];
  /** Files that an apply writes for this object, relative to the policies directory. `field` as in a `Finding`. */
  writes?(spec: Spec): readonly { readonly file: string; readonly field: string }[];
  /**
   * What the schema cannot say. Offline. `spec` is as `toSpec` made it and not normalised: what says where a fault
   * stands, such as the index of an item, is true of the file.
   */
  check?(spec: Spec, context: CheckContext): readonly Finding[];
  hazards?(context: HazardContext<Spec>): readonly Hazard[];
  /** When Harbor ends this object by itself; undefined for never. */
  ends?(live: Live<Spec>): End | undefined;
  /** Under which type and name Harbor's audit log writes of the object; absent where it writes nothing. */
  audited?(live: Live<Spec>): { readonly type: string; readonly resource: string };
  /** What Harbor does for some days with an object that is created again under the name of one that was deleted. */
  recreated?(spec: Spec): { readonly days: number; readonly effect: string } | undefined;
  /** Names under which fields are declared, where the plan compares another: `banner_message` is `banner`. */
  readonly declaredAs?: Readonly<Record<string, string>>;
  /** How a value is shown to people, such as `500GiB` for bytes; undefined leaves it as JSON. */
  show?(field: string, value: Json): string | undefined;

  /** Bulk: every object of this kind that is in scope, in as few calls as Harbor allows. */
  list(context: ReadContext): Promise<readonly Wire[]>;
  fromWire(wire: Wire, refs: Refs): Live<Spec>;
  toWire(spec: Spec, refs: Refs): Partial<Wire>;
  /** One object, just before it is written. Undefined where it does not exist. */
  read(context: Pick<WriteContext, 'client' | 'refs'>, identity: string): Promise<Live<Spec> | undefined>;
  /** `carried` holds, by kind, the specs that travel along (see `bornWith.carried`). */
  create(context: WriteContext, desired: Spec, carried: ReadonlyMap<string, object>): Promise<{ readonly id?: number }>;
  update(context: WriteContext, update: Update<Spec>): Promise<void>;
  /** Whether the stored secret still works, and if not, whether the declared one does. `merged` as in `Update`. Changes nothing. */
  proveSecret?(context: ProofContext, live: Live<Spec>, merged: Spec): Promise<SecretProof>;
  /** Has Harbor ask whether what is declared here answers it, from where Harbor stands. Changes nothing. @throws BreakwaterError */
  ping?(context: Pick<WriteContext, 'client' | 'secret'>, spec: Spec): Promise<void | NotAsked>;
  remove(context: WriteContext, live: Live<Spec>): Promise<void>;
}

/** An object that Harbor made together with its parent in this run: its spec is what `bornWith.spec` says. */
export type NewBorn = Pick<Live<object>, 'id' | 'facts'>;

export interface End {
  /** Seconds since 1970. */
  readonly atS: number;
  /** How long it lives in all, in seconds, where that is known. */
  readonly lifeS?: number;
  /** What keeps it alive. */
  readonly remedy: string;
  /** That decides it. */
  readonly field: string;
}

/** Harbor was asked nothing about it. */
export interface NotAsked {
  /** A clause, such as `it is not in Harbor yet`. */
  readonly notAsked: string;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the list of all kinds is existential in Spec and Wire
export type AnyKind = Kind<any, any>;

/** The half of a kind that the planner sees: pure, no I/O. */
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

export function addressOf(kind: string, identity: string): string {
  return `${kind}/${identity}`;
}
