import type { Json, JsonObject } from '../json';
import type { Diagnostic } from '../diagnostic';

/**
 * `fallback`: the public registry is used if the cache does not serve an image. `strict`: it is never used.
 * A fallback keeps pods starting while Harbor is down, and hides that the cache is not used. Strict shows it at
 * once, and makes Harbor a condition of every start.
 */
export const PROFILES = ['fallback', 'strict'] as const;
/**
 */
export type Profile = (typeof PROFILES)[number];

/** A public registry, and the proxy cache project that serves it. */
export interface Upstream {
  /** As in image names: `docker.io`. */
  readonly registry: string;
  readonly project: string;
  /** Images can be pulled from it without a login. */
  readonly isPublic: boolean;
  /** Mirror domains of the project, `host` or `host:port`: they have no path. */
  readonly mirrors: readonly string[];
}

/** The account that pulls from private projects. */
export interface RobotLogin {
  /** With Harbor's prefix: `robot$clusters`. */
  readonly username: string;
  /** Absent if no secret was requested: the files then say where it belongs. */
  readonly secret?: string;
}

/** Everything that a client is configured from. It comes from the declaration and the files that it names. */
export interface RenderInput {
  /** As declared under `clients:`. */
  readonly name: string;
  readonly profile: Profile;
  /** URL under which the clients reach Harbor: no path, no trailing slash. */
  readonly harborUrl: string;
  readonly upstreams: readonly Upstream[];
  readonly robot?: RobotLogin;
  /** PEM of the CA of Harbor's certificate, if the system does not trust it. */
  readonly ca?: string;
  /** Already validated against `options` of the client. */
  readonly options: Options;
}

/**
 * Values as declared, with defaults filled in. Their types are those of `options` of the client, already
 * validated.
 */
export type Options = Readonly<Record<string, Json>>;

/**
 * One file of a rendering. Nothing is written by the client itself: the command decides where.
 * How one client's configuration comes about:
 *
 *     policies                              src/clients/resolve.ts                  this interface
 *     clients.NAME.client ──────────────►   which Client
 *     clients.NAME.options ─ defaults ──►   options                     ─┐
 *     clients.NAME.registries ──────────►   upstreams: registry, project ├─► RenderInput ─► render ─► files, steps,
 *     clients.NAME.url or harbor.url ───►   harborUrl                    │                            warnings
 *     clients.NAME.robot ───────────────►   robot (secret on request)    │
 *     harbor.ca_file ───────────────────►   ca                          ─┘
 *     files of a machine ───────────────►   those that match `reads`    ───► check ─► findings with the line to change
 */
export interface ClientFile {
  /** Absolute: its path on the machine. Relative: to be applied or pasted, as the note says. */
  readonly path: string;
  /** 0o600 if it contains a secret. */
  readonly mode: number;
  readonly content: string;
  /** What to do with it; absent if copying it to its path is enough. */
  readonly note?: string;
}

/**
 * The same input always gives the same bytes: renderings are committed, compared and tested as golden files.
 */
export interface Rendering {
  readonly files: readonly ClientFile[];
  /** Commands and actions in order, after the files are installed. */
  readonly steps: readonly string[];
  /** What this configuration cannot do, and how to work around it. */
  readonly warnings: readonly string[];
}

/** A file as it was found on a machine. */
export interface FoundFile {
  /** Its absolute path on the machine. */
  readonly path: string;
  /** Absent if the file exists but cannot be read. */
  readonly content?: string;
  /** Permission bits, if known. */
  readonly mode?: number;
}

/** Facts that the files do not contain. An absent fact is unknown, and no finding is based on it. */
export interface Facts {
  /** Version of the client: `24.0.7`. */
  readonly version?: string;
  /** URL under which the clients reach Harbor. */
  readonly harborUrl?: string;
  readonly upstreams?: readonly Upstream[];
  readonly profile?: Profile;
  /** A robot is declared for these clients, so the machine needs its login. */
  readonly expectsLogin?: boolean;
  /** Whether the client can read a file that the configuration names; `undefined`: unknown. */
  readonly isReadable?: (path: string) => boolean | undefined;
  /** Addresses that a host name resolves to; `undefined`: unknown. */
  readonly addressesOf?: (host: string) => readonly string[] | undefined;
}

/** Capabilities of a client, for the table in docs/clients/README.md. A text is a reason or a condition. */
export interface Abilities {
  /** Registries for which it can use a mirror. */
  readonly registries: string;
  /** Whether Harbor's projects can be addressed by path; `false`: a mirror domain is needed. */
  readonly path: boolean | string;
  /** `true`, or what to do instead. */
  readonly strict: true | string;
  /** How it logs in to a private project. */
  readonly credentials: string;
  /** Whether one entry can cover several registries. */
  readonly wildcard: string;
  /** Where it looks for the CA. */
  readonly ca: string;
  /** When a changed file takes effect. */
  readonly reload: string;
}

/** One client, one file in src/clients/. Pure: no network, clock or file access. */
export interface Client {
  /** The declared name: `containerd`. */
  readonly name: string;
  readonly title: string;
  /** One sentence: which programs it covers. */
  readonly about: string;
  readonly can: Abilities;
  /** JSON Schema of each option under `clients.<name>.options`. */
  readonly options: JsonObject;
  /** An example of `options`. */
  readonly example?: Options;
  /** What it does silently, one sentence each. */
  readonly traps?: readonly string[];
  readonly render: (input: RenderInput) => Rendering;
  /** Files on a machine that configure it, where `*` is one name: the input of `check`. */
  readonly reads: readonly string[];
  /** Uses the client's own rules: what it would ignore, refuse or misread. */
  readonly check: (files: readonly FoundFile[], facts: Facts) => readonly Diagnostic[];
}
