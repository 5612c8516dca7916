import type { Json } from '../json';

export interface RequestOptions {
  readonly query?: Readonly<Record<string, string | number>>;
  /**
   * `user` where Harbor lets no robot do it (configurations, changing robots). Default: the cheapest
   * identity that was given, a robot before a user's session.
   */
  readonly as?: 'user';
}

export interface Created<T> {
  /** Last segment of `Location` where it is a number (Harbor's id). */
  readonly id?: number;
  readonly body?: T;
}

/**
 * Harbor's API v2.0, as the kinds see it. Paths are below `/api/v2.0` and already encoded
 * (`/projects/${encodeURIComponent(name)}`); name-or-id paths always mean a name (`X-Is-Resource-Name`).
 * Every method throws `HarborApiError` for an answer that is no success and `NetworkError` where none came.
 */
export interface Client {
  readonly url: string;
  /** Requests sent so far, retries included. */
  readonly calls: number;
  get<T>(path: string, options?: RequestOptions): Promise<T>;
  /** Like `get`; undefined for 404. */
  find<T>(path: string, options?: RequestOptions): Promise<T | undefined>;
  /** Every page, in parallel after the first one told how many there are. Default `pageSize` 100 (Harbor's maximum). */
  list<T>(path: string, options?: RequestOptions & { readonly pageSize?: number }): Promise<T[]>;
  post<T = unknown>(path: string, body: Json | object, options?: RequestOptions): Promise<Created<T>>;
  put(path: string, body: Json | object, options?: RequestOptions): Promise<void>;
  patch<T = unknown>(path: string, body: Json | object, options?: RequestOptions): Promise<T>;
  delete(path: string, options?: RequestOptions): Promise<void>;
}

/** Who we are to this Harbor, proven by asking it and never believed from a 200 on `/projects`. */
export interface Identity {
  readonly harborVersion?: string;
  readonly robot?: { readonly name: string };
  readonly user?: {
    readonly username: string;
    readonly userId: number;
    readonly sysadmin: boolean;
    /** User id 1: logs in by password in every auth mode (harbor.md 2.1). */
    readonly localAdmin: boolean;
  };
}
