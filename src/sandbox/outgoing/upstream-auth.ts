import { NEWEST_HABITS } from './upstream-habits';
import type { UpstreamRegistry } from './upstream-http';
import { readJson, send, sendExpectingSuccess, UpstreamError } from './upstream-http';

/** Returns the Authorization header for a scope; undefined when the upstream needs none. */
export type Authorizer = (scope: string | undefined) => Promise<string | undefined>;

interface Challenge {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Asks `/v2/` which authentication the upstream requires. Harbor repeats this for every request that it passes on
 * (docs/harbor-behavior.md 10.3), so pings are most of an upstream's traffic.
 */
export async function createAuthorizer(registry: UpstreamRegistry, base: URL): Promise<Authorizer> {
  const response = await send(registry, { method: 'GET', url: new URL('/v2/', base), headers: named(registry) });
  response.resume();
  const challenges = parseChallenges(response.headers['www-authenticate']);
  const bearer = challenges.find((challenge) => challenge.scheme === 'bearer');
  if (bearer) return bearerAuthorizer(registry, bearer.parameters);
  if (challenges.some((challenge) => challenge.scheme === 'basic')) return async () => basic(registry);
  return async () => undefined;
}

/** Fields of the token endpoint (distribution, token authentication). All may be absent. */
interface TokenAnswer {
  readonly token?: string;
  /** Azure's name for the access token. */
  readonly access_token?: string;
  readonly expires_in?: number;
  readonly issued_at?: string;
}

/** A token that is about to expire counts as expired. */
const TOKEN_LATENCY_S = 10;

/**
 * One token for each scope, until it is no longer fresh. Undefined if the endpoint returned none: the request
 * goes out without a login.
 */
function bearerAuthorizer(registry: UpstreamRegistry, parameters: Challenge['parameters']): Authorizer {
  const tokens = new Map<string | undefined, TokenAnswer>();
  return async (scope) => {
    const known = tokens.get(scope);
    const answer = known && isFresh(known) ? known : await fetchToken(registry, parameters, scope);
    tokens.set(scope, answer);
    const token = answer.token || answer.access_token;
    return token ? `Bearer ${token}` : undefined;
  };
}

/** Harbor keeps a token only if it has an issue time. */
function isFresh({ issued_at, expires_in = 0 }: TokenAnswer): boolean {
  const issuedMs = Date.parse(issued_at ?? '');
  return issuedMs + (expires_in - TOKEN_LATENCY_S) * 1000 > Date.now();
}

/** A GET with Basic. Without a credential it is anonymous, which is enough for public images. */
async function fetchToken(
  registry: UpstreamRegistry,
  parameters: Challenge['parameters'],
  scope: string | undefined,
): Promise<TokenAnswer> {
  const realm = parameters.realm ?? '';
  if (!URL.canParse(realm)) throw new UpstreamError('other', `the upstream's realm is no url: ${realm}`);
  const url = new URL(realm);
  url.searchParams.append('service', parameters.service ?? '');
  if (scope !== undefined) url.searchParams.append('scope', scope);
  const authorization = basic(registry);
  const headers = { ...named(registry), ...(authorization === undefined ? {} : { authorization }) };
  const response = await sendExpectingSuccess(registry, { method: 'GET', url, headers });
  return (await readJson(response)) as TokenAnswer;
}

function named({ habits = NEWEST_HABITS }: UpstreamRegistry): { readonly 'user-agent': string } {
  return { 'user-agent': habits.authorizerUserAgent };
}

function basic({ credential }: UpstreamRegistry): string | undefined {
  if (!credential?.access_key) return undefined;
  const pair = `${credential.access_key}:${credential.access_secret ?? ''}`;
  return 'Basic ' + Buffer.from(pair).toString('base64');
}

/**
 * RFC 9110, section 11.6.1, as far as registries use it: Basic and Bearer, several in one header, values in
 * quotes.
 */
export function parseChallenges(header: string | undefined): Challenge[] {
  const schemes = (header ?? '').split(/(?:^|,\s*)(?=(?:bearer|basic)\b)/i).filter((part) => part.trim() !== '');
  return schemes.map((part) => {
    const [, scheme = '', rest = ''] = /^\s*([A-Za-z]+)\s*(.*)$/s.exec(part) ?? [];
    const pairs = [...rest.matchAll(/([a-zA-Z_]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]);
    return { scheme: scheme.toLowerCase(), parameters: Object.fromEntries(pairs) as Record<string, string> };
  });
}
