import type { Json } from '../json';
import type { Shape } from '../shape';

/** For one request. Nothing here is needed for an ordinary one. */
export interface RequestOptions {
  readonly query?: Readonly<Record<string, string | number>>;
  /**
   * `user` for requests that Harbor allows no robot (configurations, changing robots). Default: the cheapest given
   * identity, a robot before a user's session.
   */
  readonly as?: 'user';
  /**
   * Part of a change that an earlier request started: a stopped run finishes it if that takes a few seconds. Otherwise
   * a stopped run sends nothing more and only waits for writes that were sent.
   */
  readonly begun?: boolean;
}

/** Without a shape the response is passed on as it is: only for what is checked elsewhere. */
export interface ReadOptions<T> extends RequestOptions {
  /**
   * The shape of the response, or of each item of a list. Faults of one object are attached to it (`faultsOf`); a
   * response that is not Harbor's, such as a list instead of an object, is a `HarborApiError`.
   */
  readonly shape?: Shape<T>;
  /**
   * An empty 200 means that there is none (docs/harbor-behavior.md 1.3). Otherwise it is not Harbor's response: a proxy
   * that returns nothing does not say that an object is missing.
   */
  readonly mayBeNone?: true;
}

/** The order of items is Harbor's, and it is not stable without `sort`. */
export interface ListOptions<T = unknown> extends ReadOptions<T> {
  /**
   * Items per page. Default and Harbor's maximum: 100. A function decides by the total, for which one item is requested
   * first: so no page waits for a slow first one.
   */
  readonly pageSize?: number | ((total: number) => number);
  /**
   * Simultaneous pages of this list, independent of the limit for all other requests. For lists during which Harbor
   * sleeps: `GET /quotas` sleeps 17.5 ms per item with idle CPUs (docs/harbor-behavior.md 1.7).
   */
  readonly concurrency?: number;
}

/** Most of Harbor's POSTs return no body: the id of the new object is only in `Location`. */
export interface Created<T> {
  /** Last segment of `Location` if it is a number (Harbor's id). */
  readonly id?: number;
  readonly body?: T;
}

/**
 * Harbor's API v2.0 for the kinds. Paths are below `/api/v2.0` and already encoded
 * (`/projects/${encodeURIComponent(name)}`); name-or-id paths always mean a name (`X-Is-Resource-Name`). Every method
 * throws `HarborApiError` for a response that is not a success, `NetworkError` if there is none, and `IdentityError` if
 * no suitable credential was given.
 */
export interface Client {
  readonly url: string;
  /** Number of requests sent so far, including retries and the login. */
  readonly calls: number;
  get<T>(path: string, options?: ReadOptions<T>): Promise<T>;
  /** Like `get`; undefined for a 404 from Harbor itself (not for a proxy's 404 page, nor for an empty success). */
  find<T>(path: string, options?: ReadOptions<T>): Promise<T | undefined>;
  /**
   * Whether Harbor has it, by a HEAD. False for a 404 from Harbor itself. Neither answer has a body, so a response with
   * the type of a page is an error.
   */
  exists(path: string, options?: RequestOptions): Promise<boolean>;
  /**
   * Every page, in parallel once the first one returned the total. Items are unique, and as many as Harbor counted: a
   * list that changed meanwhile is read again. If Harbor's order is unstable (registries, quotas), pass `sort`.
   */
  list<T>(path: string, options?: ListOptions<T>): Promise<T[]>;
  /** Not repeated after it was sent: Harbor could have created the object although its response was lost. */
  post<T = unknown>(path: string, body: Json | object, options?: RequestOptions): Promise<Created<T>>;
  put(path: string, body: Json | object, options?: RequestOptions): Promise<void>;
  /**
   * As `post`, it is not repeated after it was sent. Harbor has it for single properties, such as the default
   * scanner.
   */
  patch<T = unknown>(path: string, body: Json | object, options?: RequestOptions): Promise<T>;
  /** A 404 counts as success if an earlier attempt of the same call was sent. */
  delete(path: string, options?: RequestOptions): Promise<void>;
}

/** The credentials of a client: whether they work is not known yet. */
export interface Credentials {
  readonly robot?: string;
  readonly user?: string;
}

/** A client that must be closed, as `createClient` returns it. */
export interface HarborClient extends Client {
  readonly credentials: Credentials;
  /**
   * Whether Harbor gives this account a token. Requested without a scope, because with one Harbor returns 200 to every
   * caller, with an empty list of actions (docs/harbor-behavior.md 2.7).
   * @throws HarborApiError for any response except a token and a 401
   */
  accepts(username: string, secret: string): Promise<boolean>;
  /**
   * From now on reads use the user's session, although a robot was given: 3 ms of Harbor's time per request instead of
   * 5. Only for a user who sees everything; writes still use the robot, whose name Harbor's audit log records.
   */
  readByUser(): void;
  /** Ends the login session, if there is one, and closes every connection. */
  close(): Promise<void>;
}

/** The verified identity in this Harbor, never derived from a 200 on `/projects`. */
export interface Identity {
  readonly harborVersion?: string;
  /** Harbor's `auth_mode`, if it is returned. */
  readonly authMode?: string;
  readonly robot?: { readonly name: string };
  readonly user?: {
    readonly username: string;
    readonly userId: number;
    readonly sysadmin: boolean;
    /** User id 1: can log in with a password in every auth mode (docs/harbor-behavior.md 2.4). */
    readonly localAdmin: boolean;
  };
}
