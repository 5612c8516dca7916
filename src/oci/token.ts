import { HarborApiError } from '../errors';
import { redactUrl } from '../http/redact';
import { bearerChallenge, type Challenge } from './challenge';
import type { Credential } from './credential';
import { basicAuthorization } from './credential';
import { followRedirect, isRedirect } from './redirect';
import { header, type WireRequest, type WireResponse } from './transport';

/** The result of a token request, whatever its status. */
export interface TokenAnswer {
  readonly status: number;
  /** '' if there is none. Never shown. */
  readonly token: string;
  /** From now; 60 if the response has no number, as the distribution specification says for tokens. */
  readonly expiresInSeconds: number;
  readonly requestId: string;
  readonly said: TokenWords;
}

/** The body in place of a token: none, the JSON of a registry's error, or anything else, such as a page. */
export type TokenWords = 'nothing' | 'error' | 'other';

export function tokenWords(body: Buffer): TokenWords {
  if (body.length === 0) return 'nothing';
  return Array.isArray(parseObject(body)['errors']) ? 'error' : 'other';
}

/** Sends a request and reads its body; the token source itself neither sends nor records. */
export type Ask = (request: WireRequest) => Promise<{ response: WireResponse; body: Buffer }>;

/** Runs a request with or without an Authorization header. */
export type Attempt<T extends WireResponse> = (authorization: string | undefined) => Promise<T>;

interface CachedToken {
  readonly token: Promise<string>;
  /** On the clock of `performance.now()`: changing the wall clock must not make an expired token valid. */
  usableUntilMs: number;
}

/** Not used for the last part of its life: a token that expires during a layer would fail the next request. */
const MARGIN_MS = 60_000;
const DEFAULT_LIFE_SECONDS = 60;
const MAX_TOKEN_REDIRECTS = 3;
/** A token endpoint that differs from Harbor's own `/service/token`, see `realmUrl`. */
const OWN_CHALLENGE: Challenge = { scheme: 'bearer', params: {} };

/**
 * The token handshake of the distribution protocol:
 *
 * 1. The first request goes out without Authorization. Harbor refuses it also on a public project.
 * 2. Its 401 carries `WWW-Authenticate: Bearer realm="…/service/token",service="harbor-registry",scope="…"`.
 * 3. The realm is asked for a token for that service and scope, with Basic if there is a credential.
 * 4. The request goes out again with `Authorization: Bearer <token>`.
 *
 * The challenge is remembered, so that later scopes begin at step 3, and the token is kept for its scope until
 * shortly before it expires. When a kept token is refused anyway (a project was recreated, keys were
 * changed) a new one is taken from the *first* challenge: to a request with a token Harbor responds with
 * `Basic realm="harbor"`, or nothing, instead of a Bearer challenge.
 */
export class TokenSource {
  private challenge: Challenge | undefined;
  private readonly tokens = new Map<string, CachedToken>();

  constructor(
    private readonly registry: URL,
    private readonly credential: Credential | undefined,
    private readonly realms: readonly string[] = [],
    tokenFirst = false,
  ) {
    if (tokenFirst) this.challenge = OWN_CHALLENGE;
  }

  /** @throws HarborApiError if step 2 or 3 returns nothing usable. */
  async authorized<T extends WireResponse>(scope: string, ask: Ask, attempt: Attempt<T>): Promise<T> {
    if (!this.challenge) {
      const first = await attempt(undefined);
      if (first.status !== 401) return first;
      this.challenge = bearerChallenge(first.headers['www-authenticate']);
      if (!this.challenge) throw noChallenge(this.registry, first);
    }
    const kept = this.usable(scope);
    const answer = await attempt(`Bearer ${await (kept ?? this.renew(scope, ask)).token}`);
    if (answer.status !== 401 || !kept) return answer;
    // Another request may have renewed it meanwhile.
    if (this.tokens.get(scope) === kept) this.tokens.delete(scope);
    return attempt(`Bearer ${await (this.usable(scope) ?? this.renew(scope, ask)).token}`);
  }

  private usable(scope: string): CachedToken | undefined {
    const cached = this.tokens.get(scope);
    return cached && cached.usableUntilMs > performance.now() ? cached : undefined;
  }

