import type { ShieldDeclaration } from '../mirror';
import type { Diagnostic, Position } from '../diagnostic';
import type { JsonObject } from '../json';
import type { SecretReference } from '../secret-reference';

/** One declared object, as written: only the fields in the files (or in `defaults`). */
export interface DeclaredObject {
  readonly kind: string;
  readonly identity: string;
  /** `<kind>/<identity>` */
  readonly address: string;
  /** Normalized by its kind. */
  readonly spec: object;
  /** `protect: true`: never replaced, never deleted, and neither are its children. */
  readonly protect: boolean;
  /** Former identity in Harbor, from `renamed_from`. */
  readonly renamedFrom?: string;
  readonly at: Position;
}

/** A robot and a user may both be declared: the robot is used first. */
export interface HarborConnection {
  readonly url: string;
  /** `2.14` or `2.14.4`: the version to check the declaration against offline. */
  readonly version?: string;
  readonly username?: string;
  readonly password?: SecretReference;
  readonly robot?: { readonly name: string; readonly secret: SecretReference };
  /** PEM file of a private CA, relative to the policies directory. Resolved to an absolute path. */
  readonly ca_file?: string;
  readonly at?: Position;
}

/** The control interface of `breakwater canary`. */
export interface CanaryDeclaration {
  readonly url: string;
  readonly token: SecretReference;
  /** PEM file of a private CA, relative to the policies directory. */
  readonly ca_file?: string;
}

/** A robot by its full name. */
export interface ProbeRobot {
  readonly robot: string;
  readonly secret: SecretReference;
}

/** Images below a project with `prevent_vul`, by the expected result of a pull once they are cached. */
export interface VulnerabilityDeclaration {
  readonly refused?: readonly string[];
  readonly unscanned?: readonly string[];
  readonly allowed?: readonly string[];
  readonly refuse_first_pull?: boolean;
  readonly egress_closed?: boolean;
}

/** `serves` is docker.io by default. */
export interface MirrorDeclaration {
  readonly domain: string;
  readonly serves?: string;
  /** The proxy in front serves tags from a cache. */
  readonly shield?: ShieldDeclaration;
}

/** What conformance verifies for one project. */
export interface ConformanceDeclaration {
  readonly project: string;
  /** `repository:tag` below the project, such as `library/alpine:3.20`. */
  readonly pull: readonly string[];
  /** Where each of them is declared, in the same order. */
  readonly pullAt: readonly Position[];
  /** `os/arch[/variant]`; default linux/amd64. */
  readonly platforms: readonly string[];
  /** Domains that serve it without its name in the path; `serves` is docker.io by default. */
  readonly mirrors?: readonly MirrorDeclaration[];
  /** The upstream is a canary: address of its control interface. */
  readonly canary?: CanaryDeclaration;
  /** Robots with which writes are attempted, which must be refused. */
  readonly write_probe?: ProbeRobot & { readonly like_scanner?: ProbeRobot };
  readonly vulnerability?: VulnerabilityDeclaration;
  readonly at: Position;
}

/** An accepted finding of the rules, with an owner and an expiry date. */
export interface Waiver {
  readonly rule: string;
  /** Address of the object: `project/proxy.docker.io`. */
  readonly object: string;
  readonly reason: string;
  readonly owner: string;
  /** `YYYY-MM-DD` */
  readonly expires: string;
  readonly at: Position;
}

/** Requirements of an organization: `rules:` in the policies. */
export interface OrganisationRules {
  /** Raises the severity of rules, by id. */
  readonly severity?: Readonly<Record<string, 'critical' | 'high' | 'medium' | 'low'>>;
  /** Hosts of upstreams, with `*` for any text. */
  readonly allowed_upstreams?: readonly string[];
  /** Names of projects that may be public, with `*` for any text. */
  readonly public_projects?: readonly string[];
  /** The owner of the account at each upstream, by name of the registry. */
  readonly accounts?: Readonly<Record<string, AttestedAccount>>;
  /** By kind: the allowed forms of names, with `*` for any text. */
  readonly names?: Readonly<Record<string, readonly string[]>>;
  /** By kind: fields that each object must declare. */
  readonly required?: Readonly<Record<string, readonly string[]>>;
  /** By kind and field: the maximum. Unlimited counts as more than any number. */
  readonly ceilings?: Readonly<Record<string, Readonly<Record<string, number | string>>>>;
  readonly at: Position;
}

