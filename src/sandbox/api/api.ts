import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context';
import { HarborError, notFound, unprocessable } from '../errors';
import type { Answer } from './answer';
import type { Call } from './call';
import { bindBody, type FieldType, type JsonObject, type Model } from './model';
import { type Match, type Method, type RouteName, type RouteTable, routeTable } from './route-table';

/** Returns the response, or throws a `HarborError`, which the front door renders. */
export type Handler = (call: Call) => Answer | Promise<Answer>;

/** What go-swagger knows about a route and checks before the handler runs. */
export interface RouteOptions {
  /** Name of the body in Harbor's swagger, and its model. */
  readonly body?: readonly [name: string, type: Model | { readonly map: FieldType }, optional?: 'optional'];
  /** Types of the query parameters that are not text. `page` and `page_size` are checked on every route. */
  readonly query?: Readonly<Record<string, 'int64' | 'bool' | 'required'>>;
}

interface Route extends RouteName {
  readonly handler: Handler;
  readonly options: RouteOptions;
}

const PREFIX = '/api/v2.0';
const MAX_PAGE_SIZE = 100;

const MAX_BODY_BYTES = 4 << 20;
const TOO_LARGE: Answer = {
  status: 413,
  text: { contentType: 'text/plain; charset=utf-8', value: 'request body too large\n' },
};
/** The audit log reads these bodies before any handler runs (src/pkg/auditext/event). */
const AUDITED =
  /^\/api\/v2\.0\/(?:configurations|projects\/[^/]+(?:\/(?:members|metadatas)(?:\/.*)?)?|users\/\d+(?:\/.*)?)$/;

/**
 * The API v2.0: routes with go-swagger's checks before each handler, and its responses when no route matches.
 *
 *     request
 *       │  no route with this path        404   path … was not found
 *       │  path, but not this method      405   with the methods that it has
 *       │  body over 4 MiB                413   2.16, only for paths that the audit log reads
 *       ▼  an id in the path is not int64 422
 *     toCall: query of a wrong type       422   also page_size over 100
 *       │  body missing, not JSON,
 *       │  or with a field of a wrong
 *       │  type                           422   before the permission is checked
 *       ▼
 *     handler: permission 401/403, then what it does
 *
 * Because of this order, a client without a permission can still learn that its body is malformed. Harbor does
 * the same.
 */
export class Api {
  private readonly routes: Route[] = [];

  constructor(readonly context: Context) {}

  get(path: string, handler: Handler, options: RouteOptions = {}): void {
    this.route('GET', path, handler, options);
  }

  head(path: string, handler: Handler, options: RouteOptions = {}): void {
    this.route('HEAD', path, handler, options);
  }

  post(path: string, handler: Handler, options: RouteOptions = {}): void {
    this.route('POST', path, handler, options);
  }

  put(path: string, handler: Handler, options: RouteOptions = {}): void {
    this.route('PUT', path, handler, options);
  }

  patch(path: string, handler: Handler, options: RouteOptions = {}): void {
    this.route('PATCH', path, handler, options);
  }

  delete(path: string, handler: Handler, options: RouteOptions = {}): void {
    this.route('DELETE', path, handler, options);
  }

  private route(method: Method, path: string, handler: Handler, options: RouteOptions): void {
    this.routes.push({ method, path: PREFIX + path, handler, options });
  }

  /** Serves all routes that are registered by now. The size of a body is checked before its content. */
  serve(app: FastifyInstance): void {
    const table = routeTable(this.routes);
    const refuse = (request: FastifyRequest): never => refuseUnknown(request, table);
    app.setNotFoundHandler(refuse);
    app.all('/*', async (request, reply) => {
      const match = table.match(request.method, request.url);
      if (!match) return refuse(request);
      const { handler, options } = this.routes[match.index]!;
      const tooLarge = this.context.features.limitsBodies && isTooLarge(request);
      return sendAnswer(reply, tooLarge ? TOO_LARGE : await handler(toCall(request, match.params, options)));
    });
  }
}

