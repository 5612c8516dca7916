import { randomUUID } from 'node:crypto';
import { readJson, sendExpectingSuccess } from '../outgoing/upstream-http';
import type { PreheatInstanceRow } from '../store/rows';

/** An image that a provider has to fetch. */
export interface PreheatImage {
  /** URL of its manifest, as clients reach this Harbor. */
  readonly url: string;
  readonly authorization: string;
  /** Including the project. */
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

/** In Dragonfly's words; every unknown state is a failure. */
export type Progress = 'PENDING' | 'SUCCESS' | 'FAILURE';

/**
 * Harbor's requests to a provider, by vendor (src/pkg/p2p/preheat/provider).
 *
 *                 health        request                          progress
 *     dragonfly   /healthy      POST /oapi/v1/jobs               polled until it is no longer PENDING
 *     kraken      /health       POST /registry/notifications     none: a sent notification counts as done
 */
export interface Driver {
  readonly healthPath: string;
  preheat(
    ask: Ask,
    image: PreheatImage,
    extraAttrs: unknown,
  ): Promise<{ readonly job: string; readonly done: boolean }>;
  progress(ask: Ask, job: string): Promise<Progress>;
}

type Ask = (method: 'GET' | 'POST', path: string, body?: unknown) => Promise<unknown>;

const DRAGONFLY_JOBS = '/oapi/v1/jobs';

const dragonfly: Driver = {
  healthPath: '/healthy',
  /** Dragonfly's job API. It runs asynchronously: its state is asked for by the id. */
  async preheat(ask, { url, authorization }, extraAttrs) {
    const { scope, cluster_ids: clusters } = (extraAttrs ?? {}) as { scope?: string; cluster_ids?: readonly number[] };
    const { id } = (await ask('POST', DRAGONFLY_JOBS, {
      type: 'preheat',
      args: {
        type: 'image',
        url,
        tag: '',
        filtered_query_params: '',
        headers: { Authorization: authorization },
        scope: scope ?? '',
        concurrent_count: 0,
        timeout: 0,
      },
      scheduler_cluster_ids: clusters ?? null,
    })) as { readonly id?: number };
    return { job: String(id ?? 0), done: false };
  },
  async progress(ask, job) {
    const { state } = (await ask('GET', `${DRAGONFLY_JOBS}/${job}`)) as { readonly state?: string };
    return state === 'PENDING' || state === 'SUCCESS' ? state : 'FAILURE';
  },
};

const kraken: Driver = {
  healthPath: '/health',
  /** Kraken gets a notification of the registry and reports nothing back, so it is done at once. */
  async preheat(ask, { repository, tag, digest, url }) {
    const id = randomUUID();
    const mediaType = 'application/vnd.docker.distribution.manifest.v2+json';
    const target = { mediaType, digest, repository, url, tag };
    await ask('POST', '/registry/notifications', {
      events: [{ id, timestamp: new Date().toISOString(), action: 'push', target }],
    });
    return { job: id, done: true };
  },
  progress: () => Promise.resolve('SUCCESS'),
};

/** By vendor, as in an instance. An instance with another vendor cannot be created. */
export const DRIVERS: Readonly<Record<string, Driver>> = { dragonfly, kraken };

const TIMEOUT_MS = 5_000;

/** Requests to a provider. Rejects with UpstreamError. */
export function asking(instance: Pick<PreheatInstanceRow, 'endpoint' | 'vendor' | 'insecure'>): Ask {
  const { endpoint, vendor, insecure } = instance;
  return async (method, path, body) => {
    const url = new URL(`${endpoint.replace(/\/+$/, '')}${path}`);
    const target = { type: vendor, url: endpoint, insecure, signal: AbortSignal.timeout(TIMEOUT_MS) };
    const sent =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const answer = await sendExpectingSuccess(target, { method, url, ...sent });
    if (method === 'GET' && path === DRIVERS[vendor]?.healthPath) return answer.resume();
    return vendor === 'kraken' ? answer.resume() : readJson(answer);
  };
}

/** @throws UpstreamError if the provider does not report that it is healthy */
export async function requireHealthy(
  instance: Pick<PreheatInstanceRow, 'endpoint' | 'vendor' | 'insecure'>,
): Promise<void> {
  await asking(instance)('GET', DRIVERS[instance.vendor]!.healthPath);
}
