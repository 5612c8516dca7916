import type { Json, JsonObject } from '../json';
import type { Diagnostic } from '../diagnostic';

/** `fallback`: the public registry is asked where the cache does not serve. `strict`: it is never asked. */
export const PROFILES = ['fallback', 'strict'] as const;
export type Profile = (typeof PROFILES)[number];

/** A public registry, and the proxy cache project that serves it. */
export interface Upstream {
  /** As it stands in image names: `docker.io`. */
  readonly registry: string;
  readonly project: string;
  readonly isPublic: boolean;
  /** Mirror domains of the project, `host` or `host:port`: they take no path. */
  readonly mirrors: readonly string[];
}

/** The account that pulls from private projects. */
export interface RobotLogin {
  /** With Harbor's prefix: `robot$clusters`. */
  readonly username: string;
  /** Absent where no secret was asked for: files then say where it belongs. */
  readonly secret?: string;
}

/** What a client is configured for. All of it comes from the declaration and the files that it names. */
export interface RenderInput {
  /** As declared under `clients:`. */
  readonly name: string;
  readonly profile: Profile;
  /** Under which the clients reach Harbor: no path, no slash at the end. */
  readonly harborUrl: string;
  readonly upstreams: readonly Upstream[];
  readonly robot?: RobotLogin;
  /** PEM of the authority of Harbor's certificate, where the system does not trust it. */
  readonly ca?: string;
  /** Already checked against `options` of the client. */
  readonly options: Options;
}

export type Options = Readonly<Record<string, Json>>;

export interface ClientFile {
  /** Absolute: its place on the machine. Relative: to be applied or pasted, as the note says. */
  readonly path: string;
  /** 0o600 where a secret is inside. */
  readonly mode: number;
  readonly content: string;
  /** What to do with it; absent where putting it in its place is all. */
  readonly note?: string;
}

export interface Rendering {
  readonly files: readonly ClientFile[];
  /** Commands and actions, in order, after the files are in place. */
  readonly steps: readonly string[];
  /** What this configuration cannot do, and what to do about it. */
  readonly warnings: readonly string[];
}

/** A file as it was found on a machine. */
export interface FoundFile {
  /** Its place on the machine, absolute. */
  readonly path: string;
  /** Absent where it is there and cannot be read. */
  readonly content?: string;
  /** Permission bits, where they are known. */
  readonly mode?: number;
}

/** Facts that the files do not contain. An absent fact is unknown, and no finding is based on it. */
export interface Facts {
  /** Of the client: `24.0.7`. */
  readonly version?: string;
  /** Under which the clients reach Harbor. */
  readonly harborUrl?: string;
  readonly upstreams?: readonly Upstream[];
  readonly profile?: Profile;
  /** A robot is declared for these clients: its login belongs on the machine. */
  readonly expectsLogin?: boolean;
  /** Whether a file that is named inside can be read by the client; `undefined`: not known. */
  readonly isReadable?: (path: string) => boolean | undefined;
  /** Addresses that a host name resolves to; `undefined`: not known. */
  readonly addressesOf?: (host: string) => readonly string[] | undefined;
}

/** What a client can do, for the table in docs/clients/README.md. A text is a reason or a condition. */
export interface Abilities {
  /** Registries that it can be sent elsewhere for. */
  readonly registries: string;
  /** Whether Harbor's projects are reached by path; `false`: a mirror domain is needed. */
  readonly path: boolean | string;
  /** `true`, or what to do instead. */
  readonly strict: true | string;
  /** How it logs in to a private project. */
  readonly credentials: string;
  /** Whether one entry can stand for several registries. */
  readonly wildcard: string;
  /** Where it looks for the authority. */
  readonly ca: string;
  /** When a changed file takes effect. */
  readonly reload: string;
}

/** One client, one file in src/clients/. Pure: no network, no clock, no file. */
export interface Client {
  /** As declared: `containerd`. */
  readonly name: string;
  readonly title: string;
  /** One sentence: which programs it is. */
  readonly about: string;
  readonly can: Abilities;
  /** JSON Schema of each option under `clients.<name>.options`. */
  readonly options: JsonObject;
  /** An example of `options`. */
  readonly example?: Options;
  /** What it does silently, one sentence each. */
  readonly traps?: readonly string[];
  readonly render: (input: RenderInput) => Rendering;
  /** Files on a machine that decide about it, `*` is one name: what `check` wants to see. */
  readonly reads: readonly string[];
  /** By the client's own rules: what it would ignore, refuse or misread. */
  readonly check: (files: readonly FoundFile[], facts: Facts) => readonly Diagnostic[];
}