/** 405 when the path has another method, else 404. */
function refuseUnknown(request: FastifyRequest, table: RouteTable): never {
  const path = pathOf(request);
  const allowed = table.methodsOf(path);
  if (allowed.length === 0) throw notFound(`path ${path} was not found`);
  throw new HarborError(
    'METHOD_NOT_ALLOWED',
    `method ${request.method} is not allowed, but [${allowed.join(',')}] are`,
  );
}

/**
 * Harbor's JSON ends with a line break, and a success without content has no body and no content type
 * (docs/harbor-behavior.md 1.3).
 */
function sendAnswer(reply: FastifyReply, answer: Answer): FastifyReply {
  reply.code(answer.status).headers(answer.headers ?? {});
  if (answer.text) return reply.header('content-type', answer.text.contentType).send(Buffer.from(answer.text.value));
  if (answer.body === undefined) return reply.send();
  return reply.header('content-type', 'application/json').send(Buffer.from(JSON.stringify(answer.body) + '\n'));
}

function isTooLarge(request: FastifyRequest): boolean {
  const { body } = request;
  return Buffer.isBuffer(body) && body.length > MAX_BODY_BYTES && AUDITED.test(pathOf(request));
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0]!;
}

/** Path, then query, then body. The first mistake that is found is the only one that is answered. */
function toCall(request: FastifyRequest, params: Match['params'], options: RouteOptions): Call {
  const query = new URLSearchParams(request.url.split('?').slice(1).join('?'));
  for (const [name, value] of Object.entries(params)) checkParam(name, value, pathOf(request));
  checkQuery(query, { page: 'int64', page_size: 'int64', ...options.query });
  return {
    caller: request.caller,
    params,
    query,
    headers: request.headers,
    ...(options.body ? readBody(request, ...options.body) : { body: {}, hasBody: false }),
    path: decodeURI(pathOf(request)).replace(/\/$/, ''),
  };
}

/** Names of path parameters that Harbor's swagger declares as int64. */
const ID_PARAM = /^(.+_)?id$|^[emt]id$/;

function checkParam(name: string, value: string, path: string): void {
  // A repository's slash must be encoded twice; encoded once, Harbor's router treats it as a separator.
  if (value.includes('/')) throw notFound(`path ${path} was not found`);
  if (ID_PARAM.test(name) && !isInt64(value)) throw unprocessable(`${name} in path must be of type int64: "${value}"`);
}

/**
 * 422 with go-openapi's words. An empty value counts as absent, except for a required one. The page size is
 * last.
 */
function checkQuery(query: URLSearchParams, types: NonNullable<RouteOptions['query']>): void {
  for (const [name, type] of Object.entries(types)) {
    const value = query.get(name);
    if (type === 'required') {
      if (value === null || value === '') throw unprocessable(`${name} in query is required`);
    } else if (value !== null && value !== '' && !(type === 'int64' ? isInt64(value) : isBool(value))) {
      throw unprocessable(`${name} in query must be of type ${type}: "${value}"`);
    }
  }
  if (Number(query.get('page_size')) > MAX_PAGE_SIZE)
    throw unprocessable(`page_size in query should be less than or equal to ${MAX_PAGE_SIZE}`);
}

function isInt64(value: string): boolean {
  return /^[+-]?\d{1,19}$/.test(value);
}

/** go-swagger's list (swag.ConvertBool), which is longer than Go's. */
function isBool(value: string): boolean {
  return /^(true|false|1|0|yes|no|ok|y|n|on|off|selected|unselected|checked|unchecked|t|f|enabled|disabled)$/i.test(
    value,
  );
}

/** A missing body comes before a wrong media type, and that before the JSON. */
function readBody(
  request: FastifyRequest,
  name: string,
  type: Model | { readonly map: FieldType },
  optional?: 'optional',
): { body: JsonObject; hasBody: boolean } {
  const text = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '';
  if (text.trim() === '') {
    if (optional) return { body: {}, hasBody: false };
    throw unprocessable(`${name} in body is required`);
  }
  const mediaType = (request.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
  if (mediaType !== 'application/json' && mediaType !== '')
    throw unprocessable(`unsupported media type "${mediaType}", only [application/json] are allowed`);
  return { body: bindBody(name, type, text), hasBody: true };
}
