import type fc from 'fast-check';
import type { Json, JsonObject } from '../../src/json';
import type { Shape } from '../../src/shape';

/** Servers that a declaration of a test may point to. */
export interface World {
  /** URL of a registry. */
  readonly upstream: string;
  /** URLs of two scanner adapters. */
  readonly adapter: string;
  readonly otherAdapter: string;
}

/**
 * What the suites of all kinds need to know about one kind: each kind has one, in `<name>.kit.ts`, and the suites
 * iterate over them. What a kind can do (be renamed, be deleted) decides what its kit must have; the suites check that.
 */
export interface KindKit {
  /** Specs that Harbor would accept, not yet normalised. */
  readonly specs: fc.Arbitrary<object>;
  readonly answered: Answered;
  /** Which recorded answers of Harbor hold this kind. */
  readonly recorded?: Recorded;
  /** Examples for the schema of every placement, by its path. */
  readonly places: Readonly<Record<string, Examples>>;
  /**
   * A part of one declaration that all kits write together, with every field of this kind declared. Objects that others
   * may refer to: registry `up`, user `alice`, group `team`, preheat instance `p2p`, projects `proxy` (of `up`) and `plain`.
   */
  readonly declared: (world: World) => JsonObject;
  readonly byHand: ByHand;
  /** A declaration for each field that only later Harbors know: an older one accepts and drops it. */
  readonly dropped?: Readonly<Record<string, (world: World) => JsonObject>>;
  /** For a kind that Harbor renames in place. */
  readonly renamed?: readonly Renamed[];
  /** For a kind that can be deleted. */
  readonly pruned?: readonly Pruned[];
  /** For a kind that can be deleted: objects that are created, changed and deleted through the kind itself. */
  readonly lives?: readonly Life[];
  /** Parts of random declarations, or why there are none. */
  readonly drawn: ((world: Pick<World, 'upstream'>) => Drawn) | { readonly notDrawn: string };
  /** What a field of `alwaysWritten` needs beside it to have an effect. */
  readonly beside?: Readonly<Record<string, JsonObject>>;
}

/** How Harbor returns what was sent. */
export interface Answered {
  /** What Harbor adds. */
  readonly added: (sent: Readonly<Record<string, unknown>>) => object;
  /** What it returns in another form than it was sent. */
  readonly instead?: (spec: object) => object;
  /** Returned whatever the value; all other scalars that are empty are left out. */
  readonly always?: readonly string[];
}

export interface Recorded {
  /** Ids in it are `<id>`. */
  readonly path: RegExp;
  readonly shape: Shape<unknown>;
  /** What the kind adds to the answer before it understands it. */
  readonly extra?: object;
}

export interface Examples {
  /** `defaults.<this>`, where the placement has one. */
  readonly defaults?: string;
  readonly valid: readonly Json[];
  readonly invalid: readonly (readonly [value: Json, why: string])[];
}

/** Harbor's API without anything of ours in between. */
export interface RawHarbor {
  get<T = Record<string, unknown>>(path: string): Promise<T>;
  put(path: string, body: unknown): Promise<void>;
}

/** One change that somebody makes by hand, through Harbor's API and past Breakwater. */
export interface HandMade {
  /** Of the object, in the declaration of all kits. */
  readonly address: string;
  /** As the plan shows it; below a field, such as `trigger`, also what lies in it. */
  readonly field: string;
  /** Travels with it: a registry gets its secret together with its URL. */
  readonly also?: readonly string[];
  change(harbor: RawHarbor): Promise<void>;
}

export interface ByHand {
  readonly changes: readonly HandMade[];
  /** Fields whose change by hand is not tried, each with its reason; `*` for all. */
  readonly untried: Readonly<Record<string, string>>;
}

export interface Renamed {
  readonly address: (name: string) => string;
  /** The declaration with the object under a name, and what refers to it. */
  readonly document: (name: string, from: string | undefined, world: World) => JsonObject;
}

/** An object that is deleted once its list does not name it any more. */
export interface Pruned {
  /** How the address starts. */
  readonly address: string;
  /** Keys from the root to the map or list that holds it; a project is `plain`. */
  readonly container: readonly string[];
  /** At the root there are two, so that no list is ever empty. */
  readonly value: (world: World, name: 'kept' | 'spare') => Json;
}

/** In a Harbor with registry `up`, user `alice`, group `platform`, preheat instance `p2p`, projects `prx` and `plain`. */
export interface Life {
  readonly spec: (world: World) => object;
  readonly change: object;
}

type Values = Readonly<Record<string, fc.Arbitrary<unknown>>>;

/** Values by where they stand; each is declared or not. */
export interface Drawn {
  /** By dotted key from the root, such as `schedules.gc`. */
  readonly root?: Values;
  /** As `root`, and always declared, because others refer to it. */
  readonly always?: Values;
  /** Fields of every project, of the proxy cache projects, and of the ordinary one. */
  readonly project?: Values;
  readonly proxy?: Values;
  readonly plain?: Values;
}