/** An account at an upstream, with its owner. */
export interface AttestedAccount {
  readonly owner: string;
  readonly read_only: true;
}

/** Objects that may exist in Harbor without being declared. */
export interface AcceptedObject {
  /** Address, or a pattern with `*`. */
  readonly object: string;
  readonly reason: string;
  readonly at: Position;
}

/** Machines or programs that pull through the cache, and how they are configured. */
export interface ClientDeclaration {
  readonly name: string;
  /** Which program: a name of src/clients. */
  readonly client: string;
  /** Description for people. */
  readonly for?: string;
  readonly profile: 'fallback' | 'strict';
  /** URL under which they reach Harbor; default: `harbor.url`. */
  readonly url?: string;
  /** Names of registries, or a map of them to projects; default: every registry with a proxy cache project. */
  readonly registries?: readonly string[] | Readonly<Record<string, string>>;
  /** The robot for private projects: a declared one, or one by its full name. */
  readonly robot?: string | { readonly name: string; readonly secret: SecretReference };
  readonly options: JsonObject;
  /** Positions by dotted path below it: `client`, `registries.docker.io`, `options.version`. */
  readonly places: ReadonlyMap<string, Position>;
  readonly at: Position;
}

/** A place where a secret is referenced. */
export interface DeclaredSecret {
  readonly reference: SecretReference;
  /** Dotted: `registries.docker-hub.credential.access_secret`. */
  readonly path: string;
  readonly at: Position;
}

/** Position where the value of a field is written. */
export interface DeclaredOrigin {
  readonly source: 'declared' | 'defaults' | 'overlay';
  readonly at: Position;
}

/** An object that these policies refer to but do not manage. */
export interface ExternalObject {
  readonly kind: string;
  readonly identity: string;
  readonly address: string;
  readonly at: Position;
}

/**
 * What the files say, and nothing else: no default of Harbor is filled in, because what is not declared is not managed.
 */
export interface Declaration {
  /** The directory as given: relative files of secrets are relative to it. */
  readonly directory: string;
  readonly harbor?: HarborConnection;
  /** Sorted by address, independent of the order of files and keys. */
  readonly objects: readonly DeclaredObject[];
  /** Parents for which a child kind is declared at all, also with an empty list: `project-member` → project names. */
  readonly parents: ReadonlyMap<string, readonly string[]>;
  /**
   * Kinds with two placements (labels, robots) that the top level does not mention: existing top-level objects are
   * unmanaged.
   */
  readonly undeclaredAtTop?: readonly string[];
  /** Managed elsewhere: referred to, never changed. Absent: nothing. */
  readonly external?: readonly ExternalObject[];
  /** Kinds of which `--mode sync` may delete undeclared objects. */
  readonly prune: readonly string[];
  readonly conformance: readonly ConformanceDeclaration[];
  /** Sorted by name. Absent: nothing is declared. */
  readonly clients?: readonly ClientDeclaration[];
  readonly waivers?: readonly Waiver[];
  /** Position of a field of an object, dotted below its spec. */
  readonly originOf?: (address: string, field: string) => DeclaredOrigin | undefined;
  /** From `rules:`. Absent: nothing. */
  readonly rules?: OrganisationRules;
  /** From `unmanaged:`. Absent: nothing. */
  readonly unmanaged?: readonly AcceptedObject[];
  /** Every secret that the declaration refers to, to check that each can be resolved. */
  readonly secrets?: readonly DeclaredSecret[];
  /** SHA-256 of the canonical declaration (specs and references, no secret value), `sha256:<hex>`. */
  readonly hash: string;
}

/** Either a declaration, or at least one error among the findings. */
export interface LoadResult {
  /** Absent if any finding is an error. */
  readonly declaration?: Declaration;
  readonly diagnostics: readonly Diagnostic[];
  /** Texts by file name as in positions, for snippets. */
  readonly sources: ReadonlyMap<string, string>;
}
