import { setMaxListeners } from 'node:events';
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import type { Context } from '../context';
import { ERROR_CONTENT_TYPE, HarborError } from '../errors';
import { checkAccess, resolveSubject } from './access';
import { ConnectionLimit } from './connection-limit';
import type { Exchange, Registry } from './exchange';
import { listCatalog, listReferrers, listTags } from './listings';
import { LocalRegistry } from './local-registry';
import { pullBlob } from './proxy-blob';
import { ProxyCache } from './proxy-cache';
import { pullManifest } from './proxy-manifest';
import { pullLocalBlob } from './pull';
import { PullRecorder } from './pull-recorder';
import {
  appendToUpload,
  cancelUpload,
  deleteBlob,
  deleteManifest,
  finishUpload,
  putManifest,
  showUpload,
  startUpload,
} from './push';
import type { RepositoryTarget } from './registry-path';
import { parseRegistryPath } from './registry-path';
import { registerOldApi } from './old-api';
import { registerTokenRoute } from './token-route';
import { API_VERSION, sendMethodNotAllowed } from './wire';
import { scopeNamed } from '../server/scope';

export { deleteArtifact } from './artifacts';
export { releaseUnusedBlobs } from './quota';
export { checkHealth } from './upstream-client';

const METHODS: HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

type Handler = (exchange: Exchange) => unknown;

/** Mounts the registry side: `/v2/`, `/service/token`. */
export function registerRegistry(app: FastifyInstance, context: Context): void {
  registerTokenRoute(app, context);
  registerOldApi(app);
  const closing = new AbortController();
  // Every request to an upstream listens for the end of the sandbox: many listeners at once are not a leak.
  setMaxListeners(0, closing.signal);
  app.addHook('preClose', async () => closing.abort());
  void app.register(
    scopeNamed('registry', async (scope) => {
      const handlers = createHandlers(openRegistry(context, closing.signal));
      // Bodies stay streams: a layer is written to disk as it arrives, whatever its Content-Type.
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
      const handler = (request: FastifyRequest, reply: FastifyReply) => answer(context, handlers, request, reply);
      for (const url of ['/v2', '/v2/*']) scope.route({ method: METHODS, url, handler });
    }),
  );
}

/** One for each sandbox. `closing` ends requests to upstreams when it stops. */
function openRegistry(context: Context, closing: AbortSignal): Registry {
  const local = new LocalRegistry(context, context.blobs);
  const pulls = new PullRecorder(context);
  const proxy = new ProxyCache(context, local, pulls);
  return { context, local, pulls, closing, proxy, referrers: new Map() };
}

/**
 * Methods that a target does not have are answered with 405, as by distribution. HEAD of a blob never asks the
 * upstream (docs/harbor-behavior.md 10.8).
 */
function createHandlers(registry: Registry): Readonly<Record<RepositoryTarget, Readonly<Record<string, Handler>>>> {
  const limit = new ConnectionLimit();
  const getManifest: Handler = (exchange) => pullManifest(registry, limit, exchange);
  return {
    manifest: {
      GET: getManifest,
      HEAD: getManifest,
      PUT: (exchange) => putManifest(registry, exchange),
      DELETE: (exchange) => deleteManifest(registry, exchange),
    },
    blob: {
      GET: (exchange) => pullBlob(registry, limit, exchange),
      HEAD: (exchange) => pullLocalBlob(registry, exchange),
      DELETE: (exchange) => deleteBlob(registry, exchange),
    },
    upload: {
      POST: (exchange) => startUpload(registry, exchange),
      PATCH: (exchange) => appendToUpload(registry, exchange),
      PUT: (exchange) => finishUpload(registry, exchange),
      GET: (exchange) => showUpload(registry, exchange),
      DELETE: (exchange) => cancelUpload(registry, exchange),
    },
    tags: { GET: (exchange) => listTags(registry, exchange) },
    referrers: { GET: (exchange) => listReferrers(registry, exchange) },
  };
}

/**
 * The order is a part of the behavior: a client learns first whether it may, then whether there is such a
 * thing.
 *
 *     login ──► access (401, 403) ──► base, catalog ──► path known? ──► project exists? ──► method ──► handler
 */
async function answer(
  context: Context,
  handlers: ReturnType<typeof createHandlers>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const url = new URL(request.url, 'http://harbor');
  const rawPath = decodeURIComponent(url.pathname);
  const path = parseRegistryPath(rawPath, url.searchParams);
  const subject = await resolveSubject(context, path, request.headers);
  checkAccess(context, subject, { method: request.method, rawPath, path, headers: request.headers });
  if (path.kind === 'base') return reply.headers(API_VERSION).type(ERROR_CONTENT_TYPE).send('{}');
  if (path.kind === 'catalog') return listCatalog(context, { reply, query: url.searchParams, url: request.url });
  if (path.kind === 'unknown') throw new HarborError('NOT_FOUND', `path ${rawPath} was not found`);
  const project = context.store.projects.find('name', path.project);
  if (!project) throw new HarborError('NOT_FOUND', `project ${path.project} not found`);
  const handler = handlers[path.kind][request.method];
  if (!handler) return sendMethodNotAllowed(reply, Object.keys(handlers[path.kind]));
  // With Basic, a scanner's robot is an ordinary robot (v2.15.2 server/middleware/util, SkipPolicyChecking).
  const isScanner = subject.byToken === true && subject.can(project, 'scanner-pull');
  return handler({ request, reply, path, query: url.searchParams, project, isScanner, username: subject.name });
}
