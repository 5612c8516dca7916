import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context';
import type { ProjectRow } from '../store/rows';
import type { LocalRegistry } from './local-registry';
import type { ProxyCache } from './proxy-cache';
import type { PullRecorder } from './pull-recorder';
import type { RepositoryPath } from './registry-path';
import type { Referrers } from './upstream-client';

/** What the handlers of the registry side share. */
export interface Registry {
  readonly context: Context;
  readonly local: LocalRegistry;
  readonly proxy: ProxyCache;
  readonly pulls: PullRecorder;
  /**
   * By request: the referrers that upstreams returned, for when they count as unhealthy. Harbor keeps them for a week.
   */
  readonly referrers: Map<string, Referrers>;
  /** Aborted when the sandbox closes, so that a hanging upstream does not delay it. */
  readonly closing: AbortSignal;
}

/** One request that passed the access check, and its reply. */
export interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly path: RepositoryPath;
  readonly query: URLSearchParams;
  readonly project: ProjectRow;
  readonly isScanner: boolean;
  /** Name of the caller; '' for anonymous. */
  readonly username: string;
}

/** `http://host` as the client sees it, for the absolute Locations of the backend registry. */
export function publicOrigin({ request }: Exchange): string {
  const forwarded = request.headers['x-forwarded-proto'];
  return `${typeof forwarded === 'string' ? forwarded : request.protocol}://${request.headers.host ?? ''}`;
}
