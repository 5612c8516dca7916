import type { ShieldDeclaration } from '../mirror';
import type { Diagnostic, Position } from '../diagnostic';
import type { JsonObject } from '../json';
import type { SecretReference } from '../secret-reference';

/** One declared object, as a person wrote it: only the fields that stand in the files (or in `defaults`). */
export interface DeclaredObject {
  readonly kind: string;
  readonly identity: string;
  /** `<kind>/<identity>` */
  readonly address: string;
  /** Normalised by its kind. */
  readonly spec: object;
  /** `protect: true`: never replaced, never deleted, and neither are its children. */
  readonly protect: boolean;
  /** Identity under which Harbor may still have it, from `renamed_from`. */
  readonly renamedFrom?: string;
  readonly at: Position;
}

export interface HarborConnection {
  readonly url: string;
  /** `2.14` or `2.14.4`: what to hold the declaration against offline. */
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

/** Images below a project with `prevent_vul`, by what has to become of a pull once they are cached. */
export interface VulnerabilityDeclaration {
  readonly refused?: readonly string[];
  readonly unscanned?: readonly string[];
  readonly allowed?: readonly string[];
  readonly refuse_first_pull?: boolean;
  readonly egress_closed?: boolean;
}

export interface MirrorDeclaration {
  readonly domain: string;
  readonly serves?: string;
  /** The front answers tags from memory. */
  readonly shield?: ShieldDeclaration;
}

/** What conformance shall prove of one project. */
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
  /** The upstream is a canary: where it is told to misbehave. */
  readonly canary?: CanaryDeclaration;
  /** Robots as which writing is tried, and has to be refused. */
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

/** How an organisation wants what is declared to be: `rules:` in the policies. */
export interface OrganisationRules {
  /** Raises the severity of rules, by id. */
  readonly severity?: Readonly<Record<string, 'critical' | 'high' | 'medium' | 'low'>>;
  /** Hosts of upstreams, with `*` for any text. */
  readonly allowed_upstreams?: readonly string[];
  /** Names of projects that may be public, with `*` for any text. */
  readonly public_projects?: readonly string[];
  /** Who answers for the account at each upstream, by name of the registry. */
  readonly accounts?: Readonly<Record<string, AttestedAccount>>;
  /** By kind: the form of names, with `*` for any text. */
  readonly names?: Readonly<Record<string, readonly string[]>>;
  /** By kind: fields that each object has to declare. */
  readonly required?: Readonly<Record<string, readonly string[]>>;
  /** By kind and field: the largest number. No limit is more than any number. */
  readonly ceilings?: Readonly<Record<string, Readonly<Record<string, number | string>>>>;
  readonly at: Position;
}

/** An account at an upstream, with its owner. */
export interface AttestedAccount {
  readonly owner: string;
  readonly read_only: true;
}

/** What may be in Harbor without being declared. */
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
  /** Who they are, for people. */
  readonly for?: string;
  readonly profile: 'fallback' | 'strict';
  /** Under which they reach Harbor; default: `harbor.url`. */
  readonly url?: string;
  /** Names of registries, or a map of them to projects; default: every registry that a project is a proxy cache of. */
  readonly registries?: readonly string[] | Readonly<Record<string, string>>;
  /** A declared robot, or one by its full name: who pulls from private projects. */
  readonly robot?: string | { readonly name: string; readonly secret: SecretReference };
  readonly options: JsonObject;
  /** Positions by dotted path below it: `client`, `registries.docker.io`, `options.version`. */
  readonly places: ReadonlyMap<string, Position>;
  readonly at: Position;
}

/** A place where a secret is referred to. */
export interface DeclaredSecret {
  readonly reference: SecretReference;
  /** Dotted: `registries.docker-hub.credential.access_secret`. */
  readonly path: string;
  readonly at: Position;
}

/** Where the value of a field was written. */
export interface DeclaredOrigin {
  readonly source: 'declared' | 'defaults' | 'overlay';
  readonly at: Position;
}

/** An object that these policies refer to and do not manage. */
export interface ExternalObject {
  readonly kind: string;
  readonly identity: string;
  readonly address: string;
  readonly at: Position;
}

export interface Declaration {
  /** Where it was loaded from, as it was given: relative files of secrets are relative to it. */
  readonly directory: string;
  readonly harbor?: HarborConnection;
  /** Sorted by address: the same whatever the order of files and keys. */
  readonly objects: readonly DeclaredObject[];
  /** Parents for which a child kind is declared at all, also with an empty list: `project-member` → project names. */
  readonly parents: ReadonlyMap<string, readonly string[]>;
  /** Kinds that stand in two places (labels, robots), and of which nothing is said at the top: what is there is unmanaged. */
  readonly undeclaredAtTop?: readonly string[];
  /** Managed elsewhere: referred to, never changed. Absent: nothing. */
  readonly external?: readonly ExternalObject[];
  /** Kinds of which `--mode sync` may delete what is not declared. */
  readonly prune: readonly string[];
  readonly conformance: readonly ConformanceDeclaration[];
  /** Sorted by name. Absent: nothing is declared. */
  readonly clients?: readonly ClientDeclaration[];
  readonly waivers?: readonly Waiver[];
  /** Where a field of an object, dotted below its spec, is written. */
  readonly originOf?: (address: string, field: string) => DeclaredOrigin | undefined;
  /** From `rules:`. Absent: nothing. */
  readonly rules?: OrganisationRules;
  /** From `unmanaged:`. Absent: nothing. */
  readonly unmanaged?: readonly AcceptedObject[];
  /** Every secret that the declaration refers to, for checking that each can be resolved. */
  readonly secrets?: readonly DeclaredSecret[];
  /** SHA-256 of the canonical declaration (specs and references, no secret value), `sha256:<hex>`. */
  readonly hash: string;
}

export interface LoadResult {
  /** Absent when any finding is an error. */
  readonly declaration?: Declaration;
  readonly diagnostics: readonly Diagnostic[];
  /** Text by file name as in positions, for snippets. */
  readonly sources: ReadonlyMap<string, string>;
}