  /** Simultaneous requests with one scope share one token request. */
  private renew(scope: string, ask: Ask): CachedToken {
    const asked = askForToken(
      this.registry,
      this.challenge,
      { scope, credential: this.credential, realms: this.realms },
      ask,
    );
    const cached: CachedToken = {
      usableUntilMs: Infinity,
      token: asked.then((answer) => {
        const lifeMs = answer.expiresInSeconds * 1000;
        cached.usableUntilMs = performance.now() + Math.max(lifeMs - MARGIN_MS, lifeMs / 2);
        return requireToken(this.registry, answer);
      }),
    };
    this.tokens.set(scope, cached);
    cached.token.catch(() => this.tokens.get(scope) === cached && this.tokens.delete(scope));
    return cached;
  }
}

/** Without a credential the token is anonymous, which is enough for public projects. */
export interface TokenRequest {
  readonly scope?: string;
  readonly credential?: Credential | undefined;
  /** Other origins that may get the credential. */
  readonly realms?: readonly string[] | undefined;
}

/**
 * One token request. A wrong or invalid credential *with* a scope returns 200 with anonymous rights, and only without a
 * scope 401, so the status verifies a credential only if `scope` is omitted.
 */
export async function askForToken(
  registry: URL,
  challenge: Challenge | undefined,
  { scope, credential, realms = [] }: TokenRequest,
  ask: Ask,
): Promise<TokenAnswer> {
  const url = realmUrl(registry, challenge, credential === undefined ? undefined : realms);
  url.searchParams.set('service', challenge?.params['service'] ?? 'harbor-registry');
  if (scope !== undefined) url.searchParams.set('scope', scope);
  const headers = credential ? { authorization: await basicAuthorization(credential) } : {};
  const { response, body } = await askAtHome({ method: 'GET', url, headers }, ask);
  return { status: response.status, requestId: response.requestId, said: tokenWords(body), ...readToken(body) };
}

/**
 * A mirror domain may redirect the request to another scope, and clients follow it. This is only followed within the
 * origin, which has the credential already; a redirect elsewhere is returned as the response.
 */
async function askAtHome(first: WireRequest, ask: Ask): ReturnType<Ask> {
  let request = first;
  let answer = await ask(request);
  for (let hops = 0; hops < MAX_TOKEN_REDIRECTS && isRedirect(answer.response); hops++) {
    request = followRedirect(request, answer.response);
    if (request.url.origin !== first.url.origin) break;
    answer = await ask(request);
  }
  return answer;
}

/** A realm on another origin would get the credential: only this registry and the named hosts may. */
function realmUrl(registry: URL, challenge: Challenge | undefined, trusted: readonly string[] | undefined): URL {
  const realm = challenge?.params['realm'] ?? '/service/token';
  if (!URL.canParse(realm, registry.href)) throw badRealm(registry, `the token realm "${realm}" is not a URL`);
  const url = new URL(realm, registry.href);
  if (trusted && url.origin !== registry.origin && !trusted.includes(url.origin))
    throw badRealm(registry, `the token realm is at ${url.origin}: the credential was not sent there`);
  return url;
}

/** An empty text if there is none: `requireToken` reports it. */
function readToken(body: Buffer): { token: string; expiresInSeconds: number } {
  const parsed = parseObject(body);
  // Harbor sends both, but `access_token` is always empty.
  const token = [parsed['token'], parsed['access_token']].find((value) => typeof value === 'string' && value !== '');
  const seconds = parsed['expires_in'];
  return {
    token: (token as string | undefined) ?? '',
    expiresInSeconds: typeof seconds === 'number' && seconds > 0 ? seconds : DEFAULT_LIFE_SECONDS,
  };
}

/** A body that is not JSON counts as no token: the status, and the check that uses it, show the rest. */
function parseObject(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function requireToken(registry: URL, { status, token, requestId }: TokenAnswer): string {
  // A token with a line break or a space would create a broken header.
  if (status === 200 && /^[\x21-\x7e]+$/.test(token)) return token;
  const url = redactUrl(new URL('/service/token', registry));
  const message = `the token service of ${registry.origin} returned ${status} without a usable token`;
  throw new HarborApiError(message, { method: 'GET', url, status, requestId });
}

function noChallenge(registry: URL, response: WireResponse): HarborApiError {
  const said = header(response, 'www-authenticate') || 'nothing';
  const message = `${registry.origin} returned 401 with ${said} instead of a Bearer challenge`;
  const { status, requestId } = response;
  return new HarborApiError(message, { method: 'GET', url: redactUrl(registry), status, requestId });
}

function badRealm(registry: URL, message: string): HarborApiError {
  return new HarborApiError(message, { method: 'GET', url: redactUrl(registry), status: 401 });
}
