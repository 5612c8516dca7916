import type { Severity } from '../diagnostic';
import type { Client, Identity } from '../harbor/client';
import type { Json, JsonObject } from '../json';
import type { SecretReference } from '../secret-reference';
import type { Faults } from '../shape';

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

/** What `check` finds; the declaration adds file, line and column. `field` is dotted, below the placement's path. */
export interface Finding {
  readonly rule: string;
  readonly severity?: Severity;
  readonly field?: string;
  readonly message: string;
  readonly hint?: string;
}

export interface CheckContext {
  /** The declared spec of another object, such as the project of a retention. */
  declared(kind: string, identity: string): object | undefined;
  /** All declared specs of a kind; absent where one object is checked by itself. */
  all?(kind: string): readonly object[];
  /** What `harbor.version` declares; without it the newest Harbor counts. */
  readonly harborVersion?: string;
}

/** One object as it is in Harbor now. */
export interface Live<Spec extends object> {
  readonly identity: string;
  /** Harbor's id, where it has one that other calls need. */
  readonly id?: number;
  readonly spec: Spec;
  /** What is not declarable and yet decides what may be done: `repo_count`, `editable`, `expires_at`, a robot's full name. */
  readonly facts?: JsonObject;
  /** Harbor made it by itself and nobody declares it (the membership of a project's creator): never deleted, never counted as unmanaged. */
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
  /** Nobody knows which object it is: any that was not found, below `project` where that is known. */
  readonly anonymous?: true;
  readonly project?: string;
  /** What it belonged to is gone: no reason to worry. */
  readonly leftOver?: true;
}

export interface Refs {
  /** Harbor's id of an object. @throws ApplyError when nothing of that name is known. */
  id(kind: string, identity: string): number;
  /** The name behind an id; undefined where the object is gone or was not read. */
  name(kind: string, id: number): string | undefined;
}

export interface ReadContext {
  readonly client: Client;
  /** For a kind placed below another: names of the parents for which it is declared. Nothing else is asked for. */
  readonly parents: readonly string[];
  /** True for an export: what only tells a choice from a default is worth a call of its own. */
  readonly everything?: boolean;
  /** Wires of another kind, read once a run and shared (a retention is found through its project). */
  wires<Wire>(kind: string): Promise<readonly Wire[]>;
}

export interface SecretDelivery {
  /** Identity of the robot, without the prefix that `username` has. */
  readonly robot: string;
  readonly file: string;
  readonly as: 'plain' | 'dockerconfigjson' | 'kubernetes-secret';
  readonly username: string;
  readonly secret: string;
  /** Name of the Kubernetes Secret, where `as` asks for one. */
  readonly name: string;
}

export interface WriteContext {
  readonly client: Client;
  readonly refs: Refs;
  /** Resolves a secret at the last moment. @throws SecretError */
  secret(reference: SecretReference): Promise<string>;
  /**
   * Whether `deliver` may write that file, asked before Harbor makes a secret that nobody could keep. `identity` is
   * that of the robot. @throws ApplyError where something else is in the file
   */
  checkDelivery(file: string, identity: string): Promise<void>;
  /** Writes a secret that Harbor told once to a file of mode 0600, and tells nobody else. */
  deliver(delivery: SecretDelivery): Promise<void>;
}

export interface ProofContext extends Pick<WriteContext, 'client' | 'secret'> {
  /** Whether Harbor gives this account a token, asked without scope: with one it answers anybody. */
  accepts(username: string, secret: string): Promise<boolean>;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** What asking Harbor found out about a secret that it never answers. Only `dead` is a reason to write it again. */
export type SecretProof =
  /** The stored one is alive. Whether it is the declared one is not known. */
  | { readonly outcome: 'works' }
  /** Harbor holds the declared one. */
  | { readonly outcome: 'same' }
  | { readonly outcome: 'dead'; readonly why: string }
  | {
      readonly outcome: 'unverifiable';
      /** In words, without the secret: `the upstream answers neither the stored nor the declared one`. */
      readonly reason: string;
      /** It was asked, and nothing that is known here works: a proof that failed, not one that could not be had. */
      readonly broken?: boolean;
    };

export interface Update<Spec extends object> {
  /** Read again just before this write. */
  readonly live: Live<Spec>;
  /** `live.spec` with the declared fields over it: for the endpoints that replace whole objects. */
  readonly merged: Spec;
  /** Top-level fields that differ; a write-only field is listed when it has to be written along. */
  readonly changed: readonly (keyof Spec & string)[];
}

/** A field that Harbor never answers, so that no diff can see it. */
export interface WriteOnly {
  /** Dotted, below the spec: `credential.access_secret`. */
  readonly field: string;
  /** It is written whenever one of these changes, whatever a proof says: Harbor would clear or mix up what it holds. */
  readonly with: readonly string[];
  readonly why: string;
  /**
   * `proveSecret` can tell about it: `always` where asking costs Harbor one call, `on-request` where Harbor then
   * logs in somewhere else.
   */
  readonly provable?: 'always' | 'on-request';
  /** Each write makes a new secret, which goes to the `file` of the field: it is never written along with others. */
  readonly generated?: boolean;
  /** What whoever uses the old value has to do once a new one is written. */
  readonly afterWrite?: string;
}

/** A switch that turns an object off, or gives it more power. Compared on every declared object. */
export interface GuardedField {
  /** Dotted, below the spec. */
  readonly field: string;
  /** What an object has that does not declare the field. */
  readonly default: Json;
}

/** Why a change may do harm. The guard turns it into a refusal. */
export interface Hazard {
  readonly rule: string;
  readonly message: string;
  /** `target`: allowed when the address is named with `--target`; `never`: no flag allows it. */
  readonly allow: 'target' | 'never';
  /** What to do instead. */
  readonly hint: string;
}

export interface HazardContext<Spec extends object> {
  readonly action: 'create' | 'update' | 'replace' | 'delete';
  readonly live?: Live<Spec>;
  readonly desired?: Spec;
  readonly changed: readonly string[];
  readonly identity: Identity;
  /** Specs of this kind as they stand now. */
  readonly before: readonly Spec[];
  /** Specs of this kind as they would stand after the whole plan. */
  readonly after: readonly Spec[];
  /** Guarded fields of `desired` that nobody declared. */
  readonly assumed: readonly string[];
  /** What was read of another kind; undefined where nobody read it. */
  readonly others: (kind: string) => readonly Live<object>[] | undefined;
  /** Milliseconds since 1970; absent where no clock was asked. */
  readonly nowMs?: number;
  /** As in `CheckContext`; absent in the check of one object just before its write. */
  readonly declared?: (kind: string, identity: string) => object | undefined;
  readonly harborVersion?: string;
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
  /** True where Harbor changes the `name` of an object in place; otherwise what to do instead, for whoever writes `renamed_from`. */
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
  /** What Harbor does that nobody would expect, in sentences of Markdown. For the reference page. */
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
  /** When Harbor ends this object by itself, in seconds since 1970, and what keeps it alive; undefined for never. */
  ends?(live: Live<Spec>): { readonly atS: number; readonly remedy: string; readonly field: string } | undefined;
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
  | 'show'
>;

export function addressOf(kind: string, identity: string): string {
  return `${kind}/${identity}`;
}
