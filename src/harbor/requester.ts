import { compact } from '../compact';
import type { Json } from '../json';
import { targetOf } from './address';
import type { Answer } from './answer';
import type { Authenticator } from './authenticator';
import type { RequestOptions } from './client';
import type { Gate } from './gate';
import type { ListBudget } from './list-budget';
import { isCsrfRefused, isSessionDead } from './session';
import type { Outgoing, Transport } from './transport';

/** Settings of a whole list. */
export interface ListPart {
  /** Replaces the gate that all other requests share. */
  readonly gate?: Gate | undefined;
  readonly budget: ListBudget;
}

/** Authenticated API requests. Every status is a result. */
export interface Requester {
  read(path: string, options?: RequestOptions, list?: ListPart): Promise<Answer>;
  head(path: string, options?: RequestOptions): Promise<Answer>;
  write(
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: Json | object,
    options?: RequestOptions,
  ): Promise<Answer & { readonly tries: number }>;
}

/** A value that parses as a number would be read as an id (`/projects/123`, docs/harbor-behavior.md 1.4). */
const BY_NAME = { 'x-is-resource-name': 'true' };

/**
 * Adds a login to each request, and repeats it with another one only where that is safe:
 *
 *     send ──► 403, robot and user given, `as` absent ──► once more as the user
 *     send ──► the session is gone                    ──► once more with a new login
 *                                                         a write only if it was refused (4xx)
 *     send ──► 403 for the CSRF token                 ──► once more by Basic
 *     otherwise the response is the result, whatever its status
 */
export function createRequester(transport: Transport, authenticator: Authenticator): Requester {
  /** The robot first, because it is cheaper; a 403 has changed nothing, so the user may try. */
  async function orByUser<T extends Answer>(
    send: (as: RequestOptions['as']) => Promise<T>,
    as: RequestOptions['as'],
  ): Promise<T> {
    const answer = await send(as);
    return answer.status === 403 && as === undefined && authenticator.hasBoth ? send('user') : answer;
  }
  function ask(
    method: 'GET' | 'HEAD',
    path: string,
    { query, as, begun = false }: RequestOptions = {},
    list?: ListPart,
  ): Promise<Answer> {
    const part = { budget: list?.budget, gate: list?.gate };
    const whole = { method, target: targetOf(path, query), headers: BY_NAME, begun, ...part };
    const request = compact<Omit<Outgoing, 'authentication'>>(whole);
    return orByUser(async (by) => {
      let authentication = await authenticator.forRead(by);
      for (;;) {
        const answer = await transport.send({ ...request, authentication });
        if (!isSessionDead(answer)) return answer;
        authentication = await authenticator.afterDeath(authentication);
      }
    }, as);
  }
  return {
    read: (path, options, list) => ask('GET', path, options, list),
    head: (path, options) => ask('HEAD', path, options),
    write(method, path, body, { query, as, begun = false } = {}) {
      const request = { method, target: targetOf(path, query), ...contentOf(body), changes: true, begun };
      return orByUser(async (by) => {
        let authentication = await authenticator.forWrite(by);
        for (;;) {
          const answer = await transport.send({ ...request, authentication });
          if (isCsrfRefused(answer)) authentication = await authenticator.withoutCsrf();
          else if (isRefused(answer) && isSessionDead(answer))
            authentication = await authenticator.afterDeath(authentication);
          else return answer;
        }
      }, as);
    },
  };
}

/** Harbor changed nothing: only then may a write be sent again with another login. */
function isRefused({ status }: Answer): boolean {
  return status >= 400 && status < 500;
}

function contentOf(body: Json | object | undefined): Pick<Outgoing, 'headers' | 'body' | 'secrets'> {
  if (body === undefined) return { headers: BY_NAME };
  const json = JSON.stringify(body);
  return { headers: { ...BY_NAME, 'content-type': 'application/json' }, body: json, secrets: secretsIn(json) };
}

/** In the name of a field. Names of fields are ours, so JSON escapes nothing in them. */
const SECRET = /secret|password|auth_header/i;

/** Secret values in a body: Harbor may repeat them in its errors, but we do not. */
function secretsIn(json: string): string[] {
  const found: string[] = [];
  if (!SECRET.test(json)) return found;
  JSON.parse(json, (key, value: unknown) => {
    // Also in their JSON form, in case the body is repeated unchanged.
    if (typeof value === 'string' && SECRET.test(key)) {
      found.push(value, JSON.stringify(value).slice(1, -1));
    }
    return value;
  });
  return found;
}
