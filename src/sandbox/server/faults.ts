import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ERROR_CONTENT_TYPE } from '../errors';
import type { FaultEffect, FaultSpec } from './fault-spec';
import { parseFaultSpec } from './fault-spec';

const LOGIN_PAGE = '<!DOCTYPE html><html><head><title>Sign in</title></head><body><form>…</form></body></html>';

/**
 * Injects faults as the specifications define (grammar: fault-spec.ts, docs/guides/sandbox.md).
 *
 *      effect                 the request is processed     the client gets
 *      latency                yes, later                   the answer
 *      reset                  no                           a closed connection
 *      html                   no                           200 and a login page
 *      status                 no                           that status
 *      answer-lost            yes                          a closed connection
 *      truncated              yes                          half of the body, with a length that fits
 *      status-after-effect    yes                          that status
 *
 * The last three are why a plan is verified after it was applied: an error does not show whether the change was made.
 * @throws FaultSpecError
 */
export function installFaults(app: FastifyInstance, specifications: readonly string[]): void {
  const faults = specifications.map((text) => armed(parseFaultSpec(text)));
  if (faults.length === 0) return;
  const due = new WeakMap<FastifyRequest, readonly FaultEffect[]>();
  app.addHook('onRequest', async (request, reply) => {
    const effects = faults.flatMap((strike) => strike(request) ?? []);
    due.set(request, effects);
    for (const effect of effects) {
      if (await disturb(effect, request, reply)) return reply;
    }
  });
  app.addHook('onSend', async (request, reply, payload: unknown) => {
    let answer = payload;
    for (const effect of due.get(request) ?? []) answer = spoil(effect, request, reply, answer);
    return answer;
  });
}

type Strike = (request: FastifyRequest) => FaultEffect | undefined;

/** Counts matching requests, so that `after` and `times` apply to the whole life of the sandbox. */
function armed({ effect, filter }: FaultSpec): Strike {
  const random = randomNumbers(filter.seed);
  let seen = 0;
  let struck = 0;
  return (request) => {
    const path = request.url.split('?')[0] ?? '';
    if (filter.methods.length > 0 && !filter.methods.includes(request.method)) return undefined;
    if (!filter.path.test(path) || ++seen <= filter.after || struck >= filter.times) return undefined;
    if (random() >= filter.probability) return undefined;
    struck++;
    return effect;
  };
}

/** What happens instead of, or before, the request. Returns whether the request ends here. */
async function disturb(effect: FaultEffect, request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
  switch (effect.kind) {
    case 'latency':
      await sleep(effect.delayMs);
      return false;
    case 'reset':
      cutConnection(request, reply);
      return true;
    case 'html':
      await reply.code(200).type('text/html; charset=utf-8').send(LOGIN_PAGE);
      return true;
    case 'status':
      if (effect.retryAfterS !== undefined) reply.header('retry-after', effect.retryAfterS);
      await reply.code(effect.status).header('content-type', ERROR_CONTENT_TYPE).send(errorBody(effect.status));
      return true;
    case 'answer-lost':
    case 'truncated':
    case 'status-after-effect':
      return false;
  }
}

/** What happens to the response after the request was processed. */
function spoil(effect: FaultEffect, request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  switch (effect.kind) {
    case 'answer-lost':
      cutConnection(request, reply);
      return payload;
    case 'truncated':
      return truncate(reply, payload);
    case 'status-after-effect':
      reply.code(effect.status).removeHeader('content-length').removeHeader('location');
      reply.header('content-type', ERROR_CONTENT_TYPE);
      return errorBody(effect.status);
    case 'latency':
    case 'reset':
    case 'html':
    case 'status':
      return payload;
  }
}

/** No answer at all, as if the network broke. */
function cutConnection(request: FastifyRequest, reply: FastifyReply): void {
  reply.hijack();
  request.raw.socket.destroy();
}

/** Half of a text or of bytes, with a Content-Length that matches: the transport sees no error. */
function truncate(reply: FastifyReply, payload: unknown): unknown {
  if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return payload;
  reply.removeHeader('content-length');
  return payload.slice(0, payload.length >> 1);
}

function errorBody(status: number): string {
  const code = status === 429 ? 'TOO_MANY_REQUEST' : 'UNKNOWN';
  const message = status >= 500 ? 'internal server error' : 'injected by the sandbox';
  return JSON.stringify({ errors: [{ code, message }] }) + '\n';
}

/** Mulberry32: the same seed gives the same faults. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
