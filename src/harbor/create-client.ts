import { compact } from '../compact';
import { setTimeout as delay } from 'node:timers/promises';
import { checkCa } from '../http/ca';
import { createDispatcher, endConnections } from '../http/dispatcher';
import type { Json } from '../json';
import { originOf } from './address';
import { headerOf, isAbsent, isEmpty, isThere, shaped, unusable, valueOf, type Answer } from './answer';
import { createAuthenticator } from './authenticator';
import type { Created, Credentials, HarborClient, ReadOptions, RequestOptions } from './client';
import {
  DEFAULT_CONCURRENCY,
  DEFAULT_MAX_BODY_BYTES,
  DEFAULT_MAX_LIST_BYTES,
  DEFAULT_TIMEOUTS,
  type ClientOptions,
} from './client-options';
import { createGate } from './gate';
import { createLifetime } from './lifetime';
import { createLister } from './lister';
import { createRequester } from './requester';
import { isAccepted } from './token-request';
import { createTransport } from './transport';

/** Idle sockets cost nothing; a list with its own concurrency needs more of them than the gate allows. */
const MAX_CONNECTIONS = 96;

/**
 * A client for one Harbor. It sends nothing yet: verify the identity first (`proveIdentity`).
 * @throws NetworkError for a URL or a CA that can never work
 */
export function createClient(options: ClientOptions): HarborClient {
  const { transport, close: closeConnections } = connect(options);
  const authenticator = createAuthenticator(options, transport);
  const requester = createRequester(transport, authenticator);
  return {
    url: originOf(options.url),
    get calls() {
      return transport.calls;
    },
    credentials: credentialsOf(options),
    get: async <T>(path: string, opts?: ReadOptions<T>) => shaped(await requester.read(path, opts), opts),
    find: async <T>(path: string, opts?: ReadOptions<T>) => {
      const answer = await requester.read(path, opts);
      if (isAbsent(answer)) return undefined;
      if (opts?.mayBeNone !== true && isEmpty(answer)) throw unusable(answer, 'an empty response');
      return shaped(answer, opts);
    },
    exists: async (path, opts) => isThere(await requester.head(path, opts)),
    list: createLister(requester, {
      origin: originOf(options.url),
      concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
      limits: {
        bytes: options.maxListBytes ?? DEFAULT_MAX_LIST_BYTES,
        ms: options.timeouts?.listMs ?? DEFAULT_TIMEOUTS.listMs,
      },
      onNotice: options.onNotice,
    }),
    post: async <T>(path: string, body: Json | object, opts?: RequestOptions) =>
      createdIn<T>(await requester.write('POST', path, body, opts)),
    put: async (path, body, opts) => void valueOf(await requester.write('PUT', path, body, opts)),
    patch: async <T>(path: string, body: Json | object, opts?: RequestOptions) =>
      valueOf(await requester.write('PATCH', path, body, opts)) as T,
    delete: async (path, opts) => {
      const answer = await requester.write('DELETE', path, undefined, opts);
      // An earlier attempt may have succeeded although its response was lost.
      if (answer.tries === 1 || !isAbsent(answer)) valueOf(answer);
    },
    accepts: (username, secret) => isAccepted(transport, username, secret),
    readByUser: () => authenticator.readByUser(),
    close: async () => {
      await authenticator.end();
      await closeConnections();
    },
  };
}

/** Connection pool, limits and retries, composed once. */
function connect(options: ClientOptions) {
  const origin = originOf(options.url);
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const lifetime = createLifetime(options.runDeadlineMs, options.signal);
  if (options.ca !== undefined) checkCa(options.ca, origin);
  const dispatcher = createDispatcher(
    compact({
      ca: options.ca,
      connectTimeoutMs: timeouts.connectMs,
      connections: MAX_CONNECTIONS,
    }),
  );
  const transport = createTransport(
    compact({
      origin,
      dispatcher,
      lifetime,
      timeouts,
      gate: createGate(options.concurrency ?? DEFAULT_CONCURRENCY),
      maxBodyBytes: options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
      random: options.random ?? Math.random,
      sleep: options.sleep ?? ((delayMs, signal) => delay(delayMs, undefined, { signal })),
      onRequest: options.onRequest,
    }),
  );
  const close = async (): Promise<void> => {
    lifetime.end();
    await endConnections(dispatcher);
  };
  return { transport, close };
}

function credentialsOf({ robot, user }: ClientOptions): Credentials {
  return compact({ robot: robot?.name, user: user?.username });
}

/** Undefined id: Harbor's `Location` ends with a name, or there is none. */
function createdIn<T>(answer: Answer): Created<T> {
  const body = valueOf(answer) as T | undefined;
  const id = /\/(\d+)$/.exec(headerOf(answer, 'location') ?? '')?.[1];
  return compact({ id: id === undefined ? undefined : Number(id), body });
}
