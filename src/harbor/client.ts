import type { Json } from '../json';
import type { Shape } from '../shape';

export interface RequestOptions {
  readonly query?: Readonly<Record<string, string | number>>;
  /**
   * `user` where Harbor lets no robot do it (configurations, changing robots). Default: the cheapest
   * identity that was given, a robot before a user's session.
   */
  readonly as?: 'user';
  /**
   * Part of a change that was begun with an earlier request: a stopped run finishes it if that takes a few seconds. Else
   * a run that is stopped sends no more, and waits only for writes that were sent.
   */
  readonly begun?: boolean;
}

export interface ReadOptions<T> extends RequestOptions {
  /**
   * What the answer, or each item of a list, must look like. Faults of one object are noted on it (`faultsOf`);
   * an answer that is none of Harbor's, such as a list instead of an object, is a `HarborApiError`.
   */
  readonly shape?: Shape<T>;
}

export interface ListOptions<T = unknown> extends ReadOptions<T> {
  /** Items a page. Default and Harbor's maximum: 100. */
  readonly pageSize?: number;
  /**
   * Pages of this list in flight, beside the limit that all other requests share. For lists whose time is
   * spent asleep: `GET /quotas` sleeps 17.5 ms an item with idle CPUs (docs/harbor-behavior.md 1.7).
   */
  readonly concurrency?: number;
  /** Asks for one item first, only for the total, so that no page waits for a slow first one. */
  readonly countFirst?: boolean;
}

export interface Created<T> {
  /** Last segment of `Location` where it is a number (Harbor's id). */
  readonly id?: number;
  readonly body?: T;
}

/**
 * Harbor's API v2.0, as the kinds see it. Paths are below `/api/v2.0` and already encoded
 * (`/projects/${encodeURIComponent(name)}`); name-or-id paths always mean a name (`X-Is-Resource-Name`).
 * Every method throws `HarborApiError` for an answer that is no success, `NetworkError` where none came
 * and `IdentityError` where no credential that could do it was given.
 */
export interface Client {
  readonly url: string;
  /** Requests sent so far: retries and the login included. */
  readonly calls: number;
  get<T>(path: string, options?: ReadOptions<T>): Promise<T>;
  /** Like `get`; undefined for a 404 that Harbor itself answered (not for a proxy's 404 page). */
  find<T>(path: string, options?: ReadOptions<T>): Promise<T | undefined>;
  /**
   * Every page, in parallel after the first one told how many there are. Items are unique, and as many as
   * Harbor counted: a list that changed meanwhile is read again. Where Harbor's order is unstable
   * (registries, quotas) give `sort`.
   */
  list<T>(path: string, options?: ListOptions<T>): Promise<T[]>;
  post<T = unknown>(path: string, body: Json | object, options?: RequestOptions): Promise<Created<T>>;
  put(path: string, body: Json | object, options?: RequestOptions): Promise<void>;
  patch<T = unknown>(path: string, body: Json | object, options?: RequestOptions): Promise<T>;
  delete(path: string, options?: RequestOptions): Promise<void>;
}

/** Which credentials a client was given: nothing is known yet about whether they work. */
export interface Credentials {
  readonly robot?: string;
  readonly user?: string;
}

/** A client with its life: what `createClient` returns. */
export interface HarborClient extends Client {
  readonly credentials: Credentials;
  /**
   * Whether Harbor gives this account a token. Asked without scope: with one it answers 200 to anybody, with
   * an empty list of actions (docs/harbor-behavior.md 2.7). @throws HarborApiError for anything but a token and a 401
   */
  accepts(username: string, secret: string): Promise<boolean>;
  /**
   * Reads go by the user's session from now on, although a robot was given: 3 ms of Harbor's time a request, where a
   * robot costs 5. Only for a user who sees everything; writes stay the robot's, whose name Harbor's audit log keeps.
   */
  readByUser(): void;
  /** Ends the login session, if there is one, and closes every connection. */
  close(): Promise<void>;
}

/** Who we are to this Harbor, proven by asking it and never believed from a 200 on `/projects`. */
export interface Identity {
  readonly harborVersion?: string;
  /** Harbor's `auth_mode`, where it is told. */
  readonly authMode?: string;
  readonly robot?: { readonly name: string };
  readonly user?: {
    readonly username: string;
    readonly userId: number;
    readonly sysadmin: boolean;
    /** User id 1: logs in by password in every auth mode (docs/harbor-behavior.md 2.4). */
    readonly localAdmin: boolean;
  };
}
